"""A copy of a person's module that has shapes and no values, and that runs nothing of theirs but its ``forward``."""

from __future__ import annotations

import copy
import inspect
import random
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.nn.utils.prune import BasePruningMethod
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm
from torch.optim.swa_utils import AveragedModel
from torch.overrides import TorchFunctionMode

from .sentences import first_line

INNER = "module"  # the attribute of OneInput that holds the copy
_WRAPPERS: tuple[type[nn.Module], ...] = (nn.DataParallel, nn.parallel.DistributedDataParallel, AveragedModel)
# torch's own, which compute a layer's weights from its parameters before it runs
_WEIGHT_HOOKS = (WeightNorm, SpectralNorm, BasePruningMethod)
_HOOKS = (
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_backward_hooks",
    "_backward_pre_hooks",
)


class OneInput(nn.Module):
    """Calls a module with one tensor, so that its other arguments keep their defaults when it is traced."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> object:
        return self.module(x)


def unwrapped(module: nn.Module) -> nn.Module:
    """The module inside DataParallel, torch.compile and AveragedModel, which compute what it computes."""
    while True:
        if isinstance(module, _WRAPPERS):
            module = module.get_submodule("module")
        elif isinstance(inside := getattr(module, "_orig_mod", None), nn.Module):  # of torch.compile
            module = inside
        else:
            return module


def ghost(module: nn.Module) -> nn.Module:
    """A copy in evaluation mode without a person's hooks; all of its tensors are on torch's meta device.

    Raises:
        ValueError: where the module cannot be copied.
    """
    _check(module)
    memo: dict[int, object] = {}
    for part in module.modules():
        for name in _HOOKS:
            if (hooks := part.__dict__.get(name)) is not None:
                kept = {key: copy.copy(hook) for key, hook in hooks.items() if isinstance(hook, _WEIGHT_HOOKS)}
                memo[id(hooks)] = OrderedDict(kept)
    for parameter in module.parameters():
        memo[id(parameter)] = nn.Parameter(parameter.detach().to("meta"), parameter.requires_grad)
    try:
        copied = _copied(module, memo)
    except Exception as problem:  # a copy runs the person's own __deepcopy__ and __reduce__, which may raise anything
        raise ValueError(f"{type(module).__name__} cannot be copied: {first_line(problem)}") from problem
    _unwrap_children(copied)
    return copied.eval()


def _copied(module: nn.Module, memo: Mapping[int, object]) -> nn.Module:
    """A deep copy. What cannot be copied, such as a lock, is not: both modules then have the same one."""
    with _Shells():
        try:
            return copy.deepcopy(module, dict(memo))
        except Exception:  # of anything in it, as above
            shared: dict[int, object] = {}
            for part in module.modules():
                for name, value in part.__dict__.items():
                    if name not in ("_parameters", "_buffers", "_modules") and not _is_copied(value, memo):
                        shared[id(value)] = value
            return copy.deepcopy(module, {**memo, **shared})


def _is_copied(value: object, memo: Mapping[int, object]) -> bool:
    try:
        copy.deepcopy(value, dict(memo))
    except Exception:  # of anything, as above
        return False
    return True


def _check(module: nn.Module) -> None:
    for path, part in module.named_modules():
        at = f" at {path!r}" if path else ""
        if isinstance(part, torch.jit.ScriptModule):
            raise ValueError(f"{type(part).__name__}{at} is a TorchScript program; its Python module is needed.")
        if any(is_lazy(p) for p in (*part.parameters(recurse=False), *part.buffers(recurse=False))):
            raise ValueError(f"{type(part).__name__}{at} has no shapes yet; run the module on one input first.")
    if type(module).forward is nn.Module.forward:
        raise ValueError(f"{type(module).__name__} has no forward of its own, so there is nothing to count.")
    try:
        inspect.signature(module.forward).bind(None)
    except TypeError as problem:
        raise ValueError(f"{type(module).__name__} must take exactly one input.") from problem


def _unwrap_children(module: nn.Module) -> None:
    for part in list(module.modules()):
        for name, child in part.named_children():
            if (inside := unwrapped(child)) is not child:
                setattr(part, name, inside)


class _Shells(TorchFunctionMode):
    """While it is on, a deep copy of a tensor is one without values, whether it is registered in a module or not."""

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        if func is Tensor.__deepcopy__:
            tensor, memo = args
            assert isinstance(tensor, Tensor)
            assert isinstance(memo, dict)
            if id(tensor) not in memo:
                memo[id(tensor)] = tensor.detach().to("meta")
            return memo[id(tensor)]
        if func is Tensor.clone:  # as a parameter that is not registered is copied
            assert isinstance(args[0], Tensor)
            return args[0].detach().to("meta")
        return func(*args, **(kwargs or {}))


def dtype_of(module: nn.Module) -> torch.dtype:
    """That of the module's first floating-point tensor: an input in it fits."""
    tensors = (*module.parameters(), *module.buffers())
    return next((t.dtype for t in tensors if t.is_floating_point()), torch.get_default_dtype())


@contextmanager
def shapes_only() -> Iterator[None]:
    """New tensors have no values, nothing is kept for a backward pass, and random numbers are as before afterwards."""
    dice = random.getstate()
    try:
        with torch.random.fork_rng(devices=[]), torch.no_grad(), torch.device("meta"):
            yield
    finally:
        random.setstate(dice)
