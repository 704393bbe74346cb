"""The diagram against the traced graph, against Graphviz's own drawing, and against hostile names."""

import random
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from math import prod
from xml.etree import ElementTree

import graphviz
import pytest

from app.backend import Analysis, analyze
from app.backend.common.colours import BRANCH_COLOURS, CIVIDIS, THEMES, heat
from app.backend.diagram import DiagramOptions, HeatScale, dot_text, draw, to_dot, toggled
from app.backend.diagram.boxes import boxes_of
from app.backend.diagram.dot import quoted
from app.backend.diagram.labels import op_name
from app.backend.diagram.layout import graphviz_svg, layout_of
from app.backend.diagram.options import DiagramLevel, Direction
from app.backend.diagram.scene import scene
from app.backend.diagram.svg import layout_template
from app.backend.learn.reading import glossary
from benchmarks.forget import forget
from inception_models import ARCHITECTURES, widths, with_widths
from inception_models.arch.spec import (
    Arch,
    AuxHead,
    Branch,
    Conv,
    Fork,
    Inception,
    Linear,
    Pool,
    Repeat,
    Residual,
    SepConv,
)

SVG = "{http://www.w3.org/2000/svg}"


@cache
def analysis_of(variant: str) -> Analysis:
    return analyze(ARCHITECTURES[variant])


def everything(analysis: Analysis) -> frozenset[str]:
    """The name of every repeat and of every copy in it."""
    return frozenset(n.name for s in analysis.stages if s.copies for n in (s, *s.copies))


def unfolded(analysis: Analysis) -> DiagramOptions:
    return DiagramOptions("op", expand=frozenset(s.name for s in analysis.stages if s.copies), fused=False)


def svg(
    analysis: Analysis, options: DiagramOptions | None = None, original: Analysis | None = None
) -> ElementTree.Element:
    return ElementTree.fromstring(draw(analysis, options, original).svg)


def groups(root: ElementTree.Element, kind: str) -> dict[str, ElementTree.Element]:
    elements = [g for g in root.iter(f"{SVG}g") if kind in g.get("class", "").split()]
    assert len({g.get("id") for g in elements}) == len(elements)
    return {g.attrib["id"]: g for g in elements}


def texts(element: ElementTree.Element) -> list[str]:
    return [t.text or "" for t in element.iter(f"{SVG}text")]


def title(element: ElementTree.Element) -> str:
    return element.findtext(f"{SVG}title") or ""


def shape(element: ElementTree.Element) -> ElementTree.Element:
    rectangle = element.find(f"{SVG}rect")
    assert rectangle is not None
    return rectangle


# Small networks with a part of every kind that the published ones have, in combinations that they do not have.
ODD = Arch(
    "odd",
    ARCHITECTURES["googlenet"].about,
    ARCHITECTURES["googlenet_bn"].unit,
    (
        Fork("fork", (Conv("conv1x3", 8, (1, 3)), Conv("conv3x1", 8, (3, 1)))),
        Inception("pass_through", (Branch("straight", ()), Branch("branch1x1", (Conv("conv", 8),)))),
        Repeat(Inception("grow", (Branch("straight", ()), Branch("branch3x3", (SepConv("conv", 8),)))), 3),
        Residual("halve", (Branch("branch3x3", (Conv("conv", 16, (3, 3), 2),)),), 0.5, shortcut_stride=2),
        Repeat(
            Residual("one", (Branch("a", (Fork("fork", (Conv("x", 8), Conv("y", 8))), Conv("z", 16))),), 1.0, False), 2
        ),
        Pool("pool", "max", 3, 2, "tf"),
        Linear("fc"),
    ),
    (AuxHead("aux", "grow", (Linear("fc"),)),),
    input_size=32,
    classes=10,
)
ODD_ANALYSIS = analyze(ODD)
VARIANTS = [*ARCHITECTURES, "odd"]


def known(variant: str) -> Analysis:
    return ODD_ANALYSIS if variant == "odd" else analysis_of(variant)


