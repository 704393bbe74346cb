"""Files that claim to be weights and were made to do harm: each by its name, built when asked for."""

from collections.abc import Callable, Mapping

from .headers import HEADERS
from .pickles import PICKLES
from .tensors import TENSORS
from .zips import ZIPS

HOSTILE: Mapping[str, Callable[[], bytes]] = {**ZIPS, **TENSORS, **PICKLES, **HEADERS}
