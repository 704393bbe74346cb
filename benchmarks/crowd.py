"""Many people at once: each a session of the real app that edits a network of its own, or pushes pictures through one.

What each person's page says is checked against their own network after every edit.
"""

from __future__ import annotations

import asyncio
import io
import random
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image
from websockets.exceptions import WebSocketException

from app.backend import analyze
from inception_models import ARCHITECTURES, widths, with_widths
from inception_models.checkpoints.trained_weights import untrained

from .visitor import Answer, VisitError, Visitor

SIDE_PX = 640  # of a picture that somebody uploads


@dataclass(frozen=True)
class Edit:
    """A width, and the parameters that the network has after it."""

    path: str
    width: int
    params: int


@dataclass
class Results:
    """What all people saw."""

    visits: list[Answer] = field(default_factory=list)
    edits: list[Answer] = field(default_factory=list)
    pictures: list[Answer] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    wrong: int = 0  # answers about another network or another picture than the person's own


@dataclass(frozen=True)
class Pace:
    """When a person does something: at first ``after`` so many seconds, then ``every`` so many, ``times`` in all."""

    after: float
    every: float
    times: int

    async def ticks(self) -> AsyncIterator[int]:
        """The number of each time, when it has come; a person who still waits for an answer does nothing meanwhile."""
        start = time.monotonic() + self.after
        for number in range(self.times):
            await asyncio.sleep(start + number * self.every - time.monotonic())
            yield number


def planned(variant: str, seed: int, count: int) -> list[Edit]:
    """Edits that nobody else makes, one on top of the other."""
    dice = random.Random(seed)
    arch = ARCHITECTURES[variant]
    published = widths(arch)
    edits = []
    for path in dice.choices(list(published), k=count):
        width = max(1, published[path] + dice.randrange(-8, 33))
        arch = with_widths(arch, {path: width})
        edits.append(Edit(path, width, analyze(arch).params))
    return edits


@dataclass(frozen=True)
class Photograph:
    """A JPEG that nobody else has, and the pixels of what the network is shown of it."""

    file: bytes
    seen: bytes


def photograph(variant: str, seed: int) -> Photograph:
    """One for the network with random weights."""
    noise = np.random.default_rng(seed).integers(0, 256, (SIDE_PX // 8, SIDE_PX // 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((SIDE_PX, SIDE_PX)).save(file, "JPEG")
    arch = ARCHITECTURES[variant]
    seen = untrained(arch).preprocessing_for(arch).preview(Image.open(file).convert("RGB"))
    return Photograph(file.getvalue(), seen.tobytes())


async def edit(url: str, variant: str, edits: Sequence[Edit], pace: Pace, into: Results) -> None:
    """One person who edits."""
    async with Visitor(url, variant) as visitor:
        into.visits.append(visitor.opened)
        async for number in pace.ticks():
            step = edits[number]
            into.edits.append(await visitor.edit(step.path, step.width))
            into.wrong += visitor.params != step.params


async def push_pictures(url: str, variant: str, seed: int, pace: Pace, into: Results) -> None:
    """One person who uploads pictures."""
    photographs = [photograph(variant, 1000 * seed + number) for number in range(pace.times)]
    async with Visitor(url, variant, "picture") as visitor:
        into.visits.append(visitor.opened)
        async for number in pace.ticks():
            own = photographs[number]
            into.pictures.append(await visitor.show_picture(f"picture-{seed}-{number}.jpg", own.file))
            into.wrong += not visitor.picture or Image.open(io.BytesIO(visitor.picture)).tobytes() != own.seen


async def together(people: Sequence[Coroutine[None, None, None]], into: Results) -> None:
    """All ``people`` at once. What befalls one of them is noted and ends that visit only."""

    async def careful(person: Coroutine[None, None, None]) -> None:
        try:
            await person
        except (VisitError, WebSocketException, OSError, TimeoutError) as problem:
            into.errors.append(f"{type(problem).__name__}: {problem}")

    await asyncio.gather(*map(careful, people))