# --- the graph -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_ops_unfolded_are_the_traced_graph(variant: str) -> None:
    analysis = known(variant)
    root = svg(analysis, unfolded(analysis))
    assert set(groups(root, "node")) == set(analysis.graph.nodes)
    assert set(groups(root, "edge")) == {f"{tail}->{head}" for tail, head in analysis.graph.edges}


@pytest.mark.parametrize("variant", ["googlenet", "inception_v3", "inception_resnet_v2", "odd"])
def test_a_stage_alone_is_drawn_as_in_the_whole_network_between_its_neighbours(variant: str) -> None:
    analysis = known(variant)
    whole = svg(analysis)
    names = [stage.name for stage in analysis.stages]
    for before, name, after in zip(["input", *names], names, [*names[1:], ""], strict=False):
        root = svg(analysis, DiagramOptions(focus=name))
        own = {path for path in groups(whole, "node") if path == name or path.startswith(f"{name}.")}
        assert set(groups(root, "node")) == own | ({before, after} - {""})
        inside = {edge for edge in groups(whole, "edge") if set(edge.split("->")) <= own}
        assert {edge for edge in groups(root, "edge") if set(edge.split("->")) <= own} == inside
        assert any(edge.startswith(f"{before}->") for edge in groups(root, "edge"))
        assert not after or any(edge.endswith(f"->{after}") for edge in groups(root, "edge"))
    for head in analysis.aux:
        assert head.part.tap in groups(svg(analysis, DiagramOptions(focus=head.name)), "node")


@pytest.mark.parametrize("variant", ["googlenet", "inception_v3", "xception", "odd"])
def test_graphviz_draws_the_traced_graph_too(variant: str) -> None:
    analysis = known(variant)
    options = unfolded(analysis)
    layout = layout_of(to_dot(analysis, level="op", expand=options.expand, fused=False))
    assert set(layout.nodes) == set(analysis.graph.nodes)
    assert set(layout.edges) == {f"{tail}->{head}" for tail, head in analysis.graph.edges}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("level", ["stage", "branch", "op"])
@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("expanded", [True, False])
def test_every_cost_is_in_one_box(variant: str, level: DiagramLevel, fused: bool, expanded: bool) -> None:
    analysis = known(variant)
    names = {s.name for s in (*analysis.stages, *analysis.aux)} | everything(analysis)
    options = DiagramOptions(level, frozenset(names) if expanded else frozenset(), fused=fused)
    boxes = scene(analysis, options).boxes
    assert sum(box.params for box in boxes) == analysis.params_with_aux
    assert sum(box.macs for box in boxes) == sum(n.macs for n in analysis.graph.nodes.values())


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("level", ["stage", "branch", "op"])
def test_ids_are_unique_and_edges_join_nodes(variant: str, level: DiagramLevel) -> None:
    analysis = known(variant)
    root = svg(analysis, DiagramOptions(level))
    nodes, clusters, edges = (groups(root, kind) for kind in ("node", "cluster", "edge"))
    assert len({*nodes, *clusters, *edges}) == len(nodes) + len(clusters) + len(edges)
    assert {end for edge in edges for end in edge.split("->")} == set(nodes)


def test_stages_are_the_boxes_of_the_coarsest_level() -> None:
    analysis = analysis_of("inception_resnet_v2")
    root = svg(analysis, DiagramOptions("stage"))
    assert list(groups(root, "node")) == ["input", *(s.name for s in analysis.stages), "aux1"]
    assert not groups(root, "cluster")


def test_aux_heads_can_be_left_out() -> None:
    shown = svg(analysis_of("googlenet"), DiagramOptions(show_aux=False))
    assert not [path for path in groups(shown, "node") if path.startswith("aux")]


# --- repeats and levels ----------------------------------------------------------------------------------------------


