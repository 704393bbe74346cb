"""The list of variants as the page offers it: grouped, and found by every name that people use."""

from __future__ import annotations

from functools import cache

from inception_models import ARCHITECTURES


@cache
def variant_label(key: str) -> str:
    """Title, year, group and other names of a variant: a search looks at all, and the narrow bar shows the first.

    The key comes last, in the ways in which people write it: the list finds only what stands in it.
    """
    about = ARCHITECTURES[key].about
    spelled = dict.fromkeys(key.replace("_", between) for between in ("_", "-", " ", ""))
    return f"{about.label}, {about.year} · {' · '.join((about.group.partition(' ')[0], *about.aliases, *spelled))}"
