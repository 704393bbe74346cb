"""What the stories of several variants share: short ways to write a claim, and the papers."""

from __future__ import annotations

from ..arch.about import Claim

GOING_DEEPER = "Going deeper with convolutions"
GOING_DEEPER_AUTHORS = "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich"
GOING_DEEPER_URL = "https://arxiv.org/abs/1409.4842"
RETHINKING = "Rethinking the Inception Architecture for Computer Vision"
RETHINKING_AUTHORS = "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna"
RETHINKING_URL = "https://arxiv.org/abs/1512.00567"
INCEPTION_V4 = "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning"
INCEPTION_V4_AUTHORS = "Szegedy, Ioffe, Vanhoucke, Alemi"
INCEPTION_V4_URL = "https://arxiv.org/abs/1602.07261"

TIMM_RESULTS = "timm, results-imagenet.csv of 2025-10-30"
SLIM_RESULTS = "TF-slim's table of models, 2016"
SINGLE_CROP = "Inception-v4 paper (2016), table of single-crop errors"
COUNTED = "counted by this program"


def paper(text: str, source: str) -> Claim:
    """What a paper says."""
    return Claim(text, "paper", source)


def code(text: str, source: str) -> Claim:
    """What an implementation does."""
    return Claim(text, "implementation", source)


def measured(text: str, source: str = COUNTED) -> Claim:
    """What was run or counted, by this program where no other source is named."""
    return Claim(text, "measured", source)


WHICH_V2 = (
    "choose bn_inception for BN-Inception (so the v4 paper; inception_v2_slim and bn_inception_caffe2 are its other"
    ' releases), inception_v2_rethinking for the second network of "Rethinking", or inception_resnet_v2 for what many'
    " articles draw under that name."
)

THREE_V2 = paper(
    'Three networks are called "Inception v2": BN-Inception (so the v4 paper), the second network of "Rethinking"'
    " (its own Table 1), and in many drawings Inception-ResNet v2.",
    "Rethinking (2015), section 6; Inception-v4 paper (2016), section 2; illustrated articles",
)
