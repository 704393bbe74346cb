"""Weights that others have trained and published: a table, one row a file.

No file was opened here: each fact is as its source states it, and the sources are named above the row. ``digest`` is
the whole SHA-256, or its beginning where only the file's name contains it (PyTorch Hub's convention), or an MD5 where
that is all that is published, or empty where no source states any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from ..variants import ARCHITECTURES
from .preprocessing import Preprocessing, caffe_bgr, imagenet, unit_range
from .trained_weights import Remote, TrainedWeights

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
KERAS_SQUEEZES = "Keras squeezes the whole picture to a square; here the middle of it is cut out."
KERAS_XCEPTION = (
    "Keras adds 0.001 to each variance where this network adds 0.00001, and pads two pools otherwise, so outputs differ"
    " a little from Keras'."
)
NO_DIGEST = "No source states the SHA-256 of this file, so what arrives is not checked against one."
# torchvision's resizing, with the normalisation that its transform_input makes of it
TORCHVISION_224 = replace(imagenet(224), mean=(0.5,) * 3, std=(0.5,) * 3)
TORCHVISION_299 = replace(imagenet(299), mean=(0.5,) * 3, std=(0.5,) * 3)
# Keras' preprocess_input of mode "tf"; here the whole short side is kept, and nothing is squeezed.
KERAS_299 = replace(TORCHVISION_299, resize_px=299)
# TF-slim's preprocessing for evaluation: central_fraction 0.875, bilinear, -1 to 1.
SLIM_224 = replace(TORCHVISION_224, resize_px=256)
TIMM_299 = unit_range(299)  # timm's default_cfgs: crop_pct 0.875, bicubic, mean and std 0.5
TIMM_299_WIDE = replace(unit_range(299), resize_px=333)  # crop_pct 0.8975
# pytorch-fid squeezes the whole picture to 299 x 299, bilinear, then 2 x - 1; here the whole short side is kept.
FID_299 = replace(TORCHVISION_299, resize_px=299)
# Lucent, optvis/transform.py, preprocess_inceptionv1: 255 x - 117
LUCID_224 = Preprocessing(224, 224, value_max=255, mean=(117.0,) * 3)
# facenet-pytorch, fixed_image_standardization: (x - 127.5) / 128, on faces of 160 x 160 that MTCNN has cut out
FACES_160 = Preprocessing(160, 160, value_max=255, mean=(127.5,) * 3, std=(128.0,) * 3)

ALIGNED_299 = replace(unit_range(299), resize_px=331)  # crop_pct 0.903
NEXT_224 = replace(imagenet(224), interpolation="bicubic")
NEXT_224_WIDE = replace(NEXT_224, resize_px=235)  # crop_pct 0.95

# Our key, timm's name, preprocessing, accuracy, megabytes, digest
TIMM_ROWS = (
    ("xception41", "xception41.tf_in1k", ALIGNED_299, "78.504% top-1 (timm, 2023)", 108,
     "c208ded589c3f45080f3c50b9c84fa4f1cb51aea1fc5308e5a58efc7f4f2892d"),
    ("xception65", "xception65.tf_in1k", ALIGNED_299, "79.556% top-1 (timm, 2023)", 160, ""),
    ("xception71", "xception71.tf_in1k", ALIGNED_299, "79.872% top-1 (timm, 2023)", 170, ""),
    ("inceptionnext_atto", "inception_next_atto.sail_in1k", NEXT_224, "75.3% top-1 (its authors)", 16.7, ""),
    ("inceptionnext_tiny", "inception_next_tiny.sail_in1k", NEXT_224, "82.3% top-1 (its authors)", 112,
     "738d3113a472e9ebc39eec21f52f8aec32fc479c7fdc4974c696caf0c065bfb6"),
    ("inceptionnext_small", "inception_next_small.sail_in1k", NEXT_224, "83.5% top-1 (its authors)", 198, ""),
    ("inceptionnext_base", "inception_next_base.sail_in1k", NEXT_224_WIDE, "84.0% top-1 (its authors)", 347,
     "71cf5594935bd9513e1350e3450c88332194fdaa7de96f3e69468e2f4f1da14e"),
)  # fmt: skip

# Our key, the folder and the beginning of the file's name, accuracy, megabytes, digest
KERAS_ROWS = (
    ("inception_v3_keras", "inception_v3", "77.9% top-1 (Keras)", 96.1,
     "00c9ea4e4762f716ac4d300d6d9c2935639cc5e4d139b5790d765dcbeea539d0"),
    ("inception_resnet_v2_keras", "inception_resnet_v2", "80.3% top-1 (Keras)", 225,
     "e693bd0210a403b3192acc6073ad2e96"),
    ("xception", "xception", "79.0% top-1 (Keras)", 91.9,
     "0a58e3b7378bc2990ea3b43d5981f1f6"),
)  # fmt: skip
ONNX_ZOO = (
    "https://huggingface.co/onnxmodelzoo/legacy_models/resolve/main/validated/vision/classification"
    "/inception_and_googlenet"
)

ROWS = (
    # URL, preprocessing, accuracy, size: torchvision.models.GoogLeNet_Weights (0.29). Digest: the name's beginning;
    # the whole in two public repositories that pin this file.
    TrainedWeights(
        "torchvision_googlenet", "torchvision", ARCHITECTURES["googlenet_torchvision"], TORCHVISION_224,
        IMAGENET, "69.778% top-1 (torchvision)", "BSD-3-Clause; converted from TF-slim's, Apache-2.0",
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
        IMAGENET, "77.294% top-1 (torchvision)", "BSD-3-Clause; converted from TensorFlow's",
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
        IMAGENET, "80.144% top-1 (timm, 2025-10-30)", "Apache-2.0",
        "https://huggingface.co/timm/inception_v4.tf_in1k",
        remote=Remote(
            "https://huggingface.co/timm/inception_v4.tf_in1k/resolve/24edbb8f3ca9aab790ab91929a4101165581b168"
            "/model.safetensors",
            171 * MB, "a756a086851c8d5a8de135ec15c76b90ea56cb5aef450e3299107e659e725bb1",
        ),
    ),
    TrainedWeights(
        "timm_inception_resnet_v2", "timm", ARCHITECTURES["inception_resnet_v2"], TIMM_299_WIDE,
        IMAGENET, "80.434% top-1 (timm, 2025-10-30)", "Apache-2.0",
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
        IMAGENET, "79.058% top-1 (timm, 2025-10-30)", "Apache-2.0; converted from Keras's, MIT",
        "https://github.com/huggingface/pytorch-image-models",
        remote=Remote(
            "https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-cadene/xception-43020ad28.pth",
            round(91.7 * MB), "43020ad28",
        ),
    ),
    # The same for the aligned Xceptions and InceptionNeXt. Sizes and digests: the files' pages, where a public copy of
    # one is known; InceptionNeXt's accuracies: the README of sail-sg/inceptionnext.
    *(
        TrainedWeights(
            f"timm_{key}", "timm", ARCHITECTURES[key], steps, IMAGENET, accuracy, "Apache-2.0",
            f"https://huggingface.co/timm/{name}",
            remote=Remote(f"https://huggingface.co/timm/{name}/resolve/main/model.safetensors", round(mb * MB), sha256),
            notes=() if sha256 else (NO_DIGEST,),
        )
        for key, name, steps, accuracy, mb, sha256 in TIMM_ROWS
    ),
    # URL, preprocessing, accuracy: Cadene's pretrained-models.pytorch. Digest: public repositories that pin the file;
    # it agrees with the name. Size: that of its tensors. The page gives the address with http.
    TrainedWeights(
        "cadene_bn_inception", "Cadene", ARCHITECTURES["bn_inception"], caffe_bgr(224, red_mean=128),
        IMAGENET, "73.524% top-1 (Cadene)", "BSD-3-Clause (the repository's); trained by Y. Xiong",
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
        "VGGFace2, photographs of 8,631 people", "99.65% on LFW (facenet-pytorch)",
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
        "CASIA-WebFace, photographs of 10,575 people", "99.05% on LFW (facenet-pytorch)",
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
    # URLs, preprocessing, MD5s: keras 3.15, applications; v3's SHA-256: two public repositories that pin it (gomlx,
    # dsbox-featurizer). Accuracies: the table of keras.io/api/applications. Sizes: that of the tensors.
    *(
        TrainedWeights(
            f"keras_{key.removesuffix('_keras')}", "Keras", ARCHITECTURES[key], KERAS_299, IMAGENET, accuracy,
            "Apache-2.0 (Keras's)",
            "https://keras.io/api/applications",
            notes=(KERAS_SQUEEZES, *((KERAS_XCEPTION,) if key == "xception" else ())),
            remote=Remote(
                f"https://storage.googleapis.com/tensorflow/keras-applications/{name}"
                f"/{name}_weights_tf_dim_ordering_tf_kernels.h5",
                round(mb * MB), digest,
            ),
        )
        for key, name, accuracy, mb, digest in KERAS_ROWS
    ),
    # URLs, accuracies: TF-slim's table of models, research/slim/README.md, with https. Sizes: that of the tensors.
    *(
        TrainedWeights(
            f"slim_{name}", "TF-slim", ARCHITECTURES[key], SLIM_224, IMAGENET, accuracy, "Apache-2.0",
            "https://github.com/tensorflow/models/tree/master/research/slim",
            notes=("TF-slim scales the middle 87.5% of a picture bilinearly, squeezed to a square.", NO_DIGEST),
            remote=Remote(
                f"https://storage.googleapis.com/download.tensorflow.org/models/{name}_2016_08_28.tar.gz",
                round(mb * MB), "",
            ),
        )
        for key, name, accuracy, mb in (
            ("googlenet_slim", "inception_v1", "69.8% top-1 (TF-slim)", 26.5),
            ("inception_v2_slim", "inception_v2", "73.9% top-1 (TF-slim)", 44.8),
        )
    ),
    # URL: the zoo's new home on huggingface.co. Accuracy, preprocessing: the README of its googlenet. Digest: nixpkgs
    # expressions that pin googlenet-9.onnx. Size: that of the tensors.
    TrainedWeights(
        "onnx_googlenet", "ONNX model zoo", ARCHITECTURES["googlenet"], caffe_bgr(224),
        IMAGENET, "68.7% top-1 (BVLC)", "BSD-3-Clause; converted from BVLC's Caffe model, unrestricted use",
        "https://huggingface.co/onnxmodelzoo/googlenet-9",
        notes=(
            "Only the weights of the file are used: here pools round up, as in Caffe, for which they were trained; in"
            " the zoo's graph they round down.",
        ),
        remote=Remote(
            f"{ONNX_ZOO}/googlenet/model/googlenet-9.onnx", round(28.0 * MB),
            "bd979d99d10d9acf84c5a67252bcae4992bf4e1afdab046cb0ea370e6f01ee38",
        ),
    ),
    # Digest and exact size: the Git LFS pointer in onnx/models. Preprocessing, accuracy: Open Model Zoo's googlenet-v2.
    TrainedWeights(
        "onnx_bn_inception", "ONNX model zoo", ARCHITECTURES["bn_inception_caffe2"], caffe_bgr(224),
        IMAGENET, "72.024% top-1 (Open Model Zoo, for lim0606/caffe-googlenet-bn)", "MIT (the zoo's)",
        "https://huggingface.co/onnxmodelzoo/inception-v2-9",
        notes=(
            "The zoo does not say how pictures are prepared or how accurate it is. Its layers have the names of"
            " lim0606/caffe-googlenet-bn, whose steps and accuracy are given here.",
        ),
        remote=Remote(
            f"{ONNX_ZOO}/inception_v2/model/inception-v2-9.onnx", 45_042_799,
            "37ed4aa93f817fd0d1cc19bda045ebd70f18d0887a5f51e66ecd0ed8fd5a65c2", 45_042_799,
        ),
    ),
)  # fmt: skip

CHECKPOINTS: Mapping[str, TrainedWeights] = MappingProxyType({row.id: row for row in ROWS})
"""The published checkpoints by id."""


def published(key: str) -> tuple[TrainedWeights, ...]:
    """The checkpoints of the variant ``key``."""
    return tuple(row for row in CHECKPOINTS.values() if row.arch.key == key)
