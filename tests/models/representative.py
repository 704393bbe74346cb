"""The variants that slow tests run over: every op, every kind of block, every family."""

from inception_models import ARCHITECTURES

TWINS = frozenset(
    ("googlenet_slim", "bn_inception_caffe2", "inception_v3_fid", "inception_v3_keras", "inception_resnet_v2_keras",
     "xception65", "xception71", "inceptionnext_tiny", "inceptionnext_small", "inceptionnext_base")
)  # fmt: skip
"""Variants whose tree differs from another's in numbers only, so that an edit takes the same way through both."""
REPRESENTATIVE = tuple(key for key in ARCHITECTURES if key not in TWINS)
