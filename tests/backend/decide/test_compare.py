"""Comparisons: hand-made edits are found, in words and with costs that add up; diagrams and the command line too."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.backend import analyze, compare, fit
from app.backend.common.jobs import Progress
from app.backend.decide.comparing.alignment import aligned
from app.backend.decide.comparing.comparison import Comparison, NetworkDifference
from app.backend.decide.comparing.difference_diagram import draw_differences
from app.backend.decide.comparing.recognition import recognised_network
from app.backend.decide.comparing.same_picture import Viewer, same_picture, sights_of
from app.backend.foreign.inspection import inspected
from app.backend.picture.forward import forward
from app.cli import main
from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.arch.shapes import Shape
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.demo import test_pictures as demo_pictures
from inception_models.edits.depth import with_repeats, with_scales
from inception_models.edits.input_output import with_classes, with_input_size, without_aux
from inception_models.edits.structure import duplicated_branch, without_branch
from inception_models.edits.whatif import factorised, swapped_pool
from inception_models.edits.widths import scaled
from tests.fuzzing import drawing
from tests.models.random_edits import edited

GOOGLENET = ARCHITECTURES["googlenet"]


def by_hand() -> Arch:
    arch = with_widths(GOOGLENET, {"inception4e.branch5x5.reduce": 16})
    arch = factorised(arch, "inception3a.branch5x5.conv")
    arch = without_branch(arch, "inception5b.branch_pool")
    arch = swapped_pool(arch, "maxpool3")
    arch = duplicated_branch(arch, "inception4b.branch1x1")
    return with_classes(arch, 5)


def paths(parts: object) -> list[str]:
    return [part.path for part in parts]  # type: ignore[attr-defined]


def assert_adds_up(comparison: Comparison, difference: NetworkDifference, number: int = 1) -> None:
    counted = [part for part in difference.parts if not part.aux]
    assert sum(part.params for part in counted) == comparison.params.differences[number]
    assert sum(part.macs for part in counted) == comparison.macs.differences[number]


def test_edits_made_by_hand_are_found() -> None:
    arch = by_hand()
    comparison = compare(GOOGLENET, arch)
    a, b = analyze(GOOGLENET), analyze(arch)
    assert (comparison.params.a, comparison.params.b) == (a.params, b.params)
    assert comparison.macs.difference == b.macs - a.macs
    parts = comparison.parts
    assert paths(parts.added) == ["inception3a.branch5x5.conv_1", "inception4b.branch1x1_2.conv"]
    assert paths(parts.removed) == ["inception5b.branch_pool.pool", "inception5b.branch_pool.proj"]
    assert [part.sentences for part in parts.changed] == [
        ("inception3a.branch5x5.conv: kernel 5×5 → 3×3",),
        ("maxpool3: max → avg",),
        ("inception4e.branch5x5.reduce: 32 → 16 filters",),
    ]
    reduce = parts.changed[2]
    assert reduce.params == -16 * 529  # 4d gives 528 channels; one bias each
    assert "inception4e.branch5x5.conv" in paths(parts.following)
    assert comparison.differences[0].sentences == ("1000 → 5 classes",)
    assert_adds_up(comparison, comparison.differences[0])


def test_copies_and_residual_scales() -> None:
    old = ARCHITECTURES["inception_resnet_v1"]
    new = with_scales(with_repeats(old, {"block17": 7}), {"block8": 0.5})
    comparison = compare(old, new)
    assert [part.sentences for part in comparison.parts.changed] == [
        ("block17: 10 → 7 copies",),
        (f"block8: scale {next(s.block.scale for s in old.stages if s.name == 'block8'):g} → 0.5",),  # type: ignore[union-attr]
    ]
    assert_adds_up(comparison, comparison.differences[0])


@pytest.mark.parametrize("key", ["googlenet", "inception_v3", "inception_resnet_v2", "xception"])
@drawing(8)
@given(data=st.data())
def test_differences_add_up_and_a_network_is_itself(key: str, data: st.DataObject) -> None:
    original = ARCHITECTURES[key]
    arch, _ = data.draw(edited(original))
    comparison = compare(original, arch)
    assert_adds_up(comparison, comparison.differences[0])
    assert bool(comparison.sentences) or not comparison.parts.every
    assert compare(arch, arch).parts.every == ()
    draw_differences(comparison)


def test_variants_differ_by_what_their_papers_changed() -> None:
    """Stages of different names are laid beside those of the same kind in the same order."""
    comparison = compare(GOOGLENET, ARCHITECTURES["bn_inception"])
    pairs = [(p.a.name, p.b.name) for p in comparison.differences[0].stages if p.a and p.b]
    assert ("inception3a", "inception_3a") in pairs
    assert ("inception4e", "inception_4e") in pairs
    assert "inception_3c" in paths(comparison.parts.added)
    for a, b in combinations(ARCHITECTURES.values(), 2):
        comparison = compare(a, b)
        assert_adds_up(comparison, comparison.differences[0])


def test_up_to_six_networks_have_a_row_for_every_stage() -> None:
    networks = [analyze(arch) for arch in list(ARCHITECTURES.values())[:6]]
    comparison = compare(*networks)
    for number, analysis in enumerate(networks):
        names = [row[number].name for row in comparison.rows if row[number]]  # type: ignore[union-attr]
        assert names == [stage.name for stage in (*analysis.stages, *analysis.aux)]
        assert number == 0 or not assert_adds_up(comparison, comparison.differences[number - 1], number)
    with pytest.raises(ValueError, match="From 2 to 6 networks"):
        compare(*networks, networks[0])


def test_somebody_elses_network_is_the_same_stage_by_stage() -> None:
    """torchvision's Inception v3 is ours: nothing differs, whatever it calls its parts."""
    comparison = compare(ARCHITECTURES["inception_v3"], inspected("torchvision:inception_v3", None))
    assert comparison.params.difference == comparison.macs.difference == 0
    assert [part for part in comparison.parts if not part.aux] == []


