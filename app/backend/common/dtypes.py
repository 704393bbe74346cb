"""Number formats that a network may be stored and computed in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Dtype = Literal["float32", "bfloat16", "float16", "int8"]

ELEMENT_BYTES: Mapping[Dtype, int] = MappingProxyType({"float32": 4, "bfloat16": 2, "float16": 2, "int8": 1})
