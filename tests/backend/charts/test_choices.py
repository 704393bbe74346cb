from __future__ import annotations

from app.backend import analyze, compare
from app.backend.charts.choices import family_scatter, stage_ghosts
from app.backend.charts.search import search_plot
from app.backend.decide.family_map import family_map
from app.backend.decide.searching.search import SearchOptions, search
from app.backend.decide.searching.search_space import SearchAxis, SearchSpace
from app.backend.decide.searching.trials import Problem
from app.backend.foreign.totals import network_totals
from inception_models import ARCHITECTURES
from inception_models.edits.widths import scaled


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
    pin = scaled(ARCHITECTURES["inception_v3"], 0.5)
    figure = family_scatter(points, [network_totals("half", analyze(pin))])
    front, errors, params, star = figure.data
    assert list(zip(errors.x, errors.y, strict=True)) == [(point.macs, point.error_percent) for point in known]
    assert len(front.x) == sum(point.on_front for point in points)
    assert list(params.y) == [point.params for point in points]
    assert all(
        str(point.source) in said[3].replace("&amp;", "&") for point, said in zip(known, errors.customdata, strict=True)
    )
    assert (star.name, star.x, star.y) == ("half", (analyze(pin).macs,), (analyze(pin).params,))
    assert star.yaxis == params.yaxis != errors.yaxis  # nothing is said about its error


def test_the_stages_of_others_are_ghosts() -> None:
    comparison = compare(ARCHITECTURES["googlenet"], ARCHITECTURES["bn_inception"])
    figure = stage_ghosts(comparison, 1, "macs")
    assert [bar.opacity == 1 for bar in figure.data] == [False, True]
    assert sum(value or 0 for value in figure.data[1].y) == comparison.macs.b


def test_each_trial_of_a_search_is_a_point_once() -> None:
    space = SearchSpace(ARCHITECTURES["inception_v3"], (SearchAxis("scale", "*", 0.25, 1, 0.25),))
    result = search(Problem(space), SearchOptions("grid", jobs=1))
    figure = search_plot(result)
    assert sorted([*figure.data[0].customdata, *figure.data[1].customdata]) == list(range(len(result.trials)))