@pytest.mark.parametrize(
    "name, shape, recognised",
    [
        ("torchvision:inception_v3", None, with_input_size(ARCHITECTURES["inception_v3"], 299)),
        ("torchvision:googlenet", (3, 192, 192), with_input_size(ARCHITECTURES["googlenet_torchvision"], 192)),
        ("torchvision:googlenet", (3, 224, 192), None),
        ("timm:inception_v4", None, ARCHITECTURES["inception_v4"]),
        ("torchvision:resnet18", None, None),
    ],
)
def test_somebody_elses_network_is_recognised(name: str, shape: Shape | None, recognised: Arch | None) -> None:
    assert recognised_network(inspected(name, shape)) == recognised


def test_a_notebook_shows_totals_and_every_difference_in_words() -> None:
    comparison = compare(GOOGLENET, by_hand(), ARCHITECTURES["bn_inception"], names=("<a>", "b", "c"))
    shown = ElementTree.fromstring(f"<div>{comparison._repr_html_()}</div>")
    totals, first, second = shown.findall("table")
    assert ["".join(cell.itertext()) for cell in totals.findall("thead/tr/th")] == ["", "<a>", "b", "c"]
    cells = [["".join(cell.itertext()) for cell in row] for row in totals.findall("tbody/tr")]
    assert cells[1][:2] == ["parameters", f"{analyze(GOOGLENET).params:,}"]
    assert cells[2][2].startswith(f"{analyze(by_hand()).macs:,} (+0.42%)")
    words = ["".join(row.itertext()) for row in first.findall("tbody/tr")]
    assert words[0] == "1000 → 5 classes"
    assert len(words) == 1 + sum(part.fate != "follows" for part in comparison.parts)
    assert any("inception_3c added" in "".join(row.itertext()) for row in second.findall("tbody/tr"))


