"""The Inception family as data: every published variant, editable, exact, buildable.

>>> from inception_models import ARCHITECTURES, build, widths, with_widths
>>> slim = with_widths(ARCHITECTURES["googlenet"], {"inception4e.branch5x5.reduce": 16})
>>> net = build(slim).eval()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arch.spec import Arch
from .edits.widths import widths, with_widths
from .variants import ARCHITECTURES

if TYPE_CHECKING:
    from .net.builder import build

__version__ = "0.1.0"

__all__ = ["ARCHITECTURES", "Arch", "build", "widths", "with_widths"]


def __getattr__(name: str) -> object:
    """``build`` needs torch, which takes two seconds to import: it is loaded when first asked for."""
    if name == "build":
        from .net.builder import build

        return build
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
