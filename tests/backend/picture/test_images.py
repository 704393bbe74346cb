"""Oracles: torchvision's transforms for the tensors, hand-computed colours and the EXIF standard for the pictures."""

import contextlib
import struct
import subprocess
import sys
import zlib
from io import BytesIO

import numpy as np
import pytest
import timm.data
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision import transforms

from app.backend.common.limits import MAX_UPLOAD_BYTES
from app.backend.picture.images import (
    ASSETS,
    SAMPLES,
    ImageError,
    Sample,
    class_name,
    notes_of,
    open_image,
)
from inception_models.checkpoints.preprocessing import Preprocessing, caffe_bgr, imagenet, unit_range

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def flat(mode: str, colour: int | tuple[int, ...], size: tuple[int, int] = (16, 16)) -> Image.Image:
    return Image.new(mode, size, colour)


def noise(width: int, height: int) -> Image.Image:
    values = np.random.default_rng(width * 1000 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels: nothing about it can be decoded."""
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", b""), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


# ---- what ships


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_sample_opens_is_small_and_has_its_licence_noted(sample: Sample) -> None:
    data = sample.path.read_bytes()
    assert len(data) < 100_000
    assert max(open_image(data, sample.file).size) <= 512
    row = next(line for line in (ASSETS / "README.md").read_text().splitlines() if sample.file in line)
    assert sample.licence in row
    assert sample.credit in row


def test_four_samples_and_no_other_file() -> None:
    assert {sample.path for sample in SAMPLES.values()} == set((ASSETS / "samples").iterdir())
    assert len(SAMPLES) == 4


def test_imagenet_names_are_torchvisions() -> None:
    names = torchvision.models.GoogLeNet_Weights.IMAGENET1K_V1.meta["categories"]
    assert [class_name(index, 1000) for index in range(1000)] == names


@pytest.mark.parametrize(
    ("index", "classes", "name"), [(0, 10, "class 0"), (7, 8, "class 7"), (999, 1001, "class 999")]
)
def test_other_classifiers_have_numbered_classes(index: int, classes: int, name: str) -> None:
    assert class_name(index, classes) == name


@pytest.mark.parametrize(("index", "classes"), [(-1, 10), (10, 10), (1000, 1000)])
def test_class_outside_the_classifier(index: int, classes: int) -> None:
    with pytest.raises(IndexError, match=f"class {index} is not in 0 to {classes - 1}"):
        class_name(index, classes)


def test_icon_is_64_px() -> None:
    assert Image.open(ASSETS / "icon.png").size == (64, 64)


def test_import_needs_no_torch() -> None:
    script = """
import sys, types
package = sys.modules["app.backend"] = types.ModuleType("app.backend")  # without what its __init__ imports
package.__path__ = ["app/backend"]
import app.backend.picture.images
sys.exit("torch" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", script], cwd=ASSETS.parent, check=False).returncode == 0


# ---- pictures of every kind

PALETTE = flat("P", 1)
PALETTE.putpalette([*BLUE, *RED])


@pytest.mark.parametrize(
    ("data", "colour", "tolerance"),
    [
        pytest.param(encoded(flat("RGB", RED), "PNG"), RED, 0, id="RGB"),
        pytest.param(encoded(flat("RGB", RED), "BMP"), RED, 0, id="BMP"),
        pytest.param(encoded(flat("RGB", RED), "WEBP", lossless=True), RED, 0, id="WebP"),
        pytest.param(encoded(flat("RGB", RED), "JPEG"), RED, 2, id="JPEG"),
        pytest.param(encoded(flat("RGB", RED), "JPEG", progressive=True), RED, 2, id="progressive JPEG"),
        pytest.param(encoded(flat("1", 1), "PNG"), WHITE, 0, id="1 bit"),
        pytest.param(encoded(flat("L", 100), "PNG"), (100,) * 3, 0, id="greyscale"),
        pytest.param(encoded(flat("I;16", 0x8081), "PNG"), (0x80,) * 3, 0, id="16-bit PNG"),
        pytest.param(encoded(flat("I;16", 0x12FF), "TIFF"), (0x12,) * 3, 0, id="16-bit TIFF"),
        pytest.param(encoded(flat("I;16B", 0x12FF), "TIFF"), (0x12,) * 3, 0, id="16-bit big-endian TIFF"),
        pytest.param(encoded(PALETTE, "PNG"), RED, 0, id="palette"),
        pytest.param(encoded(PALETTE, "GIF"), RED, 0, id="GIF"),
        pytest.param(encoded(PALETTE, "PNG", transparency=1), WHITE, 0, id="transparent palette PNG"),
        pytest.param(encoded(PALETTE, "GIF", transparency=1), WHITE, 0, id="transparent GIF"),
        pytest.param(encoded(flat("RGB", RED), "PNG", transparency=RED), WHITE, 0, id="transparent colour"),
        pytest.param(encoded(flat("LA", (0, 0)), "PNG"), WHITE, 0, id="transparent greyscale"),
        pytest.param(encoded(flat("RGBA", (255, 0, 0, 0)), "PNG"), WHITE, 0, id="transparent RGBA"),
        pytest.param(encoded(flat("RGBA", (255, 0, 0, 128)), "PNG"), (255, 127, 127), 0, id="half transparent RGBA"),
        pytest.param(encoded(flat("CMYK", (0, 255, 255, 0)), "TIFF"), RED, 0, id="CMYK TIFF"),
        pytest.param(encoded(flat("CMYK", (0, 255, 255, 0)), "JPEG"), RED, 2, id="CMYK JPEG"),
        pytest.param(encoded(flat("RGB", RED), "PNG", exif=b"Exif\0\0no header"), RED, 0, id="bad EXIF"),
    ],
)
def test_every_kind_of_picture_becomes_rgb(data: bytes, colour: tuple[int, int, int], tolerance: int) -> None:
    image = open_image(data)
    assert (image.mode, image.size) == ("RGB", (16, 16))
    assert np.abs(np.asarray(image, dtype=int) - colour).max() <= tolerance


def png(depth: int, kind: int, samples: list[int], width: int, **chunks: bytes) -> bytes:
    """A PNG of one row, written by hand: Pillow writes no transparent value of 2, 4 or 16 bits."""
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    row = b"\0" + int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    parts = {"IHDR": struct.pack(">IIBBBBB", width, 1, depth, kind, 0, 0, 0), **chunks}
    body = [(key.encode(), data) for key, data in {**parts, "IDAT": zlib.compress(row), "IEND": b""}.items()]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + key + data + struct.pack(">I", zlib.crc32(key + data)) for key, data in body
    )


GREY, COLOUR, INDEXED, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6  # the standard's colour types (PNG 3rd edition, 11.2.1)
PALETTE_OF_3 = bytes([10, 20, 30, 250, 0, 0, 0, 0, 250])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        *(
            pytest.param(
                png(depth, GREY, [0, key, top, key - 1], 4, tRNS=struct.pack(">H", key)),
                [(0,) * 3, WHITE, WHITE, ((key - 1) * 255 // top if depth < 16 else (key - 1) >> 8,) * 3],
                id=f"grey of {depth} bits",
            )
            for depth, key in ((1, 1), (2, 1), (2, 2), (4, 7), (8, 127), (16, 0x1234))
            for top in [(1 << depth) - 1]
        ),
        pytest.param(
            png(16, COLOUR, [0x1234, 0x5678, 0x9ABC, 0, 0, 0], 2, tRNS=struct.pack(">HHH", 0x1234, 0x5678, 0x9ABC)),
            [WHITE, (0, 0, 0)],
            id="colours of 16 bits",
        ),
        pytest.param(
            png(8, COLOUR, [1, 2, 3, 1, 2, 4], 2, tRNS=struct.pack(">HHH", 1, 2, 3)), [WHITE, (1, 2, 4)], id="colours"
        ),
        pytest.param(
            png(2, INDEXED, [0, 1, 2, 0], 4, PLTE=PALETTE_OF_3, tRNS=b"\0\x33"),
            [WHITE, (254, 204, 204), (0, 0, 250), WHITE],
            id="palette",
        ),
        pytest.param(
            png(16, GREY_ALPHA, [0, 0, 0xFFFF, 0, 0, 0xFFFF, 0, 0x3333], 4),
            [WHITE, WHITE, (0, 0, 0), (204,) * 3],
            id="grey and alpha of 16 bits",
        ),
        pytest.param(
            png(16, COLOUR_ALPHA, [0xFFFF, 0, 0, 0x3333, 0, 0, 0, 0], 2), [(255, 204, 204), WHITE], id="RGBA, 16 bits"
        ),
    ],
)
def test_every_kind_of_transparency_is_laid_on_white(data: bytes, expected: list[tuple[int, ...]]) -> None:
    assert np.abs(np.asarray(open_image(data), dtype=int)[0] - expected).max() <= 1


@pytest.mark.parametrize("bits, colour", [(8, 200), (10, 200), (12, 200), (16, 200)])
def test_sixteen_bit_files_are_read_by_the_depth_that_their_values_use(bits: int, colour: int) -> None:
    image = open_image(encoded(flat("I;16", colour << (bits - 8)), "PNG"))
    assert image.getpixel((0, 0)) == (colour,) * 3
    assert [f"{bits} bits" in note for note in notes_of(image)] == ([True] if bits < 16 else [])


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lacks_only_its_end_mark_is_read_with_a_word(progressive: bool) -> None:
    whole = encoded(noise(60, 40), "JPEG", progressive=progressive)
    image = open_image(whole[:-2])
    assert np.array_equal(np.asarray(image), np.asarray(open_image(whole)))
    assert "end mark" in notes_of(image)[0]
    assert notes_of(open_image(whole)) == ()
    with pytest.raises(ImageError, match="cut off"):
        open_image(whole[:-12])


@pytest.mark.parametrize("file_format", ["HEIF", "AVIF"])
def test_pictures_of_phones_are_read(file_format: str) -> None:
    red, green, blue = open_image(encoded(flat("RGB", RED, (64, 64)), file_format)).getpixel((30, 30))
    assert red > 240
    assert max(green, blue) < 15


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "TIFF", "MPO"])
def test_first_frame_of_several(file_format: str) -> None:
    data = encoded(flat("RGB", RED), file_format, save_all=True, append_images=[flat("RGB", BLUE)])
    red, _, blue = np.asarray(open_image(data), dtype=int)[8, 8]
    assert red > 250
    assert blue < 5


