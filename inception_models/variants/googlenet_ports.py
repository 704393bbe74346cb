"""GoogLeNet as its users load it: TF-slim's, which torchvision follows, and DeepDream's."""

from __future__ import annotations

from dataclasses import replace

from ..arch.spec import Arch, BatchNorm, Conv, GlobalPool, Linear, LocalResponseNorm, Pool, Unit
from .branches import classifier_head
from .googlenet import GOOGLENET_MODULES, PLAIN, aux_heads, body, ceil_pool, googlenet, googlenet_module
from .stories import SLIM_RESULTS, code, measured

_SLIM = "tf_slim/nets/inception_v1.py"
_THREE_FOR_FIVE = code(
    "The branch that the paper gives 5x5 filters has 3x3 filters, kept on purpose to stay compatible with a"
    " checkpoint.",
    "tensorflow pull request 8295 (2017), pytorch/vision issue 906 (2019)",
)

googlenet_torchvision = Arch(
    key="googlenet_torchvision",
    about=replace(
        googlenet.about,
        title="GoogLeNet (torchvision)",
        story=(
            code(
                "The GoogLeNet that PyTorch users load. It follows TF-slim: BatchNorm throughout, 3x3 filters in the"
                " branch that the paper gives 5x5 filters, and a 2x2 last pool. Its weights come from the TF-slim"
                " checkpoint.",
                "torchvision 0.29, models/googlenet.py",
            ),
        ),
        differences=(
            _THREE_FOR_FIVE,
            code(
                "The pool before 5a is 2x2 with stride 2; the paper's is 3x3.", "torchvision 0.29, models/googlenet.py"
            ),
            code(
                "BatchNorm (eps 0.001) instead of local response normalisation; no convolution biases.",
                "torchvision 0.29, models/googlenet.py",
            ),
            code(
                "Auxiliary heads pool adaptively to 4x4 with overlapping windows, not 5x5 with stride 3;"
                " dropout is 0.2 and 0.7.",
                "torchvision 0.29, models/googlenet.py",
            ),
        ),
        top1_percent=69.778,
        top5_percent=89.53,
        top1_source="torchvision 0.29, IMAGENET1K_V1",
        printed=(),
        aliases=("Inception v1", "torchvision", "PyTorch"),
    ),
    unit=Unit(norm=BatchNorm(eps=1e-3, momentum=0.1)),
    stages=(
        Conv("conv1", 64, (7, 7), 2),
        ceil_pool("maxpool1"),
        Conv("conv2", 64),
        Conv("conv3", 192, (3, 3)),
        ceil_pool("maxpool2"),
        *body(
            (googlenet_module(*row, five=3) for row in GOOGLENET_MODULES),
            (ceil_pool("maxpool3"), ceil_pool("maxpool4", 2)),
        ),
        *classifier_head(dropout=0.2),
    ),
    aux=aux_heads(GlobalPool("pool", 4)),
)


def _tf_pool(name: str, size: int = 3) -> Pool:
    return Pool(name, "max", size, 2, "tf")


# TF-slim counts the layers, pools included.
_SLIM_NAMES = tuple(f"Mixed_{place}" for place in ("3b", "3c", "4b", "4c", "4d", "4e", "4f", "5b", "5c"))
_SLIM_MODULES = [
    replace(googlenet_module(*row, five=3), name=name) for name, row in zip(_SLIM_NAMES, GOOGLENET_MODULES, strict=True)
]

googlenet_slim = Arch(
    key="googlenet_slim",
    about=replace(
        googlenet_torchvision.about,
        title="Inception v1 (TF-slim)",
        story=(
            code(
                "The source of torchvision's GoogLeNet and of its weights: BatchNorm that trains an offset for each"
                " channel and no scale, no auxiliary heads, TensorFlow's one-sided padding.",
                _SLIM,
            ),
        ),
        differences=(
            _THREE_FOR_FIVE,
            code("The pool before Mixed_5b is 2x2 with stride 2; the paper's is 3x3.", _SLIM),
            measured(
                "Without BatchNorm's scales it has 6,617,624 parameters, 7,280 fewer than torchvision's.",
                "the TensorFlow graph, built and counted",
            ),
            code(
                "TensorFlow's SAME padding puts 2 pixels before and 3 after the picture for the first 7x7, where"
                " PyTorch puts 3 on both sides: the first convolution's windows are one pixel off.",
                _SLIM,
            ),
        ),
        top1_percent=69.8,
        top5_percent=89.6,
        top1_source=f"{SLIM_RESULTS}, inception_v1_2016_08_28",
        aliases=("Inception v1", "TF-slim", "TensorFlow", "inception_v1"),
        part_names=tuple(
            (ours, f"inception ({name.removeprefix('inception')})")
            for ours, (name, *_) in zip(_SLIM_NAMES, GOOGLENET_MODULES, strict=True)
        ),
    ),
    unit=Unit(norm=BatchNorm(eps=1e-3, momentum=0.0003, gamma=False)),
    stages=(
        Conv("Conv2d_1a_7x7", 64, (7, 7), 2, "tf"),
        _tf_pool("MaxPool_2a_3x3"),
        Conv("Conv2d_2b_1x1", 64),
        Conv("Conv2d_2c_3x3", 192, (3, 3)),
        _tf_pool("MaxPool_3a_3x3"),
        *_SLIM_MODULES[:2],
        _tf_pool("MaxPool_4a_3x3"),
        *_SLIM_MODULES[2:7],
        _tf_pool("MaxPool_5a_2x2", 2),
        *_SLIM_MODULES[7:],
        *classifier_head(dropout=0.2),
    ),
)