def test_repeats_fold_into_one_copy() -> None:
    root = svg(analysis_of("inception_resnet_v2"))
    assert texts(groups(root, "cluster")["repeat_1"]) == ["repeat 1 · Inception-ResNet-B × 20"]
    assert "repeat_1.branch7x7.conv1x7" in groups(root, "node")
    conv = title(groups(root, "node")["repeat_1.branch7x7.conv1x7"])
    assert "(20 copies together)" in conv


@pytest.mark.parametrize(
    "options, there, gone",
    [
        (
            DiagramOptions("stage", frozenset({"repeat_1"})),
            "repeat_1.branch7x7.conv1x7",
            "repeat_1.3.branch7x7.conv1x7",
        ),
        (
            DiagramOptions("branch", frozenset({"repeat_1"})),
            "repeat_1.3.branch7x7.conv1x7",
            "repeat_1.branch7x7.conv1x7",
        ),
        (
            DiagramOptions("branch", frozenset({"repeat_1.3"})),
            "repeat_1.3.branch7x7.conv1x7.bn",
            "repeat_1.2.branch7x7.conv1x7.bn",
        ),
        (DiagramOptions("branch", frozenset({"mixed_6a"})), "mixed_6a.branch3x3.conv.bn", "mixed_7a.branch3x3.conv.bn"),
        (DiagramOptions("op", frozenset({"mixed_6a"})), "mixed_6a.branch3x3.conv.bn", "mixed_7a.branch3x3.conv.bn"),
        (DiagramOptions("op"), "repeat_1.scale", "repeat_1.0.scale"),
        (DiagramOptions("branch"), "repeat_1.add", "repeat_1.scale"),
        (DiagramOptions("branch", fold=frozenset({"repeat_1"})), "repeat_1", "repeat_1.add"),
        (DiagramOptions("op", fold=frozenset({"repeat_1"})), "repeat_1.add", "repeat_1.scale"),
        (DiagramOptions("branch", fused=False), "repeat_1.branch7x7.conv1x7.bn", "repeat_1.branch7x7.conv1x7"),
    ],
)
def test_one_stage_deeper_or_less_deep(options: DiagramOptions, there: str, gone: str) -> None:
    nodes = groups(svg(analysis_of("inception_resnet_v2"), options), "node")
    assert there in nodes
    assert gone not in nodes


@pytest.mark.parametrize(
    "options, path, expand, fold",
    [
        (DiagramOptions("stage"), "repeat_1", {"repeat_1"}, set()),
        (DiagramOptions("branch"), "repeat_1.add", {"repeat_1"}, set()),
        (DiagramOptions("branch"), "repeat_1", set(), {"repeat_1"}),
        (DiagramOptions("branch", fold=frozenset({"repeat_1"})), "repeat_1", set(), set()),
        (DiagramOptions("branch", frozenset({"repeat_1"})), "repeat_1.3.add", {"repeat_1", "repeat_1.3"}, set()),
        (DiagramOptions("branch", frozenset({"repeat_1", "repeat_1.3"})), "repeat_1.3", {"repeat_1"}, set()),
        (DiagramOptions("branch", frozenset({"repeat_1", "repeat_1.3"})), "repeat_1.2", set(), set()),
        (DiagramOptions("branch", frozenset({"repeat_1", "repeat_1.3"})), "repeat_1", set(), set()),
        (DiagramOptions("branch"), "conv2d_1a", {"conv2d_1a"}, set()),
        (DiagramOptions("branch", frozenset({"mixed_6a"})), "mixed_6a", set(), set()),
    ],
)
def test_double_click(options: DiagramOptions, path: str, expand: set[str], fold: set[str]) -> None:
    after = toggled(options, path, draw(analysis_of("inception_resnet_v2"), options).clusters)
    assert (after.expand, after.fold) == (expand, fold)


# --- geometry --------------------------------------------------------------------------------------------------------

COORDINATES = re.compile(r'(?<= )(?:viewBox|x|y|width|height|d|points|transform)="[^"]*"')
BARS = re.compile(r'<path fill="#[^>]*/>')  # which show the widths
TEXT = re.compile(r"<text (?!text-anchor)[^>]*>")  # of boxes


