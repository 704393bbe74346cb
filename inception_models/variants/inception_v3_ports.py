"""Inception v3 as it is used beside torchvision's: FID's network, and Keras's."""

from __future__ import annotations

from dataclasses import replace

from ..arch.spec import Arch, BatchNorm, GlobalPool, Linear, Unit
from .inception_v3 import MODULES_A, MODULES_C, STEM, V3_NAMES, inception_v3, module_a, module_c, module_e
from .inception_v3 import reduction_b as to_17
from .inception_v3 import reduction_d as to_8
from .stories import code, measured

_FID = "mseitzer/pytorch-fid, src/pytorch_fid/inception.py"
_PORT = replace(
    inception_v3.about,
    top1_percent=None,
    top5_percent=None,
    top1_source="",
    paper_errors=None,
    paper_errors_source="",
    printed=(),
)

inception_v3_fid = Arch(
    key="inception_v3_fid",
    about=replace(
        _PORT,
        title="Inception v3 for FID",
        story=(
            code(
                "The network behind the Fréchet Inception distance, by which generated pictures are judged: the 2,048"
                " numbers after its last pool are compared, not its classes. It is Google's graph of December 2015,"
                " converted to PyTorch.",
                _FID,
            ),
        ),
        differences=(
            code("Average pools do not count the padding, as in TensorFlow.", _FID),
            code(
                "The last module pools by maximum where all other versions, and the paper, average; probably a slip of"
                " this graph. Scores of different programs agree only if they keep it.",
                _FID,
            ),
            measured("1,008 outputs and no auxiliary head: 23,850,960 parameters."),
        ),
        aliases=("FID", "Fréchet Inception distance", "Inception score", "pytorch-fid", "torch-fidelity", "GAN"),
    ),
    unit=Unit(),
    stages=(
        *STEM,
        *(module_a(*row, include_pad=False) for row in MODULES_A),
        to_17("Mixed_6a"),
        *(module_c(*row, include_pad=False) for row in MODULES_C),
        to_8("Mixed_7a"),
        module_e("Mixed_7b", include_pad=False),
        module_e("Mixed_7c", kind="max"),
        GlobalPool("avgpool"),
        Linear("fc"),
    ),
    input_size=299,
    classes=1008,
)

# Keras numbers the modules.
_KERAS_NAMES = {name: f"mixed{number}" for number, (name, _) in enumerate(V3_NAMES)}
_KERAS = "keras 3.15, applications/inception_v3.py"

inception_v3_keras = Arch(
    key="inception_v3_keras",
    about=replace(
        _PORT,
        title="Inception v3 (Keras)",
        story=(
            code(
                "The Inception v3 that Keras users load: no auxiliary head, no dropout, and BatchNorm that adds a"
                " trained offset and has no trained scale.",
                _KERAS,
            ),
        ),
        differences=(
            code("Average pools do not count the padding, as in TensorFlow.", _KERAS),
            measured(
                "23,817,352 trained parameters; Keras's total of 23,851,784 counts the running means and variances"
                " too.",
                "keras 3.15, built and counted",
            ),
            code("BatchNorm's momentum is 0.01 (Keras's 0.99).", _KERAS),
        ),
        top1_percent=77.9,
        top5_percent=93.7,
        top1_source="Keras Applications, table of models, 2025",
        aliases=("Keras", "TensorFlow", "keras.applications", "InceptionV3"),
        part_names=tuple((_KERAS_NAMES[name], words) for name, words in V3_NAMES),
    ),
    unit=Unit(norm=BatchNorm(eps=1e-3, momentum=0.01, gamma=False)),
    stages=(
        *STEM,
        *(module_a(_KERAS_NAMES[name], proj, include_pad=False) for name, proj in MODULES_A),
        to_17(_KERAS_NAMES["Mixed_6a"]),
        *(module_c(_KERAS_NAMES[name], n7, include_pad=False) for name, n7 in MODULES_C),
        to_8(_KERAS_NAMES["Mixed_7a"]),
        module_e(_KERAS_NAMES["Mixed_7b"], include_pad=False),
        module_e(_KERAS_NAMES["Mixed_7c"], include_pad=False),
        GlobalPool("avg_pool"),
        Linear("predictions"),
    ),
    input_size=299,
)

VARIANTS = (inception_v3_fid, inception_v3_keras)
