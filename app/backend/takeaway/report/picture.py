"""The section of a report about a picture: what the network sees, its likeliest classes, and maps of each branch."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

from PIL import Image

from ...common.quantity import shape_text
from ...common.text import html_text
from ...picture.forward import Forward
from ...picture.mosaic import mosaic, png
from ...picture.saved_maps import shown_paths
from .markup import Markup, element, table

MOST_CHANNELS = 16  # the strongest of each branch
MAP_PX = 40


def picture_section(done: Forward) -> Markup:
    """What ``done`` found, with the strongest maps of every branch."""
    file = BytesIO()
    done.preview.convert("RGB").save(file, "JPEG", quality=85)
    classes = [(name, f"{share:.1%}") for name, share in done.likeliest()]
    outputs = done.activations.outputs
    maps = [
        element(
            "details",
            element("summary", f"{path}: {shape_text(tuple(outputs[path].shape))}"),
            _image(png(mosaic(outputs[path], limit=MOST_CHANNELS, order="strongest", tile_px=MAP_PX)), "png", path),
        )
        for path in shown_paths(done.activations)
        if outputs[path].ndim == 3 and outputs[path].shape[1] > 1
    ]
    return element(
        "section",
        element("h2", "A picture"),
        element("p", f"Weights: {done.trained_weights.title}. {' '.join(done.loaded.report)}"),
        _image(file.getvalue(), "jpeg", f"the picture as the network gets it, {_size(done.preview)}"),
        table(("class", "probability"), classes) if classes else None,
        element("p", f"The {MOST_CHANNELS} strongest maps of each branch, each in its own range of colours."),
        *maps,
    )


def _image(content: bytes, kind: str, words: str) -> Markup:
    text = b64encode(content).decode()
    return Markup(f'<img alt="{html_text(words)}" src="data:image/{kind};base64,{text}">')


def _size(image: Image.Image) -> str:
    return f"{image.width} × {image.height} pixels"