# The standard (EXIF 2.3, 4.6.4 A, tag 274): where the first row and the first column of the file belong.
@pytest.mark.parametrize(
    ("orientation", "first_row", "first_column"),
    [
        (1, "top", "left"),
        (2, "top", "right"),
        (3, "bottom", "right"),
        (4, "bottom", "left"),
        (5, "left", "top"),
        (6, "right", "top"),
        (7, "right", "bottom"),
        (8, "left", "bottom"),
    ],
)
def test_exif_orientation(orientation: int, first_row: str, first_column: str) -> None:
    stored = flat("RGB", WHITE, (7, 5))
    stored.paste(RED, (0, 0, 7, 1))  # the first row
    stored.paste(BLUE, (0, 1, 1, 5))  # the first column, below its corner
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = open_image(encoded(stored, "PNG", exif=exif))

    pixels = np.asarray(image)
    edges = {"top": pixels[0], "bottom": pixels[-1], "left": pixels[:, 0], "right": pixels[:, -1]}
    assert image.size == ((7, 5) if orientation <= 4 else (5, 7))
    assert (edges[first_row] == RED).all()
    assert (edges[first_column] == BLUE).all(axis=1).sum() == 4


def test_metadata_stays_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a place"
    image = open_image(encoded(flat("RGB", RED), "PNG", exif=exif, icc_profile=b"profile", dpi=(72, 72)))
    assert image.info == {}
    assert b"a place" not in encoded(image, "PNG")


