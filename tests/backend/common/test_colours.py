"""Colours: the heat map's as published, and words readable on all of them."""

import plotly.express as px

from app.backend.common.colours import BRANCH_COLOURS, CIVIDIS, THEMES, cividis, heat, ink, lighter


def test_cividis_is_as_published() -> None:
    assert [*CIVIDIS] == px.colors.sequential.Cividis
    assert [cividis(step / 9) for step in range(10)] == [*CIVIDIS]
    assert (cividis(-1), cividis(2)) == (CIVIDIS[0], CIVIDIS[-1])
    assert heat(0.25) == cividis(0.5)


def contrast(first: str, second: str) -> float:
    """WCAG 2.1, relative luminance and contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_words_can_be_read_on_every_fill() -> None:
    branches = [*BRANCH_COLOURS.values(), *map(lighter, BRANCH_COLOURS.values())]
    quiet = [fill for theme in THEMES.values() for fill in (theme.block, theme.trunk, theme.quiet)]
    for fill in (*branches, *quiet, *(cividis(step / 100) for step in range(101))):
        assert contrast(fill, ink(fill)) >= 4.5, fill
    for theme in THEMES.values():
        assert contrast(theme.paper, theme.faint) >= 4.5
        assert contrast(theme.block, theme.text) >= 4.5