def geometry(picture: str) -> list[str]:
    """Of everything but bars and the text in boxes, which has as many lines as it needs."""
    return COORDINATES.findall(TEXT.sub("", BARS.sub("", picture)))


EDITED = with_widths(
    ARCHITECTURES["googlenet_bn"],
    {"conv1": 8192, "inception4e.branch5x5.reduce": 1, "inception3a.branch1x1.conv": 1024, "aux1.conv": 96},
)
LONG = replace(
    ODD,
    stages=(Repeat(Residual("WIDEST_NAME_OF_ALL", (Branch("b", (Conv("c", 8),)),)), 12), ODD.stages[-1]),
    aux=(),
)


@pytest.mark.parametrize(
    "before, after",
    [
        (LONG, with_widths(LONG, {"WIDEST_NAME_OF_ALL.b.c": 8192})),
        (ARCHITECTURES["googlenet_bn"], replace(EDITED, classes=7)),
        (ARCHITECTURES["xception"], with_widths(ARCHITECTURES["xception"], {"middle_flow.branch3x3.conv1": 8192})),
    ],
)
@pytest.mark.parametrize("level", ["stage", "branch", "op"])
@pytest.mark.parametrize("direction", ["TB", "BT", "LR"])
def test_an_edit_moves_nothing(before: Arch, after: Arch, level: DiagramLevel, direction: Direction) -> None:
    """Neither in the drawing, nor where Graphviz lays the new DOT out from scratch."""
    old, new = analyze(before), analyze(after, 160)
    options = DiagramOptions(level, direction=direction)
    first = draw(old, options)
    looks = [
        (options, None),
        (options, old),
        (replace(options, theme="dark"), None),
        (replace(options, color_by="macs"), old),
    ]
    for other, original in looks:
        second = draw(new, other, original)
        assert second.topology == first.topology
        assert geometry(second.svg) == geometry(first.svg)
    template = layout_template(scene(old, options).topology)
    for dot in (
        to_dot(old, level=level, direction=direction),
        to_dot(new, level=level, direction=direction, original=old, color_by="params", theme="dark"),
    ):
        layout = layout_of(dot)
        assert (layout.width, layout.height) == (template.width, template.height)
        assert {edge.path for edge in layout.edges.values()} == {edge.line.split('"')[3] for edge in template.edges}


def test_an_edit_of_widths_finds_its_boxes_planned() -> None:
    before = analyze(ARCHITECTURES["googlenet"])
    after = analyze(with_widths(before.arch, {"inception3a.branch3x3.conv": 130}))
    for name in ("inception3a", "inception3b"):  # the edited block, and the one that reads it
        old, new = (boxes_of(analysis.stage(name), True, True) for analysis in (before, after))
        assert new.plan is old.plan
        assert [b.macs for b in new.boxes] != [b.macs for b in old.boxes]


def test_a_box_is_called_by_its_own_op_where_another_networks_has_the_same_topology() -> None:
    original = ARCHITECTURES["googlenet"]
    other = replace(
        original, stages=tuple(replace(s, name=s.name.replace("reduce", "squeeze")) for s in original.stages)
    )
    for arch, name in ((original, "1×1 reduction"), (other, "1×1 conv"), (original, "1×1 reduction")):
        (box,) = boxes_of(analyze(arch).stages[3], True, True).boxes
        assert box.role.op is not None
        assert op_name(box.role.op) == name


