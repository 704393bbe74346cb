from __future__ import annotations

from app.backend import compare
from app.backend.charts.choices import family_scatter, search_scatter, stage_ghosts
from app.backend.decide.family_map import family_map
from app.backend.decide.searching.search import SearchOptions, search
from app.backend.decide.searching.search_space import SearchAxis, SearchSpace
from app.backend.decide.searching.trials import Problem
from inception_models import ARCHITECTURES


def test_the_family_by_cost_and_published_error() -> None:
    points = family_map()
    assert [point.key for point in points] == list(ARCHITECTURES)
    known = [point for point in points if point.error_percent is not None]
    for point in known:
        better = [
            o for o in known if o.macs <= point.macs and o.error_percent <= point.error_percent and o is not point
        ]
        beaten = any((o.macs, o.error_percent) != (point.macs, point.error_percent) for o in better)
        assert point.on_front is not beaten
        assert point.source
    figure = family_scatter(points)
    assert len(figure.data[1].x) == len(known)


def test_the_stages_of_others_are_ghosts() -> None:
    comparison = compare(ARCHITECTURES["googlenet"], ARCHITECTURES["bn_inception"])
    figure = stage_ghosts(comparison, 1, "macs")
    assert [bar.opacity == 1 for bar in figure.data] == [False, True]
    assert sum(value or 0 for value in figure.data[1].y) == comparison.macs.b


def test_each_trial_of_a_search_is_a_point_once() -> None:
    space = SearchSpace(ARCHITECTURES["inception_v3"], (SearchAxis("scale", "*", 0.25, 1, 0.25),))
    result = search(Problem(space), SearchOptions("grid", jobs=1))
    figure = search_scatter(result, "macs", "kept")
    assert sorted([*figure.data[0].customdata, *figure.data[1].customdata]) == list(range(len(result.trials)))
