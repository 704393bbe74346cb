"""What notices that a step is done, and what does it for somebody who is stuck. A check is data: a subject, a relation.

``{ width = "inception3a.branch5x5.reduce", is = 64 }``: the subject is ``width``, of that path. The subjects are the
keys of :data:`SUBJECTS`, the relations those of :data:`RELATIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.arch.spec import Conv
from inception_models.arch.tree import blocks, walk
from inception_models.edits.depth import repeats, scales, with_repeats, with_scales
from inception_models.edits.input_output import with_aux, with_classes, with_size_and_fitting_heads
from inception_models.edits.structure import without_branch, without_op
from inception_models.edits.toggles import has_batch_norm, with_batch_norm
from inception_models.edits.whatif import factorised
from inception_models.edits.widths import scaled

from ..analysis.network import analyze

Wanted = int | float | str


@dataclass(frozen=True)
class LessonScreen:
    """What is on the screen. ``picked``: the path of the feature maps in which a value was picked."""

    arch: Arch
    selected: str
    page: str
    weights: str = "random"
    picked: str = ""


@dataclass(frozen=True)
class Subject:
    """How a subject is read for a target, and how it becomes what is wanted; None: the target is not there."""

    value: Callable[[LessonScreen, str], object]
    become: Callable[[LessonScreen, str, Wanted], LessonScreen]


@dataclass(frozen=True)
class LessonCheck:
    """``subject`` of ``target`` in ``relation`` to ``wanted``."""

    subject: str
    target: str
    relation: str
    wanted: Wanted

    def holds(self, seen: LessonScreen) -> bool:
        """Whether it is so."""
        value = SUBJECTS[self.subject].value(seen, self.target)
        return value is not None and RELATIONS[self.relation](value, self.wanted)

    def met(self, seen: LessonScreen) -> LessonScreen:
        """``seen`` after the thing was done that the check waits for.

        Raises:
            ValueError: where it cannot be done.
        """
        return SUBJECTS[self.subject].become(seen, self.target, self.wanted)


def _is(value: object, wanted: Wanted) -> bool:
    """Equal, or a path that lies in the wanted part."""
    return value == wanted or (isinstance(value, str) and value.startswith(f"{wanted}."))


def _at_most(value: object, wanted: Wanted) -> bool:
    return isinstance(value, int | float) and not isinstance(wanted, str) and value <= wanted


RELATIONS: Mapping[str, Callable[[object, Wanted], bool]] = {
    "is": _is,
    "at_most": _at_most,
}


# --- subjects --------------------------------------------------------------------------------------------------------


def _edit(edit: Callable[[Arch, str, Wanted], Arch]) -> Callable[[LessonScreen, str, Wanted], LessonScreen]:
    return lambda seen, target, wanted: replace(seen, arch=edit(seen.arch, target, wanted))


def _total(seen: LessonScreen, target: str) -> int | None:
    analysis = analyze(seen.arch)
    return {"macs": analysis.macs, "params": analysis.params}.get(target)


def _smaller(seen: LessonScreen, target: str, wanted: Wanted) -> LessonScreen:
    """All widths times the largest of these factors that is small enough."""
    for percent in range(95, 0, -5):
        smaller = replace(seen, arch=scaled(seen.arch, percent / 100))
        total = _total(smaller, target)
        if total is not None and total <= float(wanted):
            return smaller
    raise ValueError(f"No width multiplier brings {target} to {wanted}.")


def _setting(seen: LessonScreen, target: str) -> int | None:
    return {"classes": seen.arch.classes, "input": seen.arch.input_size}.get(target)


def _set(arch: Arch, target: str, wanted: Wanted) -> Arch:
    return (with_classes if target == "classes" else with_size_and_fitting_heads)(arch, int(wanted))


def _part(seen: LessonScreen, target: str) -> str:
    paths = {path for path, _ in walk(seen.arch)}
    paths |= {f"{name}.{branch.name}" for name, block in blocks(seen.arch).items() for branch in block.branches}
    return "there" if target in paths else "removed"


def _removed(arch: Arch, target: str, _: Wanted) -> Arch:
    return without_branch(arch, target) if target.count(".") == 1 else without_op(arch, target)


def _kernel(seen: LessonScreen, target: str) -> str | None:
    op = dict(walk(seen.arch)).get(target)
    return f"{op.kernel[0]}×{op.kernel[1]}" if isinstance(op, Conv) else None


def _factorised(arch: Arch, target: str, wanted: Wanted) -> Arch:
    return factorised(arch, target, "3x3s" if wanted == "3×3" else "1xk_kx1")


def _switch(seen: LessonScreen, target: str) -> str:
    on = has_batch_norm(seen.arch) if target == "BatchNorm" else bool(seen.arch.aux)
    return "on" if on else "off"


def _switched(arch: Arch, target: str, wanted: Wanted) -> Arch:
    original = ARCHITECTURES[arch.key]
    if target == "BatchNorm":
        return with_batch_norm(arch, wanted == "on", original)
    return with_aux(arch, wanted == "on", original)


def _shown(seen: LessonScreen, target: str) -> str | None:
    shown = {
        "page": seen.page,
        "variant": seen.arch.key,
        "part": seen.selected,
        "weights": seen.weights,
        "value": seen.picked,
    }
    return shown.get(target)


def _open(seen: LessonScreen, target: str, wanted: Wanted) -> LessonScreen:
    match target:
        case "page":
            return replace(seen, page=str(wanted))
        case "variant":
            return replace(seen, arch=ARCHITECTURES[str(wanted)])
        case "part":
            return replace(seen, selected=str(wanted))
        case "weights":
            return replace(seen, weights=str(wanted))
        case _:
            return replace(seen, picked=str(wanted))


SUBJECTS: Mapping[str, Subject] = {
    "width": Subject(
        lambda seen, path: widths(seen.arch).get(path), _edit(lambda arch, path, n: with_widths(arch, {path: int(n)}))
    ),
    "copies": Subject(
        lambda seen, path: repeats(seen.arch).get(path), _edit(lambda arch, path, n: with_repeats(arch, {path: int(n)}))
    ),
    "scale": Subject(
        lambda seen, path: scales(seen.arch).get(path), _edit(lambda arch, path, x: with_scales(arch, {path: float(x)}))
    ),
    "total": Subject(_total, _smaller),
    "setting": Subject(_setting, _edit(_set)),
    "part": Subject(_part, _edit(_removed)),
    "kernel": Subject(_kernel, _edit(_factorised)),
    "switch": Subject(_switch, _edit(_switched)),
    "shown": Subject(_shown, _open),
}