@pytest.mark.parametrize("options", [DiagramOptions(), DiagramOptions("op", color_by="macs", direction="LR")])
def test_what_is_remembered_of_other_diagrams_changes_nothing(options: DiagramOptions) -> None:
    """A walk of edits, and of what is shown of them: each text is the same as with every cache empty."""
    original = analysis_of("inception_resnet_v2")
    names = [stage.name for stage in original.stages]
    dice = random.Random(0)
    walk: list[tuple[Analysis, DiagramOptions]] = []
    arch = original.arch
    for _ in range(12):
        path, width = dice.choice(list(widths(arch).items()))
        arch = with_widths(arch, {path: width + 8 * dice.randint(0, 3)})
        shown = replace(options, expand=frozenset(dice.sample(names, 2)), fold=frozenset(dice.sample(names, 2)))
        walk.append((analyze(arch, dice.choice((None, 331))), dice.choice((options, shown))))
    texts = [dot_text(analysis, shown, original) for analysis, shown in walk]
    assert len(set(texts)) > 6
    for text, (analysis, shown) in zip(texts, walk, strict=True):
        forget()
        assert text == dot_text(analyze(analysis.arch, analysis.input_size), shown, original)


def test_topology_tells_layouts_apart() -> None:
    analysis = analysis_of("googlenet")
    choices = [
        DiagramOptions(),
        DiagramOptions("stage"),
        DiagramOptions("op", fused=False),
        DiagramOptions(direction="BT"),
        DiagramOptions(show_aux=False),
    ]
    assert len({draw(analysis, options).topology for options in choices}) == len(choices)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    "options",
    [DiagramOptions(), DiagramOptions("op"), DiagramOptions("op", fused=False), DiagramOptions(direction="LR")],
)
def test_branches_are_in_their_order(variant: str, options: DiagramOptions) -> None:
    """From left to right, or from top to bottom."""
    analysis = known(variant)
    nodes = groups(svg(analysis, options), "node")
    start, extent = ("y", "height") if options.direction == "LR" else ("x", "width")
    for stage in analysis.stages:
        first = [
            next((n for path, n in nodes.items() if path.startswith(f"{stage.name}.{branch.name}.")), None)
            for branch in (stage.copies or (stage,))[0].branches
        ]
        rectangles = [shape(n).attrib for n in first if n is not None]
        middles = [float(rectangle[start]) + float(rectangle[extent]) / 2 for rectangle in rectangles]
        assert middles == sorted(middles)


@pytest.mark.parametrize("variant", ["googlenet", "inception_v3", "inception_resnet_v2"])
def test_the_trunk_is_straight(variant: str) -> None:
    nodes = groups(svg(analysis_of(variant)), "node")
    joins = ("concat", "add", "proj")
    paths = [path for path in nodes if "." not in path or path.split(".")[1:] in [[join] for join in joins]]
    trunk = [nodes[path] for path in paths]
    middles = {float(shape(n).attrib["x"]) + float(shape(n).attrib["width"]) / 2 for n in trunk}
    assert max(middles) - min(middles) <= 2


# --- text and colours ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "variant, options",
    [
        ("googlenet", {"level": "stage"}),
        ("googlenet", {"level": "branch", "color_by": "macs"}),
        ("googlenet_bn", {"level": "op", "fused": False, "theme": "dark"}),
        ("inception_v3", {"level": "op", "color_by": "memory"}),
        ("inception_resnet_v2", {"color_by": "params"}),
        ("xception", {"expand": frozenset({"middle_flow"}), "color_by": "share"}),
        ("odd", {}),
    ],
)
def test_the_drawing_has_the_text_that_graphviz_writes(variant: str, options: dict[str, object]) -> None:
    analysis = known(variant)
    theirs = ElementTree.fromstring(graphviz_svg(to_dot(analysis, **options)))
    ours = svg(analysis, DiagramOptions(**options))
    assert Counter(texts(ours)) == Counter(texts(theirs))


