"""Weights that others have trained and published, and what is needed to use each: a table, one row a file.

No file was opened here: each fact is as its source states it, and the sources are named above the row. ``sha256`` is
the whole digest, or its beginning where only the file's name contains it (PyTorch Hub's convention), or empty where no
source states it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from platformdirs import user_cache_path

from ..arch.spec import Arch
from ..variants import ARCHITECTURES
from .preprocessing import Preprocessing, caffe_bgr, imagenet, unit_range


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on a server. ``size``: bytes, exact or None; ``about``: bytes as published, rounded."""

    url: str
    about: int
    sha256: str
    size: int | None = None

    @property
    def hashed(self) -> bool:
        """Whether the whole digest is known."""
        return len(self.sha256) == 64


@dataclass(frozen=True)
class TrainedWeights:
    """Weights and all that is known about them.

    ``arch``: the network they were trained for. ``class_names``: of its outputs; empty where those are ImageNet's, or
    have no names. ``embedding``: the outputs are not classes. ``remote``: None where nothing has to be fetched.
    """

    id: str
    title: str
    arch: Arch
    preprocessing: Preprocessing
    data: str = ""
    accuracy: str = ""
    licence: str = ""
    page: str = ""
    class_names: tuple[str, ...] = ()
    embedding: bool = False
    remote: Remote | None = None
    notes: tuple[str, ...] = ()

    def preprocessing_for(self, arch: Arch) -> Preprocessing:
        """The steps for a network that may take pictures of another size."""
        return self.preprocessing.sized(arch.input_size)

    @property
    def file(self) -> Path:
        """Where the file is kept once it has been fetched.

        Raises:
            ValueError: where nothing has to be fetched.
        """
        if self.remote is None:
            raise ValueError(f"{self.title} has no file to fetch.")
        return cache_folder() / f"{self.id}{Path(urlsplit(self.remote.url).path).suffix}"


def cache_folder() -> Path:
    """Where fetched files are kept: INCEPTION_EXPLORER_CACHE, or a folder of ours where the platform keeps caches."""
    if own := os.environ.get("INCEPTION_EXPLORER_CACHE"):
        return Path(own).expanduser()
    return user_cache_path("inception-explorer", appauthor=False, opinion=False)  # without Windows' author and "Cache"


def untrained(arch: Arch) -> TrainedWeights:
    """Random weights: the picture is prepared as most people do."""
    return TrainedWeights("random", "Random", arch, imagenet(arch.input_size))


# --- the table -------------------------------------------------------------------------------------------------------

MB, MIB = 10**6, 2**20
IMAGENET = "ImageNet-1k (ILSVRC 2012), 1.28 million photographs of 1,000 classes"
TO_UNIT_RANGE = (
    "torchvision normalises with ImageNet's mean and deviation, and the network's transform_input then maps that to"
    " -1 to 1: together these steps."
)
FACES = (
    "The outputs are not classes but 512 numbers: two pictures of one face give vectors that are close.",
    "It expects a face that fills the picture; this program does not look for one.",
)
NO_DIGEST = "No source states the SHA-256 of this file, so what arrives is not checked against one."
# torchvision's resizing, with the normalisation that its transform_input makes of it
TORCHVISION_224 = replace(imagenet(224), mean=(0.5,) * 3, std=(0.5,) * 3)
TORCHVISION_299 = replace(imagenet(299), mean=(0.5,) * 3, std=(0.5,) * 3)
TIMM_299 = unit_range(299)  # timm's default_cfgs: crop_pct 0.875, bicubic, mean and std 0.5
TIMM_299_WIDE = replace(unit_range(299), resize_px=333)  # crop_pct 0.8975
# pytorch-fid squeezes the whole picture to 299 x 299, bilinear, then 2 x - 1; here the whole short side is kept.
FID_299 = replace(TORCHVISION_299, resize_px=299)
# Lucent, optvis/transform.py, preprocess_inceptionv1: 255 x - 117
LUCID_224 = Preprocessing(224, 224, value_max=255, mean=(117.0,) * 3)
# facenet-pytorch, fixed_image_standardization: (x - 127.5) / 128, on faces of 160 x 160 that MTCNN has cut out
FACES_160 = Preprocessing(160, 160, value_max=255, mean=(127.5,) * 3, std=(128.0,) * 3)

