"""A network made to fit a budget: a proposal of widths, as a list of steps with what each saves.

The widths come from :mod:`.shrinking`; auxiliary heads, which run only in training, stay as they are. Where the budget
asks for a larger receptive field, groups of equal blocks get more copies first. What is proposed was analysed again, so
every number in it is what :func:`~app.backend.analyze` counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inception_models import Arch, with_widths
from inception_models.edits.depth import repeats, with_repeats

from ...analysis.network import analyze
from ...common.dtypes import Dtype
from ...common.jobs import Progress
from ...timing.latency import Latency
from ..channels import stage_widths
from ..cost_model import CostModel, SumCost
from .budget import Budget, BudgetTotals, Goal, amount, budget_totals
from .importance import FilterImportance
from .places import Places, places_of
from .reach import OutOfReach, check_reach, deep_enough
from .shrinking import CostLimit, Strategy, WidthRange, by_loss, evenly, log_strengths
from .speed import Pace, paced

STRATEGIES: tuple[Strategy, ...] = ("even", "sensitivity", "weights")
MEASUREMENTS = 4  # of a network that is to be fast enough


@dataclass(frozen=True, slots=True)
class FitStep:
    """One number that changes. ``what``: filters, or copies of a repeated block. What the steps save, taken in this
    order, adds up to what the network saves.
    """

    path: str
    what: str
    before: int
    after: int
    macs_saved: int
    params_saved: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """A proposal: ``original`` with ``steps`` taken is ``arch``. ``note``: where it stays further below the budget than
    a hundredth, or nothing had to change, why.
    """

    original: Arch
    arch: Arch
    budget: Budget
    strategy: Strategy
    before: BudgetTotals
    after: BudgetTotals
    steps: tuple[FitStep, ...]
    note: str = ""

    @property
    def macs(self) -> int:
        return self.after.macs

    @property
    def params(self) -> int:
        return self.after.params

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The limits of the budget that were given, with the numbers before and after."""
        return goals(self.budget, self.before, self.after)


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How widths are chosen. ``lock``: stages, branches or layers that stay, also patterns. ``importance``: of every
    filter, for the strategy by weights. ``measure``: how networks are timed.
    """

    strategy: Strategy = "even"
    lock: tuple[str, ...] = ()
    divisor: int = 8
    importance: FilterImportance | None = None
    measure: Callable[[Arch], Latency] | None = None

    def __post_init__(self) -> None:
        if self.strategy not in STRATEGIES:
            raise ValueError(f"The strategy must be one of {', '.join(STRATEGIES)}, not {self.strategy!r}.")
        if not 1 <= self.divisor <= 64:
            raise ValueError(f"The divisor must be a whole number from 1 to 64, not {self.divisor}.")
        if (self.strategy == "weights") is (self.importance is None):
            raise ValueError("The strategy weights, and no other, needs trained weights.")


def fit(
    arch: Arch,
    macs: float | None = None,
    params: float | None = None,
    weight_bytes: float | None = None,
    peak_bytes: float | None = None,
    lock: Iterable[str] = (),
    strategy: Strategy = "even",
    *,
    seconds: float | None = None,
    receptive_field_px: int | None = None,
    dtype: Dtype = "float32",
    batch: int = 1,
    divisor: int = 8,
    importance: FilterImportance | None = None,
) -> Fitted:
    """``arch`` with fewer filters, so that it is within every limit; see :class:`.Budget` and :func:`fitted`."""
    budget = Budget(macs, params, weight_bytes, peak_bytes, seconds, receptive_field_px, dtype, batch)
    return fitted(arch, budget, FitOptions(strategy, tuple(lock), divisor, importance))


def fitted(arch: Arch, budget: Budget, options: FitOptions, progress: Progress | None = None) -> Fitted:
    """The proposal for ``budget``: below it, and of one of its limits at least 99% is used if that is possible.

    Raises:
        OutOfReach: where no such network exists.
        ValueError: where a pattern of ``options.lock`` names nothing.
        Cancelled: where ``progress`` has been cancelled.
    """
    progress = progress or Progress()
    deeper = deep_enough(arch, budget.receptive_field_px, options.lock)
    model = CostModel(analyze(deeper))
    if budget.seconds is None:
        return _proposal(arch, model, budget, options, None)
    return _fast_enough(arch, model, budget, options, progress)


def goals(budget: Budget, before: BudgetTotals, after: BudgetTotals) -> tuple[Goal, ...]:
    """The limits of ``budget`` that were given, beside the numbers of two networks (or twice the same)."""
    names = ("macs", "params", "weight_bytes", "peak_bytes", "seconds", "receptive_field_px")
    given = ((name, getattr(budget, name)) for name in names)
    return tuple(
        Goal(name, limit, getattr(before, name) or 0, getattr(after, name) or 0) for name, limit in given if limit
    )


# --- widths ----------------------------------------------------------------------------------------------------------


def _proposal(original: Arch, model: CostModel, budget: Budget, options: FitOptions, pace: Pace | None) -> Fitted:
    deeper = model.analysis.arch
    places = places_of(model.channels, deeper, options.lock)
    limits = _limits(model, budget, places, pace)
    before = budget_totals(analyze(original), budget.dtype, budget.batch)
    widths = stage_widths(deeper)
    if limits:
        widths = _chosen(model, places, limits, options)
    arch = with_widths(deeper, widths)
    after = budget_totals(analyze(arch), budget.dtype, budget.batch)
    if pace is not None:
        before = replace(before, seconds=pace.seconds)
        after = replace(after, seconds=model.seconds(pace.a_mac, pace.a_value).at(model.vector(widths)))
    steps = _steps(original, model, widths)
    result = Fitted(original, arch, budget, options.strategy, before, after, steps)
    return replace(result, note=_note(result, options))


def _limits(model: CostModel, budget: Budget, places: Places, pace: Pace | None) -> list[CostLimit]:
    costs = (
        ("macs", budget.macs, lambda: model.macs),
        ("params", budget.params, lambda: model.params),
        ("weight_bytes", budget.weight_bytes, lambda: model.weight_bytes(budget.dtype)),
        ("peak_bytes", budget.peak_bytes, lambda: model.peak_bytes(budget.dtype, budget.batch)),
        ("seconds", budget.seconds, lambda: _seconds(model, pace)),
    )
    return [CostLimit(name, cost().over(places.tied), limit) for name, limit, cost in costs if limit is not None]


def _seconds(model: CostModel, pace: Pace | None) -> SumCost:
    assert pace is not None, "a limit of seconds comes with a measurement"
    return model.seconds(pace.a_mac, pace.a_value)


def _chosen(model: CostModel, places: Places, limits: Sequence[CostLimit], options: FitOptions) -> dict[str, int]:
    """The widths by path."""
    known = stage_widths(model.analysis.arch)
    now = np.array([known[group[0]] for group in places.groups])
    free = np.array([not places.is_locked(i) for i in range(len(places.groups))])
    wholes = dict(zip(model.paths, model.channels.wholes, strict=True))
    whole = np.array([np.lcm.reduce([wholes[path] for path in group]) for group in places.groups])
    # The costs are exact only where no share of a split is rounded, so a width that makes one so is rounded first.
    high = np.where(free & (now > whole), now - now % whole, now).astype(float)
    divisors = np.lcm(whole, options.divisor)
    low = np.where(free, np.minimum(high, divisors), high)
    strengths = None
    if options.importance is not None:
        strengths = {i: options.importance.of(group) for i, group in enumerate(places.groups)}
    choice = WidthRange(low, high, divisors, log_strengths([int(n) for n in now], strengths))
    check_reach(model, places, limits, np.append(low, 1), divisors)
    w = evenly(limits, choice) if options.strategy == "even" else by_loss(limits, choice)
    return {path: round(w[i]) for i, group in enumerate(places.groups) for path in group}


def _steps(original: Arch, model: CostModel, widths: dict[str, int]) -> tuple[FitStep, ...]:
    """Every change in the order of the forward pass, copies first."""
    deeper = model.analysis
    steps = [
        FitStep(path, "copies", repeats(original)[path], times, 0, 0)
        for path, times in repeats(deeper.arch).items()
        if times != repeats(original)[path]
    ]
    arch = original
    for i, step in enumerate(steps):
        was = analyze(arch)
        arch = with_repeats(arch, {step.path: step.after})
        now = analyze(arch)
        steps[i] = replace(step, macs_saved=was.macs - now.macs, params_saved=was.params - now.params)
    known = stage_widths(deeper.arch)
    w = model.vector(known)
    macs, params = float(deeper.macs), float(deeper.params)
    for i, path in enumerate(model.paths):
        if widths[path] != known[path]:
            w[i] = widths[path]
            was_macs, was_params, macs, params = macs, params, model.macs.at(w), model.params.at(w)
            saved = round(was_macs - macs), round(was_params - params)
            steps.append(FitStep(path, "filters", known[path], widths[path], *saved))
    return tuple(steps)


def _note(result: Fitted, options: FitOptions) -> str:
    upper = [goal for goal in result.goals if goal.name != "receptive_field_px"]
    if not result.steps:
        return "The network is within the budget as it is; nothing has to change."
    if not upper or max(goal.share for goal in upper) >= 0.99:
        return ""
    if all(step.what == "copies" for step in result.steps):
        return ""
    nearest = max(upper, key=lambda goal: goal.share)
    return (
        f"{amount(nearest.name, nearest.after)} is the closest found below {amount(nearest.name, nearest.limit)}, since"
        f" widths are multiples of {options.divisor}; a smaller divisor comes closer."
    )


# --- time ------------------------------------------------------------------------------------------------------------


def _fast_enough(original: Arch, model: CostModel, budget: Budget, options: FitOptions, progress: Progress) -> Fitted:
    """Fit an estimate, time the result, correct the estimate by that, and again."""
    assert budget.seconds is not None
    measure = options.measure or _measured
    progress.report(0, "timing the network")
    first = measure(original)
    pace = paced(model.analysis if model.analysis.arch == original else analyze(original), first)
    best: Fitted | None = None
    for number in range(1, MEASUREMENTS + 1):
        progress.report(number / (MEASUREMENTS + 1), "timing a proposal")
        result = _proposal(original, model, budget, options, pace)
        estimate = result.after.seconds or 0.0
        if result.arch == original:
            return result
        took = measure(result.arch).total.seconds
        result = replace(result, after=replace(result.after, seconds=took))
        if took <= budget.seconds and (best is None or took > (best.after.seconds or 0.0)):
            best = result
        if 0.99 * budget.seconds <= took <= budget.seconds:
            break
        pace = pace.corrected(took / estimate)
    if best is None:
        raise OutOfReach(
            f"At most {amount('seconds', budget.seconds)} was not reached in {MEASUREMENTS} tries: the machine's speed"
            " changes while others use it; try again, or give MACs instead.",
            "seconds",
        )
    return replace(best, note=_note(best, options))


def _measured(arch: Arch) -> Latency:
    from ...timing.latency import measure

    return measure(arch, rounds=12, limit_seconds=8)
