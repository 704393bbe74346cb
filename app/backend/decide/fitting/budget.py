"""What a network may cost at most, and what it must see at least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from ...analysis.network import Analysis
from ...common.dtypes import ELEMENT_BYTES, Dtype
from ...common.quantity import TOO_LARGE, read_quantity, short
from ...memory.inference import inference_memory
from ..totals import receptive_field_px


@dataclass(frozen=True, slots=True)
class Budget:
    """Upper limits of a network's costs, and a lower one of its receptive field; None: no limit.

    ``peak_bytes``: the most that feature maps take at one time, of a ``batch`` in ``dtype``. ``weight_bytes``: of the
    parameters in ``dtype``. ``seconds``: of one picture's forward pass on this machine.
    """

    macs: float | None = None
    params: float | None = None
    weight_bytes: float | None = None
    peak_bytes: float | None = None
    seconds: float | None = None
    receptive_field_px: int | None = None
    dtype: Dtype = "float32"
    batch: int = 1

    def __post_init__(self) -> None:
        if self.dtype not in ELEMENT_BYTES:
            raise ValueError(f"The number format must be one of {', '.join(ELEMENT_BYTES)}, not {self.dtype!r}.")
        if not 1 <= self.batch <= 4096:
            raise ValueError(f"The batch must be from 1 to 4096, not {self.batch}.")
        limits = [getattr(self, field.name) for field in fields(self)[:6]]
        if all(limit is None for limit in limits):
            raise ValueError("A budget needs at least one limit, such as a number of MACs or of parameters.")
        for limit in limits:
            if limit is not None and not 0 < limit < TOO_LARGE:  # nan is not in there either
                raise ValueError(f"A limit must be a number above 0 and below {TOO_LARGE:g}, not {limit:g}.")


@dataclass(frozen=True, slots=True)
class BudgetTotals:
    """What a budget limits, of one network. ``seconds``: None where they were not asked for."""

    macs: int
    params: int
    weight_bytes: int
    peak_bytes: int
    receptive_field_px: int | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """One limit of a budget, with the network's number before and after. ``name``: as :class:`Budget` calls it."""

    name: str
    limit: float
    before: float
    after: float

    @property
    def share(self) -> float:
        """How much of the limit is used, 1 being all of it."""
        return self.after / self.limit

    @property
    def met(self) -> bool:
        """Whether the number after is within the limit."""
        return self.after >= self.limit if self.name == "receptive_field_px" else self.after <= self.limit

    @property
    def missing(self) -> str:
        """What is between the number after and the limit: ``1.84 G over``."""
        gap = abs(self.after - self.limit)
        match self.name:
            case "receptive_field_px":
                return f"{gap:,.0f} px short"
            case "macs" | "params":
                return f"{short(gap)} over"
            case _:
                return f"{short(gap, UNITS[self.name].split()[0])} over"

    @property
    def words(self) -> str:
        """The limit in words."""
        return limit_words(self.name, self.limit)


UNITS = {
    "macs": "MACs",
    "params": " parameters",
    "weight_bytes": "B of weights",
    "peak_bytes": "B of feature maps",
    "seconds": "s",
    "receptive_field_px": " px of receptive field",
}
LIMITS = tuple(UNITS)
"""What a budget can limit, in the order of its fields."""


def budget_text(budget: Budget) -> str:
    """The budget as a link has it: ``macs:1000000000,weight_bytes:5000000,dtype:int8``."""
    words = {name: f"{limit:.15g}" for name, limit in limits_of(budget).items()}
    words |= {"dtype": budget.dtype} if budget.dtype != "float32" else {}
    words |= {"batch": str(budget.batch)} if budget.batch != 1 else {}
    return ",".join(f"{name}:{word}" for name, word in words.items())


def limits_of(budget: Budget | None) -> dict[str, float]:
    """The limits that were given, by name."""
    numbers = {} if budget is None else asdict(budget)
    return {name: numbers[name] for name in LIMITS if numbers.get(name) is not None}


def budget_of(limits: Mapping[str, float], dtype: Dtype = "float32", batch: int = 1) -> Budget | None:
    """A budget of these limits by name; None where there are none.

    Raises:
        ValueError: where a limit cannot be one.
    """
    if not limits:
        return None
    macs, params, weights, peak, seconds, field_px = (limits.get(name) for name in LIMITS)
    if field_px is not None and not float(field_px).is_integer():
        raise ValueError(f"A receptive field is a whole number of pixels, not {field_px:g}.")
    return Budget(macs, params, weights, peak, seconds, None if field_px is None else int(field_px), dtype, batch)


def read_budget(text: str) -> Budget | None:
    """What :func:`budget_text` wrote; None of an empty text.

    Raises:
        ValueError: with one sentence, where the text is something else.
    """
    words: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        name, colon, words[name] = part.partition(":")
        if name not in (*LIMITS, "dtype", "batch") or not colon:
            raise ValueError(f"A goal is one of {', '.join(LIMITS)}, such as macs:1G; not {part[:40]!r}.")
    dtype, batch = words.pop("dtype", "float32"), words.pop("batch", "1")
    known = next((each for each in ELEMENT_BYTES if each == dtype), None)
    if known is None or not batch.isdecimal():
        raise ValueError(
            f"A goal's number format is one of {', '.join(ELEMENT_BYTES)} and its batch a whole number, not"
            f" {dtype[:40]!r} and {batch[:40]!r}."
        )
    return budget_of({name: read_quantity(word) for name, word in words.items()}, known, int(batch))


def limit_words(name: str, limit: float) -> str:
    """A limit in words: ``at most 1.00 GMACs``."""
    return f"at {'least' if name == 'receptive_field_px' else 'most'} {amount(name, limit)}"


def amount(name: str, value: float) -> str:
    """A number of what a budget limits, in words: ``1.00 GMACs``."""
    unit = UNITS[name]
    if name == "receptive_field_px":
        return f"{value:,.0f}{unit}"
    return f"{short(value)}{unit}" if unit[0] == " " else short(value, unit)


def budget_totals(analysis: Analysis, dtype: Dtype = "float32", batch: int = 1) -> BudgetTotals:
    """What a budget limits, without the seconds."""
    return BudgetTotals(
        analysis.macs,
        analysis.params,
        analysis.params * ELEMENT_BYTES[dtype],
        inference_memory(analysis, dtype, batch).peak.peak_bytes,
        receptive_field_px(analysis),
    )