def test_one_picture_through_several_networks_is_what_each_makes_of_it_alone() -> None:
    trained, picture = demo().arch, Image.fromarray(demo_pictures()[0][0]).convert("RGB")
    half = scaled(trained, 0.5)
    viewers = (
        Viewer("demo", trained, "demo", "inception3a"),
        Viewer("half", half, "random", "nowhere"),
        Viewer("xception", ARCHITECTURES["xception"], "demo", ""),
    )
    first, second, third = same_picture(viewers, picture, Progress())
    alone = forward(trained, picture, "demo")
    assert first.likeliest == tuple(alone.likeliest())
    assert Image.open(BytesIO(first.maps)).size[0] > 100
    assert first.maps_note.startswith("inception3a, ")
    assert (second.likeliest, second.maps, second.problem) == ((), b"", "")
    assert third.problem.count(".") == 1
    told = sights_of((first, second, third), "a picture")
    assert [len(network["classes"]) for network in told["networks"]] == [5, 0, 0]  # type: ignore[attr-defined]


@drawing(100)
@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_alignment_is_the_longest_common_sequence(a: str, b: str) -> None:
    pairs = aligned(a, b, lambda x, y: float(x == y))
    assert [i for i, _ in pairs if i is not None] == list(range(len(a)))
    assert [j for _, j in pairs if j is not None] == list(range(len(b)))
    common = [(i, j) for i, j in pairs if i is not None and j is not None]
    assert all(a[i] == b[j] for i, j in common)
    longest = max(n for n in range(len(a) + 1) for chosen in combinations(a, n) if _within(chosen, b))
    assert len(common) == longest


def _within(letters: tuple[str, ...], text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def test_the_command_takes_networks_in_every_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, drawn = tmp_path / "small.json", tmp_path / "diff.svg"
    assert main(["fit", "googlenet", "--macs", "1G", "-o", str(saved)]) == 0
    link = "http://x/?variant=googlenet&edits=" + '{"v":1,"classes":7}'
    for text, options, want in (
        (str(saved), (), fit(GOOGLENET, macs=1e9).arch),
        (link, ("--multiplier", "0.5"), scaled(with_classes(GOOGLENET, 7), 0.5)),
        (link, ("--edits", '{"v":1,"aux":false}'), without_aux(with_classes(GOOGLENET, 7))),
    ):
        capsys.readouterr()
        assert main(["summary", text, *options, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["params"] == analyze(want).params
    capsys.readouterr()
    quoted = "googlenet --set inception4e.branch5x5.reduce=16 --classes 5"
    assert main(["compare", "googlenet", quoted, link, str(saved), "torchvision:googlenet", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [network["name"] for network in told["networks"]][1:3] == [quoted, "googlenet, edited"]
    assert told["totals"]["macs"]["values"][0] == analyze(GOOGLENET).macs
    assert told["differences"][0]["sentences"] == ["1000 → 5 classes"]
    assert told["differences"][1]["sentences"] == ["1000 → 7 classes"]
    (tmp_path / "their_own.py").write_text("from torch import nn\n\ndef net():\n    return nn.Conv2d(3, 7, 5)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(["compare", "googlenet", "their_own:net --shape 3,32,32", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["networks"][1] == {"name": "their_own:net", "input_shape": [3, 32, 32]}
    assert told["totals"]["macs"]["values"][1] == 28 * 28 * 7 * 3 * 25
    assert main(["compare", "googlenet", quoted, "-o", str(drawn)]) == 0
    assert "inception4e.branch5x5.reduce: 32 → 16 filters (-1,655,808 MACs" in capsys.readouterr().out
    text = "".join(ElementTree.parse(drawn).getroot().itertext())
    assert "≠ inception 4e" in text
    assert "+ added" in text


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["googlenet"], "required: B"),
        (["googlenet", "nope"], "is not a variant"),
        (["googlenet", "googlenet --bogus"], "Unrecognized arguments: --bogus"),
        (["googlenet", "googlenet 'x"], "quotation"),
        (["googlenet", "?variant=nope"], "names no known variant"),
        (["googlenet", "missing.json"], "no such file"),
        (["googlenet", ""], "'' is not a source"),
        (["googlenet", "no.such:net --shape 3,x"], "whole numbers such as 3,224,224"),
        (["googlenet", "xception", "-o", "x.txt"], "written as .svg, .pdf or .png"),
        (["googlenet", "xception", "googlenet_bn", "-o", "x.svg"], "differences of two networks"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *words]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.splitlines()) == 1
