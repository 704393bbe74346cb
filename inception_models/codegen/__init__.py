"""A network as source code that stands alone: one readable file of PyTorch, or of Keras 3. No torch.

``block_types`` finds which blocks differ in their filter counts only: each type becomes a class (or, in Keras, a
function) and its counts the arguments, which a table holds. ``units`` does the same for convolutions with what
belongs to them. ``torch_ops`` writes one op as an expression and ``torch_file`` puts the file together; so do
``keras_ops`` and ``keras_file``. ``printing`` breaks lines as ruff does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from ..arch.spec import Arch
from .keras_file import KerasFile
from .torch_file import TorchFile, network_name

Framework = Literal["torch", "keras"]
FRAMEWORKS: tuple[Framework, ...] = get_args(Framework)
FRAMEWORK_TITLES: Mapping[Framework, str] = {"torch": "PyTorch", "keras": "Keras 3"}


def source(arch: Arch, framework: Framework = "torch") -> str:
    """``arch`` as the text of a Python file, which imports its framework only.

    In PyTorch the class at its end is the network: the state dict, the parameters, the MACs and the outputs of
    ``build(arch)``, in training too. In Keras a function at its end returns the model; it has the same outputs after
    its ``load_torch_weights(model, state_dict)``.

    Raises:
        ValueError: for another framework.
    """
    if framework not in FRAMEWORKS:
        raise ValueError(f"Code can be written for {' or '.join(FRAMEWORKS)}, not for {framework!r}.")
    return TorchFile(arch).text() if framework == "torch" else KerasFile(arch).text()


def module_name(arch: Arch, framework: Framework = "torch") -> str:
    """What the code calls the network: a class in PyTorch, in Keras the function that returns the model."""
    return network_name(arch) if framework == "torch" else arch.key
