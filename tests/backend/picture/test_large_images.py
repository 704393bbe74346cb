"""Large pictures: what the network gets is what the whole picture would give, for a fraction of the memory."""

import subprocess
import sys
from functools import lru_cache
from io import BytesIO

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from app.backend.picture.images import KEPT_PX, SAMPLES, open_image
from inception_models.checkpoints.preprocessing import imagenet, unit_range

SIZES = {"largest kept": (3072, 2 * KEPT_PX - 1), "smallest reduced": (3073, 2 * KEPT_PX), "odd": (5201, 3463)}


@lru_cache(maxsize=1)
def photograph(size: tuple[int, int]) -> Image.Image:
    """A sample with noise and thin lines, which reducing in two steps changes most."""
    whole = Image.open(SAMPLES["coffee"].path).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    pixels = np.asarray(whole) + np.random.default_rng(0).integers(-20, 20, (size[1], size[0], 1))
    pixels[::97], pixels[:, ::53] = 255, 0
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def file_of(image: Image.Image, file_format: str, orientation: int) -> bytes:
    file, exif = BytesIO(), Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    options = {"quality": 85} if file_format == "JPEG" else {"compression": "jpeg"}
    image.save(file, file_format, exif=exif, **options)
    return file.getvalue()


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
@pytest.mark.parametrize(("size", "orientation"), [("largest kept", 1), ("smallest reduced", 3), ("odd", 6)])
def test_a_network_gets_what_the_whole_picture_would_give(size: str, orientation: int, file_format: str) -> None:
    data = file_of(photograph(SIZES[size]), file_format, orientation)
    whole = ImageOps.exif_transpose(Image.open(BytesIO(data))).convert("RGB")
    image = open_image(data)
    if size == "largest kept":
        assert np.array_equal(np.asarray(image), np.asarray(whole))
        return
    assert KEPT_PX <= min(image.size) < KEPT_PX + 64
    for steps in (imagenet(224), unit_range(299)):
        difference = np.abs(np.asarray(steps.preview(image), int) - np.asarray(steps.preview(whole), int))
        assert difference.mean() < 1.2
        assert difference.max() <= 12


PEAK = """
import sys, threading
from io import BytesIO
from pathlib import Path
from PIL import Image
from app.backend.picture.images import open_image

def kilobytes(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))

file = BytesIO()
Image.radial_gradient("L").convert(sys.argv[2]).resize((7740, 5160)).save(file, sys.argv[1], compress_level=1)
Path("/proc/self/clear_refs").write_text("5")
before, kept = kilobytes("VmRSS"), []
people = [threading.Thread(target=lambda: kept.append(open_image(file.getvalue()))) for _ in range(4)]
for person in people: person.start()
for person in people: person.join()
print(len(kept), (kilobytes("VmHWM") - before) // 1000, (kilobytes("VmRSS") - before) // 1000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from Linux' /proc")
@pytest.mark.parametrize(("file_format", "mode", "peak"), [("JPEG", "RGB", 220), ("PNG", "RGBA", 1000)])
def test_four_people_with_forty_megapixels(file_format: str, mode: str, peak: int) -> None:
    command = [sys.executable, "-c", PEAK, file_format, mode]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    kept, megabytes, held = map(int, answer.split())
    assert kept == 4
    assert megabytes < peak
    assert held < 100