@pytest.mark.parametrize(
    "options, path, lines",
    [
        (DiagramOptions("stage"), "conv1", ["conv 1", "64 → 8192 · 7×7/2 conv"]),
        (DiagramOptions("stage"), "inception3a", ["inception 3a", "1 changed", "1024 + 128 + 32 + 32"]),
        (DiagramOptions(), "conv1", ["64 → 8192 · 7×7/2 conv", "8192 × 112 × 112"]),
        (DiagramOptions(), "inception4e.branch5x5.reduce", ["1×1", "reduction", "32 → 1"]),
        (DiagramOptions(), "inception4e.branch5x5.conv", ["5×5 conv", "128"]),
        (DiagramOptions(), "aux1.conv", ["128 → 96 · 1×1 conv", "96 × 4 × 4"]),
        (
            DiagramOptions("op", fused=False),
            "inception3a.branch1x1.conv.conv",
            ["64 → 1024 · conv 1×1", "1024 × 28 × 28"],
        ),
    ],
)
def test_changed_widths_are_marked(options: DiagramOptions, path: str, lines: list[str]) -> None:
    original = analysis_of("googlenet_bn")
    node = groups(svg(analyze(EDITED), options, original), "node")[path]
    changed = "→" in "".join(lines) or "changed" in "".join(lines)
    assert texts(node) == lines
    assert ("changed" in node.attrib["class"].split()) is changed
    assert (shape(node).attrib["stroke"] == THEMES["light"].mark) is changed
    assert shape(node).attrib["stroke-width"] == ("2" if changed else "0.8")
    assert ("→ " in title(node).splitlines()[-1]) is changed


def test_exactly_the_changes_are_marked() -> None:
    original = analysis_of("googlenet_bn")
    root = svg(analyze(EDITED), DiagramOptions(), original)
    marked = {path for path, node in groups(root, "node").items() if "changed" in node.attrib["class"]}
    assert marked == {"conv1", "inception4e.branch5x5.reduce", "inception3a.branch1x1.conv", "aux1.conv"}
    clusters = {path for path, cluster in groups(root, "cluster").items() if "changed" in cluster.attrib["class"]}
    assert clusters == {"inception4e", "inception3a", "aux1"}
    assert not [g for g in svg(original, DiagramOptions(), original).iter() if "changed" in g.get("class", "")]


def test_what_follows_from_an_edit_is_not_marked() -> None:
    """Not even the depthwise filters after an edited convolution, one for each of its channels."""
    edited = analyze(with_widths(ARCHITECTURES["xception"], {"conv2": 96}))
    root = svg(edited, DiagramOptions("op", fused=False), analysis_of("xception"))
    marked = [path for path, node in groups(root, "node").items() if "changed" in node.attrib["class"]]
    assert marked == ["conv2.conv"]


def test_more_copies_and_new_ops_are_changes() -> None:
    v4 = ARCHITECTURES["inception_v4"]
    more = tuple(replace(s, times=9) if s.name == "inception_b" else s for s in v4.stages)
    cluster = groups(svg(analyze(replace(v4, stages=more)), DiagramOptions(), analysis_of("inception_v4")), "cluster")[
        "inception_b"
    ]
    assert texts(cluster) == ["inception b · × 9 · 1 changed"]
    assert title(cluster).endswith("copies: 7 → 9")
    node = groups(svg(ODD_ANALYSIS, DiagramOptions("stage"), analysis_of("inception_v4")), "node")["fc"]
    assert "1536" not in title(node)
    new = groups(svg(ODD_ANALYSIS, DiagramOptions(), analysis_of("xception")), "node")["halve.branch3x3.conv"]
    assert texts(new) == ["new", "3×3/2 conv", "16"]


def test_tooltips_have_every_number() -> None:
    node = groups(svg(analysis_of("googlenet_bn")), "node")["inception3a.branch3x3.conv"]
    assert title(node).splitlines() == [
        "inception3a.branch3x3.conv",
        "3×3 conv (conv 3×3, BatchNorm, ReLU)",
        "96 × 28 × 28 → 128 × 28 × 28",
        "110,976 params, 86,704,128 MACs",
        "sees 43 × 43 pixels, every 8",
    ]