# ---- files that are not usable pictures

PHOTO = SAMPLES["cat"].path.read_bytes()
NOISE = encoded(noise(40, 40), "PNG")
SHORT_CHUNK = NOISE.replace(struct.pack(">I", NOISE.index(b"IEND") - NOISE.index(b"IDAT") - 12), struct.pack(">I", 100))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "is empty: allowed are JPEG, PNG, WebP, GIF, BMP, TIFF, HEIF", id="empty"),
        pytest.param(
            b"Dear diary, no picture today.\n" * 50, "is not a picture that can be read: allowed are", id="text"
        ),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a picture that can be read", id="SVG"),
        pytest.param(b"%PDF-1.7\n", "is not a picture that can be read", id="PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "is not a picture that can be read", id="signature alone"),
        pytest.param(PHOTO[:200], "is not a picture that can be read", id="JPEG cut in its header"),
        pytest.param(encoded(flat("RGB", RED), "PPM"), "is not a picture that can be read", id="PPM"),
        pytest.param(encoded(flat("RGB", RED), "EPS"), "is not a picture that can be read", id="EPS"),
        pytest.param(PHOTO[: len(PHOTO) // 2], "is cut off or damaged", id="JPEG cut in half"),
        pytest.param(PHOTO[:-100], "is cut off or damaged", id="JPEG without its end"),
        pytest.param(NOISE[:2000], "is cut off or damaged", id="PNG cut in half"),
        pytest.param(SHORT_CHUNK, "is cut off or damaged", id="PNG chunk of the wrong length"),
        pytest.param(png_header(30, 30), "is cut off or damaged", id="PNG without pixels"),
        pytest.param(png_header(8000, 8000), "is 8,000 x 8,000 pixels: at most 40 megapixels", id="64 megapixels"),
        pytest.param(png_header(10_000, 10_000), "is 10,000 x 10,000 pixels: at most 40", id="Pillow warns"),
        pytest.param(png_header(60_000, 60_000), "has too many pixels: at most 40 megapixels", id="Pillow refuses"),
        pytest.param(encoded(flat("L", 0, (1, 20_000)), "PNG"), "is 1 x 20,000 pixels: the long side", id="1 x 20000"),
        pytest.param(encoded(flat("L", 0, (210, 10)), "PNG"), "is 210 x 10 pixels: the long side", id="21 to 1"),
        pytest.param(encoded(flat("F", 0), "TIFF"), 'stores its pixels as "F"', id="float TIFF"),
        pytest.param(encoded(flat("LAB", (0, 0, 0)), "TIFF"), 'stores its pixels as "LAB"', id="LAB TIFF"),
        pytest.param(bytes(MAX_UPLOAD_BYTES + 1), "has 21 MB: at most 20 MB are allowed", id="large file"),
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_unusable_file_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(ImageError) as caught:
        open_image(data, "my picture.jpg")
    message = str(caught.value)
    assert message.startswith(f'"my picture.jpg" {words}')
    assert message.endswith(".")
    assert message.count(". ") == 0


@pytest.mark.filterwarnings("error")
def test_bomb_is_refused_in_the_same_way_where_warnings_are_errors() -> None:
    with pytest.raises(ImageError, match="at most 40 megapixels are allowed"):
        open_image(png_header(10_000, 10_000))


@pytest.mark.parametrize("size", [(1, 1), (1, 20), (200, 10)])
def test_small_and_long_pictures_are_allowed(size: tuple[int, int]) -> None:
    image = open_image(encoded(flat("RGB", RED, size), "PNG"))
    assert image.size == size
    assert imagenet(224).apply(image).shape == (1, 3, 224, 224)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("", "The file"),
        ("C/folder/note.txt", '"note.txt"'),
        ("a\nb\u202egpj\0.exe", '"a\\nb\\u202egpj\\x00.exe"'),
        ("x" * 500, f'"{"x" * 59}…"'),
    ],
)
def test_name_in_the_message(name: str, label: str) -> None:
    with pytest.raises(ImageError) as caught:
        open_image(b"", name)
    assert str(caught.value).startswith(f"{label} is empty")


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"]), st.data())
@pytest.mark.filterwarnings("ignore")
def test_any_damage_gives_a_picture_or_the_one_error(file_format: str, draw: st.DataObject) -> None:
    data = bytearray(encoded(noise(20, 12), file_format))
    for _ in range(draw.draw(st.integers(0, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    del data[draw.draw(st.integers(0, len(data))) :]
    with contextlib.suppress(ImageError):
        assert open_image(bytes(data)).mode == "RGB"


# ---- from picture to tensor


def oracle(steps: Preprocessing) -> transforms.Compose:
    """The same steps in torchvision. Bytes in 0..255 become floats by a plain cast, as in Caffe."""
    resampling = transforms.InterpolationMode(steps.interpolation)
    to_tensor = transforms.ToTensor() if steps.value_max == 1 else transforms.PILToTensor()
    order = [0, 1, 2] if steps.channels == "RGB" else [2, 1, 0]
    return transforms.Compose(
        [
            transforms.Resize(steps.resize_px, interpolation=resampling),
            transforms.CenterCrop(steps.crop_px),
            to_tensor,
            transforms.Lambda(lambda values: values.float()[order]),
            transforms.Normalize(steps.mean, steps.std),
        ]
    )


STEPS = {
    "imagenet 224": imagenet(224),
    "imagenet 299": imagenet(299),
    "unit range 299": unit_range(299),
    "caffe 224": caffe_bgr(224),
    "caffe 224 Cadene": caffe_bgr(224, red_mean=128),
    "not normalised": imagenet(224).unnormalised(),
    "caffe not normalised": caffe_bgr(224).unnormalised(),
    "facenet": Preprocessing(160, 160, value_max=255, mean=(127.5,) * 3, std=(128.0,) * 3),
    "padded evenly": Preprocessing(20, 34),
    "padded unevenly": Preprocessing(21, 34, "bicubic"),
}
SIZES = [(640, 427), (427, 640), (451, 300), (256, 256), (224, 224), (100, 75), (33, 57), (1, 1), (7, 140), (1001, 999)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS.keys())
def test_tensor_equals_torchvisions(steps: Preprocessing, size: tuple[int, int]) -> None:
    image = noise(*size)
    tensor = steps.apply(image)
    assert (tensor.dtype, tensor.shape) == (torch.float32, (1, 3, steps.crop_px, steps.crop_px))
    assert torch.equal(tensor[0], oracle(steps)(image))


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 50), st.integers(1, 50))
def test_any_size_equals_torchvisions(width: int, height: int, resize_px: int, crop_px: int) -> None:
    steps, image = Preprocessing(resize_px, crop_px), noise(width, height)
    assert torch.equal(steps.apply(image)[0], oracle(steps)(image))


@pytest.mark.parametrize("weights", ["GoogLeNet_Weights", "Inception_V3_Weights"])
def test_imagenet_equals_the_preprocessing_of_torchvisions_weights(weights: str) -> None:
    published = getattr(torchvision.models, weights).IMAGENET1K_V1.transforms()
    image = open_image(PHOTO)
    assert torch.equal(imagenet(published.crop_size[0]).apply(image)[0], published(image))


@pytest.mark.parametrize("name", ["inception_v3.tf_in1k", "inception_v4.tf_in1k"])
def test_unit_range_equals_timms(name: str) -> None:
    settings_of_timm = timm.data.resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(name).to_dict())
    image = open_image(PHOTO)
    assert torch.equal(unit_range(299).apply(image)[0], timm.data.create_transform(**settings_of_timm)(image))


def test_preview_is_what_the_tensor_holds() -> None:
    image, steps = open_image(PHOTO), caffe_bgr(224).unnormalised()
    preview = torch.from_numpy(np.array(steps.preview(image))).permute(2, 0, 1)
    assert torch.equal(steps.apply(image)[0, [2, 1, 0]], preview.float())


@pytest.mark.parametrize(
    ("steps", "sentences"),
    [
        (
            imagenet(299),
            (
                "Resize the short side to 342 px, bilinear.",
                "Keep the centre, 299 x 299 px.",
                "Scale the values to 0 to 1.",
                "Subtract 0.485, 0.456, 0.406 and divide by 0.229, 0.224, 0.225.",
            ),
        ),
        (
            unit_range(299),
            (
                "Resize the short side to 341 px, bicubic.",
                "Keep the centre, 299 x 299 px.",
                "Scale the values to 0 to 1.",
                "Subtract 0.5 and divide by 0.5.",
            ),
        ),
        (
            caffe_bgr(224),
            (
                "Resize the short side to 256 px, bilinear.",
                "Keep the centre, 224 x 224 px.",
                "Keep the values at 0 to 255.",
                "Order the channels blue, green, red.",
                "Subtract 104, 117, 123.",
            ),
        ),
        (
            Preprocessing(20, 32),
            (
                "Resize the short side to 20 px, bilinear.",
                "Keep the centre, 32 x 32 px, with black around it.",
                "Scale the values to 0 to 1.",
            ),
        ),
    ],
    ids=["imagenet", "unit range", "caffe", "padded, not normalised"],
)
def test_description(steps: Preprocessing, sentences: tuple[str, ...]) -> None:
    assert steps.describe() == sentences
