"""The variants that slow tests run over: every op, every kind of block, every family; and the fewest of them."""

from inception_models import ARCHITECTURES

TWINS = frozenset(
    ("googlenet_slim", "bn_inception_caffe2", "inception_v3_fid", "inception_v3_keras", "inception_resnet_v2_keras",
     "xception65", "xception71", "inceptionnext_tiny", "inceptionnext_small", "inceptionnext_base")
)  # fmt: skip
"""Variants whose tree differs from another's in numbers only, so that an edit takes the same way through both."""
REPRESENTATIVE = tuple(key for key in ARCHITECTURES if key not in TWINS)
ONE_OF_A_KIND = (
    "googlenet", "googlenet_bn", "inception_v2_slim", "inception_v3", "inception_v4", "inception_resnet_v1_facenet",
    "xception41", "inceptionnext_atto",
)  # fmt: skip
"""The smallest variant with each kind of block and head: no op, norm or way of joining branches is missing."""
