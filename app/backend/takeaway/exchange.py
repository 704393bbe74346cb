"""A network with weights as a file for other programs: ONNX, torch.export's format, or the weights alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from inception_models.checkpoints import card
from inception_models.checkpoints.key_names import OURS
from inception_models.weights import Loaded, safetensors_with_card
from inception_models.weights.saving import card_of, state_dict_file

from ..common.quantity import float32_bytes

MAX_PROTOBUF_BYTES = 2**31 - 2**24  # a file in protobuf's format has less than 2 GiB
INPUT, OUTPUT, BATCH = "picture", "logits", "batch"


def weights_or_network(loaded: Loaded, ending: str, library: str = OURS) -> bytes:
    """The file that ends in ``ending``. ``library``: who names the weights, where the file has nothing else.

    Raises:
        ValueError: with one sentence, where there is no such file of this network.
    """
    if ending in WEIGHTS:
        return WEIGHTS[ending](loaded, library)
    if ending not in NETWORKS:
        raise ValueError(f"The output must end in {', '.join(ENDINGS)}, not in {ending or 'nothing'}.")
    if library != OURS:
        raise ValueError(f"--layout names the weights in {' and '.join(WEIGHTS)} files; a {ending} file is a network.")
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"network{ending}"
        NETWORKS[ending](loaded, file)
        return file.read_bytes()


def _write_onnx(loaded: Loaded, file: Path) -> None:
    """ONNX with the weights inside, ``picture [batch, 3, H, W]`` to ``logits [batch, classes]``; the card is in it."""
    size = float32_bytes(sum(value.numel() for value in loaded.net.state_dict().values()))
    if size > MAX_PROTOBUF_BYTES:
        raise ValueError(
            f"An .onnx file has less than 2 GB, and these weights have {size / 1e9:.1f} GB; .pt2 has no limit."
        )
    program = torch.onnx.export(
        loaded.net.eval(),
        (_picture(loaded),),
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_shapes=({0: torch.export.Dim(BATCH)},),
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    assert program is not None, "it is None without dynamo"
    program.model.metadata_props[card.WITHIN] = card_of(loaded)
    program.save(str(file), external_data=False)


def _write_pt2(loaded: Loaded, file: Path) -> None:
    """``torch.export.load`` reads it; the batch is dynamic, and the card is in it."""
    shapes = ({0: torch.export.Dim(BATCH)},)
    program = torch.export.export(loaded.net.eval(), (_picture(loaded),), dynamic_shapes=shapes)
    torch.export.save(program, file, extra_files={f"{card.WITHIN}.json": card_of(loaded)})


def _picture(loaded: Loaded) -> Tensor:
    size = loaded.net.arch.input_size
    return torch.zeros(2, 3, size, size)  # of two: a batch of one would be taken for a constant


WEIGHTS: Mapping[str, Callable[[Loaded, str], bytes]] = {".safetensors": safetensors_with_card, ".pth": state_dict_file}
NETWORKS: Mapping[str, Callable[[Loaded, Path], None]] = {".onnx": _write_onnx, ".pt2": _write_pt2}
ENDINGS = (*WEIGHTS, *NETWORKS)
"""What a file can end in: weights alone, then whole networks, which run without this program."""