@pytest.mark.parametrize(
    "variant, path, term",
    [
        ("googlenet", "inception3a.concat", "filter concatenation"),
        ("googlenet", "inception3a.branch5x5.reduce", "reduction"),
        ("googlenet", "inception3a.branch_pool.proj", "projection"),
        ("googlenet", "pool1_norm1", "LRN"),
        ("googlenet", "aux1", "auxiliary head"),
        ("inception_v2_slim", "Conv2d_1a_7x7", "separable convolution"),
        ("inception_resnet_v2", "repeat.add", "residual scale"),
        ("inception_resnet_v2", "mixed_6a", "grid reduction"),  # Reduction-A
    ],
)
def test_a_tip_has_the_glossarys_sentence(variant: str, path: str, term: str) -> None:
    root = svg(analysis_of(variant))
    (box,) = [found[path] for kind in ("node", "cluster") if path in (found := groups(root, kind))]
    meaning = {each.name: each.meaning for each in glossary()}[term]
    assert meaning in title(box).splitlines()


def test_a_pool_over_the_grid_sees_everything() -> None:
    assert title(groups(svg(analysis_of("googlenet")), "node")["fc"]).splitlines()[-1] == "sees the whole picture"


def test_thickness_is_volume() -> None:
    edges = groups(svg(analysis_of("googlenet")), "edge")
    lines = {path: edge.find(f"{SVG}path") for path, edge in edges.items()}
    thick = {path: float(line.attrib["stroke-width"]) for path, line in lines.items() if line is not None}
    volume = {path: prod(map(int, title(edge).splitlines()[-1].split(" × "))) for path, edge in edges.items()}
    assert max(thick, key=thick.__getitem__) == "conv1_7x7_s2->pool1_3x3_s2"
    assert [thick[path] for path in sorted(edges, key=volume.__getitem__)] == sorted(thick.values())


def test_bars_are_the_branches_shares() -> None:
    box = groups(svg(analysis_of("googlenet"), DiagramOptions("stage")), "node")["inception3a"]
    bars = box.findall(f"{SVG}path")
    widths = [float(bar.attrib["d"].split("h")[1].split("v")[0]) for bar in bars]
    assert [round(width / sum(widths) * 256) for width in widths] == [64, 128, 32, 32]
    assert [bar.attrib["fill"] for bar in bars] == [BRANCH_COLOURS[kind] for kind in ("1x1", "3x3", "5x5", "pool")]


def test_branches_have_their_colours() -> None:
    nodes = groups(svg(analysis_of("googlenet")), "node")
    fills = [shape(nodes[f"inception3a.{path}"]).attrib["fill"] for path in ("branch1x1.conv", "branch3x3.conv")]
    assert fills == [BRANCH_COLOURS["1x1"], BRANCH_COLOURS["3x3"]]
    assert draw(analysis_of("googlenet"), DiagramOptions()).legend[0] == (BRANCH_COLOURS["1x1"], "1×1")


@pytest.mark.parametrize("color_by, high", [("params", "1.02 M"), ("macs", "347 M"), ("share", "21.9%")])
def test_heat_is_hottest_at_the_most(color_by: str, high: str) -> None:
    analysis = analysis_of("googlenet")
    options = DiagramOptions(color_by=color_by, show_aux=False)
    hottest = [node for node in groups(svg(analysis, options), "node").values() if texts(node)[-1] == high]
    assert {shape(node).attrib["fill"] for node in hottest} == {CIVIDIS[-1]}
    scale = draw(analysis, options).legend
    assert isinstance(scale, HeatScale)
    assert (scale.low, scale.high, scale.colours[0], scale.colours[-1]) == ("0", high, CIVIDIS[0], CIVIDIS[-1])


