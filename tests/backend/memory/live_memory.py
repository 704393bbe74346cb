"""The oracle of the memory tests: it watches every tensor that PyTorch makes and sees when each storage is freed."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class LiveMemory(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch gives it no types
    """``live`` and ``peak``: bytes of all storages that ops made while it was active, views counted once."""

    def __init__(self, ignored: Iterable[torch.Tensor] = ()) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.live = self.peak = 0
        self.ignored = {tensor.untyped_storage()._cdata for tensor in ignored}
        self.seen: dict[int, weakref.ref[torch.UntypedStorage]] = {}

    def watch(self, tensor: torch.Tensor) -> None:
        storage = tensor.untyped_storage()
        key, size = storage._cdata, storage.nbytes()
        if key in self.seen or key in self.ignored:
            return

        def freed(_: object) -> None:
            self.live -= size
            del self.seen[key]

        self.seen[key] = weakref.ref(storage, freed)
        self.live += size
        self.peak = max(self.peak, self.live)

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor):
                self.watch(tensor)
        return out