# Table 1 but for two numbers: 204 3x3 filters in 4a, and 48 filters before the 5x5 of 5a.
#                               #1x1 #3x3r #3x3 #5x5r #5x5 pool
_OWN_ROWS = {
    "inception4a": ("inception4a", 192,  96, 204,  16,  48,  64),
    "inception5a": ("inception5a", 256, 160, 320,  48, 128, 128),
}
_DREAM_MODULES = [
    replace(googlenet_module(*_OWN_ROWS.get(row[0], row)), name=row[0].replace("inception", "mixed"))
    for row in GOOGLENET_MODULES
]

inception5h = Arch(
    key="inception5h",
    about=replace(
        googlenet.about,
        title="Inception5h (DeepDream, Lucid, Circuits)",
        story=(
            code(
                "The network whose features people have looked at most: Google trained it for TensorFlow's first"
                " example, and DeepDream, Lucid and Distill's Circuits all take their pictures from it.",
                "tensorflow_inception_graph.pb (2015), distill.pub/2020/circuits",
            ),
            code(
                "It is GoogLeNet by Table 1 but for two numbers: 4a has 204 3x3 filters in place of 208, hence 508"
                " channels, and 5a has 48 filters before its 5x5 in place of 32. It has 1,008 outputs.",
                "greentfrapp/lucent, modelzoo/inceptionv1 (the converted graph)",
            ),
        ),
        differences=(
            measured(
                "7,066,380 parameters; with 32 filters before the 5x5 of 5a, as Table 1 prints, it would be 7,001,852."
                " With 48 that module costs 54.2M MACs, and 54M is what Table 1 prints for it.",
            ),
            code(
                "Local response normalisation over 9 channels, with the root of the sum (beta 0.5), as in the PyTorch"
                " port; Caffe's GoogLeNet has 5 channels and beta 0.75.",
                "greentfrapp/lucent, modelzoo/inceptionv1",
            ),
            code(
                "TensorFlow's SAME padding: a stride of two pads the far side more than the near one.",
                "greentfrapp/lucent, modelzoo/inceptionv1",
            ),
            code("The graph's two auxiliary heads are left out, as in Lucent's network.", "greentfrapp/lucent"),
        ),
        top1_percent=None,
        top5_percent=None,
        top1_source="",
        printed=(),
        aliases=("DeepDream", "Lucid", "Lucent", "Circuits", "OpenAI Microscope", "InceptionV1", "Inception v1"),
        part_names=tuple((m.name, f"inception ({m.name.removeprefix('mixed')})") for m in _DREAM_MODULES),
    ),
    unit=PLAIN,
    stages=(
        Conv("conv2d0", 64, (7, 7), 2, "tf"),
        _tf_pool("maxpool0"),
        LocalResponseNorm("localresponsenorm0", 9, 1e-4, 0.5),
        Conv("conv2d1", 64),
        Conv("conv2d2", 192, (3, 3)),
        LocalResponseNorm("localresponsenorm1", 9, 1e-4, 0.5),
        _tf_pool("maxpool1"),
        *_DREAM_MODULES[:2],
        _tf_pool("maxpool4"),
        *_DREAM_MODULES[2:7],
        _tf_pool("maxpool10"),
        *_DREAM_MODULES[7:],
        GlobalPool("avgpool0"),
        Linear("softmax2_pre_activation"),
    ),
    classes=1008,
)

VARIANTS = (googlenet_torchvision, googlenet_slim, inception5h)