def test_heat_of_fields_and_of_times() -> None:
    analysis = analysis_of("googlenet")
    last = max(f[0].size for s in analysis.stages if (f := analysis.field(s.name)))
    scale = draw(analysis, DiagramOptions(color_by="field", show_aux=False)).legend
    assert isinstance(scale, HeatScale)
    assert scale.high == f"{last:,} px"
    times = (("conv1_7x7_s2", 0.004), ("inception3a", 0.002))
    options = DiagramOptions(color_by="time", seconds=times)
    root = svg(analysis, options)
    nodes = groups(root, "node")
    assert texts(nodes["conv1_7x7_s2"])[-1] == "4.00 ms"
    assert shape(nodes["conv1_7x7_s2"]).attrib["fill"] == CIVIDIS[-1]
    inner = {shape(nodes[f"inception3a.{path}"]).attrib["fill"] for path in ("branch1x1.conv", "concat")}
    assert inner == {heat(0.5)}  # what lies inside shares the stage's time, and does not claim it
    assert texts(nodes["inception3a.branch1x1.conv"])[-1] == "64"
    assert "2.00 ms" in texts(groups(root, "cluster")["inception3a"])[0]
    assert shape(nodes["inception3b.concat"]).attrib["fill"] == THEMES["light"].quiet  # not measured
    scale = draw(analysis, options).legend
    assert isinstance(scale, HeatScale)
    assert scale.high == "4.00 ms"


# --- nothing enters through a name -----------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    'a"];evil[URL="javascript:alert(1)"',
    "<B>bold</B>",
    "back\\slash\\",
    "co:lon:n",
    "a->b",
    "&lt;b&gt; &#106;",
    "\\N\\G",
    "line\nbreak\x07",
    "node",
    "cluster_x",
    "%3A",
    "x" * 300,
    "ünï",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("level", ["stage", "branch", "op"])
def test_hostile_names_stay_text(name: str, level: DiagramLevel) -> None:
    stages = (
        Conv(name, 4),
        Inception(f"{name}2", (Branch(name, (Conv(name, 4),)), Branch("b", (Conv("c", 4),)))),
        Conv("last", 4),
    )
    analysis = analyze(replace(ODD, stages=stages, aux=(AuxHead(f"{name}3", f"{name}2", (Linear("fc"),)),)))
    drawn = draw(analysis, DiagramOptions(level), analyze(ODD))
    ours = ElementTree.fromstring(drawn.svg)
    theirs = ElementTree.fromstring(graphviz_svg(to_dot(analysis, level=level, original=analyze(ODD))))
    assert {e.tag for e in ours.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "g", "title", "rect", "path", "polygon", "text")
    }
    assert f"{SVG}script" not in {e.tag for e in theirs.iter()}
    for root in (ours, theirs):
        assert not [
            a for e in root.iter() for a in e.attrib if a.lower().endswith("href") or a.lower().startswith("on")
        ]
    assert re.sub(r"\s", " ", name).replace("\x07", "") in groups(ours, "node")  # attributes have no line breaks
    tips = {a.get("{http://www.w3.org/1999/xlink}title") for a in theirs.iter(f"{SVG}a")}
    assert tips == {
        title(g).replace("\\", "/") for kind in ("node", "cluster", "edge") for g in groups(ours, kind).values()
    }


def test_quoting_means_what_the_graphviz_package_writes() -> None:
    """For text without backslashes, entities and control characters, which the package leaves to its user."""
    texts = [re.sub(r"[\\&\x07]", "", name) for name in HOSTILE]
    theirs = graphviz.Digraph("g")
    for number, text in enumerate(texts):
        theirs.node(f"n{number}", "", tooltip=graphviz.nohtml(text))
    ours = "".join(f'n{number} [label="" tooltip={quoted(text)}]\n' for number, text in enumerate(texts))
    assert graphviz_svg(f"digraph g {{\n{ours}}}") == graphviz_svg(str(theirs.source))


def test_escapes_survive_reading_back() -> None:
    name = "<a> & \"b\" 'c'"
    analysis = analyze(replace(ODD, stages=(Conv(name, 4), Conv("last", 4)), aux=()))
    root = svg(analysis, DiagramOptions("stage"))
    assert list(groups(root, "node")) == ["input", name, "last"]
    assert title(groups(root, "node")[name]).splitlines()[0] == name
    assert texts(groups(root, "node")[name])[0] == name