ROWS = (
    # URL, preprocessing, accuracy, size: torchvision.models.GoogLeNet_Weights (0.29). Digest: the name's beginning;
    # the whole in two public repositories that pin this file.
    TrainedWeights(
        "torchvision_googlenet", "torchvision", ARCHITECTURES["googlenet_torchvision"], TORCHVISION_224,
        IMAGENET, "69.778 % top-1 (torchvision)", "BSD-3-Clause; converted from TF-slim's, Apache-2.0",
        "https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.googlenet.html",
        notes=(TO_UNIT_RANGE, "The auxiliary heads in this file were never trained, as torchvision warns."),
        remote=Remote(
            "https://download.pytorch.org/models/googlenet-1378be20.pth", round(49.731 * MIB),
            "1378be20a8e875cf1568b8a71654e704449655e34711a959a38b04fb34905cef",
        ),
    ),
    # The same of torchvision.models.Inception_V3_Weights. Exact size and whole digest: public repositories that pin it;
    # they agree with torchvision's 103.903 MiB and with the name.
    TrainedWeights(
        "torchvision_inception_v3", "torchvision", ARCHITECTURES["inception_v3"], TORCHVISION_299,
        IMAGENET, "77.294 % top-1 (torchvision)", "BSD-3-Clause; converted from TensorFlow's",
        "https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.inception_v3.html",
        notes=(TO_UNIT_RANGE,),
        remote=Remote(
            "https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth", 108_949_747,
            "0cc3c7bd75056d25e46cba549dc184522069b81e9787eff6df84f397bd52a5ef", 108_949_747,
        ),
    ),
    # Digest, size, licence: the file's page and the model card on huggingface.co. Preprocessing: timm 1.0's
    # default_cfgs. Accuracy: timm's results-imagenet.csv.
    TrainedWeights(
        "timm_inception_v4", "timm", ARCHITECTURES["inception_v4"], TIMM_299,
        IMAGENET, "80.156 % top-1 (timm)", "Apache-2.0",
        "https://huggingface.co/timm/inception_v4.tf_in1k",
        remote=Remote(
            "https://huggingface.co/timm/inception_v4.tf_in1k/resolve/24edbb8f3ca9aab790ab91929a4101165581b168"
            "/model.safetensors",
            171 * MB, "a756a086851c8d5a8de135ec15c76b90ea56cb5aef450e3299107e659e725bb1",
        ),
    ),
    TrainedWeights(
        "timm_inception_resnet_v2", "timm", ARCHITECTURES["inception_resnet_v2"], TIMM_299_WIDE,
        IMAGENET, "80.462 % top-1 (timm)", "Apache-2.0",
        "https://huggingface.co/timm/inception_resnet_v2.tf_in1k",
        remote=Remote(
            "https://huggingface.co/timm/inception_resnet_v2.tf_in1k/resolve/89854797f99e77e1189626b74d7c07013a4308fa"
            "/model.safetensors",
            224 * MB, "dbea26b13a5fc8351919fed6a94222c0577ce324b2765fd081a798f837ca9d72",
        ),
    ),
    # URL, preprocessing, licence: timm's default_cfgs of legacy_xception. Size: a page that lists the same tensors as
    # safetensors. No source for the whole digest.
    TrainedWeights(
        "timm_xception", "timm", ARCHITECTURES["xception"], TIMM_299_WIDE,
        IMAGENET, "79.040 % top-1 (timm)", "Apache-2.0; converted from Keras's, MIT",
        "https://github.com/huggingface/pytorch-image-models",
        remote=Remote(
            "https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-cadene/xception-43020ad28.pth",
            round(91.7 * MB), "43020ad28",
        ),
    ),
    # URL, preprocessing, accuracy: Cadene's pretrained-models.pytorch. Digest: public repositories that pin the file;
    # it agrees with the name. Size: that of its tensors. The page gives the address with http.
    TrainedWeights(
        "cadene_bn_inception", "Cadene", ARCHITECTURES["bn_inception"], caffe_bgr(224, red_mean=128),
        IMAGENET, "73.524 % top-1 (Cadene)", "BSD-3-Clause (the repository's); trained by Y. Xiong",
        "https://github.com/Cadene/pretrained-models.pytorch",
        remote=Remote(
            "https://data.lip6.fr/cadene/pretrainedmodels/bn_inception-52deb4733.pth", 45 * MB,
            "52deb473314542a5c2f87e9e6f26f4ca42fe863d15f986414dbae8c2dfdd2353",
        ),
    ),
    # URL, preprocessing, accuracy: facenet-pytorch's README. Digest and exact size: many public repositories that pin
    # this file.
    TrainedWeights(
        "facenet_vggface2", "facenet-pytorch", ARCHITECTURES["inception_resnet_v1_facenet"], FACES_160,
        "VGGFace2, photographs of 8,631 people", "99.65 % on LFW (facenet-pytorch)",
        "MIT (the repository's); no separate licence for the weights was found",
        "https://github.com/timesler/facenet-pytorch",
        embedding=True,
        notes=FACES,
        remote=Remote(
            "https://github.com/timesler/facenet-pytorch/releases/download/v2.2.9/20180402-114759-vggface2.pt",
            111_898_327, "281cebca8662831adb987a874bdcb36e73f5b1c6dc5ee5878f305e985625d99b", 111_898_327,
        ),
    ),
    # The same; no source for the digest. Size: facenet-pytorch's README, rounded.
    TrainedWeights(
        "facenet_casia", "facenet-pytorch (CASIA)", ARCHITECTURES["inception_resnet_v1_facenet"], FACES_160,
        "CASIA-WebFace, photographs of 10,575 people", "99.05 % on LFW (facenet-pytorch)",
        "MIT (the repository's); no separate licence for the weights was found",
        "https://github.com/timesler/facenet-pytorch",
        embedding=True,
        notes=(*FACES, NO_DIGEST),
        remote=Remote(
            "https://github.com/timesler/facenet-pytorch/releases/download/v2.2.9/20180408-102900-casia-webface.pt",
            round(111 * MIB), "",
        ),
    ),
    # URL, preprocessing, licence: pytorch-fid's inception.py. Digest and exact size: public repositories that pin the
    # file; they agree with the name.
    TrainedWeights(
        "fid_inception_v3", "pytorch-fid", ARCHITECTURES["inception_v3_fid"], FID_299,
        "ImageNet (ILSVRC 2012), trained by Google in 2015", "not published; it is used for distances, not for classes",
        "Apache-2.0; converted from TensorFlow's",
        "https://github.com/mseitzer/pytorch-fid",
        notes=("For a distance the whole picture is squeezed to a square; here the middle of it is cut out.",),
        remote=Remote(
            "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights"
            "/pt_inception-2015-12-05-6726825d.pth",
            95_628_359, "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2", 95_628_359,
        ),
    ),
    # URL and preprocessing: greentfrapp/lucent. Size: that of its tensors. No source for the digest.
    TrainedWeights(
        "lucent_inception5h", "Lucent", ARCHITECTURES["inception5h"], LUCID_224,
        "ImageNet (ILSVRC 2012), trained by Google", "not published", "Apache-2.0; converted from TensorFlow's",
        "https://github.com/greentfrapp/lucent",
        notes=("Its 1,008 outputs are in an order of their own, which is not ImageNet's.", NO_DIGEST),
        remote=Remote(
            "https://github.com/ProGamerGov/pytorch-old-tensorflow-models/raw/master/inception5h.pth",
            round(28.3 * MB), "",
        ),
    ),
)  # fmt: skip

CHECKPOINTS: Mapping[str, TrainedWeights] = MappingProxyType({row.id: row for row in ROWS})
"""The published checkpoints by id."""


def published(key: str) -> tuple[TrainedWeights, ...]:
    """The checkpoints of the variant ``key``."""
    return tuple(row for row in CHECKPOINTS.values() if row.arch.key == key)
