"""The list of variants finds a network by what people call it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app.frontend.kit.variant_list import variant_label
from inception_models import ARCHITECTURES
from tests.app_server import ROOT


def found(typed: str) -> list[str]:
    """What Streamlit's list leaves in its mode "contains", in order."""
    return [key for key in ARCHITECTURES if typed.lower() in variant_label(key).lower()]


@pytest.mark.parametrize("key", ARCHITECTURES)
def test_a_title_and_a_key_find_their_network_first(key: str) -> None:
    assert found(ARCHITECTURES[key].about.title)[0] == key
    assert found(key)[0] == key


def test_inception_v2_finds_every_network_that_is_called_so() -> None:
    v2 = {"bn_inception", "inception_v2_slim", "bn_inception_caffe2", "inception_v2_rethinking", "inception_resnet_v2"}
    assert set(found("inception v2")) == v2
    assert all("v2" in ARCHITECTURES[key].about.summary.lower() for key in v2)


@pytest.mark.parametrize(
    "typed, key",
    [
        ("inceptionv3", "inception_v3"),
        ("inception-v3", "inception_v3"),
        ("inception resnet v2", "inception_resnet_v2"),
        ("InceptionResNetV2", "inception_resnet_v2"),
        ("FID", "inception_v3_fid"),
        ("DeepDream", "inception5h"),
        ("FaceNet", "inception_resnet_v1_facenet"),
        ("kuangliu", "googlenet_cifar"),
        ("DeepLab", "xception41"),
    ],
)
def test_other_names_find_it_too(typed: str, key: str) -> None:
    assert found(typed)[0] == key


def test_every_variant_can_be_chosen() -> None:
    app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60).run()
    for key, arch in ARCHITECTURES.items():
        app.selectbox(key="variant-0").select(key).run()
        assert not app.exception, key
        assert not app.warning, key
        assert app.session_state.state.arch == arch
