"""The list of variants as the page offers it: grouped, and found by every name that people use."""

from __future__ import annotations

from inception_models import ARCHITECTURES


def variant_label(key: str) -> str:
    """Group, title, year and other names of a variant: a search in the list looks at all of it."""
    about = ARCHITECTURES[key].about
    return f"{about.group.partition(' ')[0]} · {about.label}, {about.year} · {', '.join(about.aliases)}"
