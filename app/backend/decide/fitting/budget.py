"""What a network may cost at most, and what it must see at least."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ...analysis.network import Analysis
from ...common.dtypes import ELEMENT_BYTES, Dtype
from ...common.quantity import short
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
            if limit is not None and not 0 < limit < 1e18:  # nan is not in there either
                raise ValueError(f"A limit must be a number above 0, not {limit:g}.")


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
    def words(self) -> str:
        """The limit in words: ``at most 1.00 GMACs``."""
        return f"at {'least' if self.name == 'receptive_field_px' else 'most'} {amount(self.name, self.limit)}"


UNITS = {
    "macs": "MACs",
    "params": " parameters",
    "weight_bytes": "B of weights",
    "peak_bytes": "B of feature maps",
    "seconds": "s",
    "receptive_field_px": " px of receptive field",
}


def amount(name: str, value: float) -> str:
    """A number of what a budget limits, in words: ``1.00 GMACs``."""
    unit = UNITS[name]
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
