"""Limits on what a person may hand in and keep, in one place: each with the reason for it.

Whoever runs the server may change them by environment variables; the README has the table. Limits on the network itself
(widths, input size, classes) live in `inception_models`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

PREFIX = "INCEPTION_EXPLORER_"


@dataclass(frozen=True)
class Limit:
    """A whole number that an environment variable may set."""

    variable: str
    default: int
    least: int
    most: int

    def value(self) -> int:
        """What it is set to.

        Raises:
            ValueError: where the variable is something else.
        """
        text = os.environ.get(self.variable, "")
        if not text:
            return self.default
        if not (text.isascii() and text.isdecimal() and self.least <= int(text[:18]) <= self.most):
            raise ValueError(
                f"{self.variable} is {text[:40]!r}; a whole number from {self.least} to {self.most} is allowed."
            )
        return int(text)


LIMITS: dict[str, Limit] = {}
"""All that can be set, by variable."""


def _set(name: str, default: int, least: int, most: int) -> int:
    limit = Limit(PREFIX + name, default, least, most)
    LIMITS[limit.variable] = limit
    return limit.value()


MAX_UPLOAD_BYTES = _set("PICTURE_MB", 20, 1, 500) * 2**20
"""Bytes of a picture's file. A 24-megapixel phone photograph is 5-12 MB; the server holds every upload in memory."""

MAX_WEIGHTS_BYTES = _set("WEIGHTS_MB", 400, 1, 1024) * 2**20
"""Bytes of a person's own weights. The largest variant, the naive GoogLeNet, has 373 MiB; the server holds every upload
in memory."""

MAX_SESSION_UPLOAD_BYTES = _set("SESSION_UPLOADS_MB", 500, 1, 8192) * 2**20
"""Bytes of all uploads that are kept for a person: weights, two pictures, and one taken with the camera."""

MAX_SERVER_UPLOAD_BYTES = _set("SERVER_UPLOADS_MB", 2000, 1, 1_000_000) * 2**20
"""Bytes of all uploads that are kept for everybody: a class of fifty with photographs, or five people with weights."""

GONE_SECONDS = _set("GONE_SECONDS", 40, 5, 86_400)
"""How long a session without a connection is kept: a short break must not cost anything, and a closed tab cannot be
told from one. Within a minute the memory is free again; the browser itself keeps the network."""

LEFT_SECONDS = _set("LEFT_SECONDS", 20, 1, 86_400)
"""How long the jobs of a person without any connection go on: a reload or a short break must not cost anything, and
others wait for them."""

MAX_JOBS_A_PERSON = _set("JOBS_A_PERSON", 3, 1, 100)
"""Jobs of a person in a lane, running or waiting."""

MAX_JOBS_WAITING = _set("JOBS_WAITING", 60, 1, 10_000)
"""Jobs of everybody that wait in a lane: one of each person in a class. Each keeps a network and a picture in
memory."""

MAX_PIXELS = _set("PICTURE_MEGAPIXELS", 40, 1, 170) * 1_000_000
"""Pixels of a picture, read from its header before any is decoded. 40 million take 0.2-0.5 GB while being decoded."""

MAX_DECODED_AT_ONCE = _set("PICTURES_AT_ONCE", 2, 1, 64)
"""Pictures that are decoded at the same time; others wait. One of 40 megapixels takes a second."""

MAX_PASSES_AT_ONCE = _set("PASSES_AT_ONCE", 2, 1, 64)
"""Pictures that run through a network for a page at the same time; others wait. One pass takes up to 0.8 GB, and two
share a processor's cores no worse than one."""

MAX_ASPECT = 20
"""Long side over short side. The short side is resized to a fixed size, so a 1 x 20,000 strip at 256 px would become
256 x 5,120,000; with 20 the largest resized picture stays below 30 megapixels."""

MAX_RUN_BYTES = _set("RUN_GB", 6, 1, 1024) * 2**30
"""Memory that one forward pass may need. The largest published variant, the naive GoogLeNet, needs 0.8 GB; a
GoogLeNet of 8,192 filters everywhere would need 260 GB and kill the server."""

MAX_LINK_BYTES = 8 * 1024
"""Bytes of a shared link. Common servers and proxies refuse a request line above 8 kB."""

MAX_NPZ_BYTES = _set("ARRAYS_MB", 512, 1, 8192) * 2**20
"""Bytes of downloaded arrays. All branches of the largest published variant take 60 MB; the file is made in memory."""
MAX_ONNX_BYTES = _set("ONNX_MB", 400, 1, 1024) * 2**20
"""Bytes of an .onnx file. ViT-B has 330 MiB; the server holds every upload in memory, and reading doubles it."""

MAX_ONNX_NODES = 50_000
"""Nodes of an .onnx file, its functions written out. Swin with dynamic axes, the longest export seen, has 6,200."""

MAX_FOREIGN_BYTES = 6 * 2**30
"""Memory of the process that analyses a person's network. PyTorch takes 1 GB; a few constructors make real weights."""

MAX_FOREIGN_SECONDS = 180
"""How long that process may take. The slowest of 210 networks of torchvision and timm take 30 seconds."""
