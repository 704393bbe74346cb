"""Other people's networks: what ``analyze_module`` counts, beside torch's own counter. Times are of both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import timm
import torch
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze_module
from app.backend.foreign.sources import brought_module

Row = dict[str, float | str]

_TIMM = """
resnet50 resnet50d resnetv2_50 resnext50_32x4d seresnet50 ecaresnet50d resnest50d res2net50_26w_4s res2next50
wide_resnet50_2 skresnet34 cspresnet50 cspdarknet53 darknet53 resnet26t
efficientnet_b0 efficientnetv2_rw_s tf_efficientnet_b0 tf_efficientnetv2_s efficientnet_lite0 mixnet_s mnasnet_100
fbnetc_100 spnasnet_100 mobilenetv2_100 mobilenetv3_large_100 tf_mobilenetv3_small_100 mobilenetv4_conv_small
lcnet_050 ghostnet_100 ghostnetv2_100 hardcorenas_a semnasnet_075 tinynet_a rexnet_100
vit_base_patch16_224 vit_tiny_patch16_224 deit_tiny_patch16_224 deit3_small_patch16_224 beit_base_patch16_224
beitv2_base_patch16_224 eva02_tiny_patch14_224 cait_xxs24_224 crossvit_9_240 convit_tiny xcit_nano_12_p16_224
levit_128s mvitv2_tiny pit_ti_224 pvt_v2_b0 twins_pcpvt_small coat_tiny coat_lite_tiny coatnet_nano_rw_224
maxvit_tiny_tf_224 swin_tiny_patch4_window7_224 swinv2_tiny_window8_256 swinv2_cr_tiny_ns_224 visformer_tiny
convnext_tiny convnextv2_atto convmixer_768_32 mixer_b16_224 resmlp_12_224 gmlp_s16_224 poolformer_s12
caformer_s18 inception_next_tiny edgenext_xx_small mobilevit_xxs mobilevitv2_050 fastvit_t8 repvit_m0_9 repvgg_a0
efficientformer_l1 efficientvit_b0 focalnet_tiny_srf davit_tiny hiera_tiny_224 sequencer2d_s tnt_s_patch16_224
regnetx_002 regnety_002 densenet121 dla34 dpn68 vgg11 vgg16_bn hrnet_w18 vovnet39a ese_vovnet19b_dw selecsls42
nfnet_l0 dm_nfnet_f0 eca_nfnet_l0 tresnet_m inception_v3 inception_v4 inception_resnet_v2 xception41 xception65
legacy_xception nasnetalarge pnasnet5large hgnet_tiny starnet_s1 tiny_vit_5m_224 volo_d1_224 nest_tiny
lambda_resnet26t halonet26t botnet26t_256 nextvit_small
"""
TIMM = _TIMM.split()

QUICK = ("torchvision:resnet18", "torchvision:vit_b_16", "torchvision:r3d_18", "timm:efficientnet_b0")
SIZES: dict[str, tuple[int, ...]] = {  # the published ones, which would take longer, are not used
    "inception_v3": (3, 299, 299),
    "s3d": (3, 16, 224, 224),
    "mvit_v1_b": (3, 16, 224, 224),
    "mvit_v2_s": (3, 16, 224, 224),
}


@dataclass(frozen=True)
class Peer:
    """A network of somebody else's, and one input that it takes."""

    name: str
    make: Callable[[], nn.Module]
    shape: tuple[int, ...]


def peers() -> Iterator[Peer]:
    """Every classification, segmentation and video model of torchvision, detection backbones, and many of timm's."""
    models = torchvision.models
    for module in (models, models.segmentation, models.video):
        usual = (3, 16, 112, 112) if module is models.video else (3, 224, 224)
        for name in models.list_models(module=module):
            yield Peer(f"torchvision:{name}", partial(_made, f"torchvision:{name}"), SIZES.get(name, usual))
    for name in ("resnet50", "mobilenet_v3_large"):
        yield Peer(f"torchvision:{name} backbone", partial(_backbone, name), (3, 224, 224))
    for name in TIMM:
        config = timm.models.get_pretrained_cfg(name)
        yield Peer(f"timm:{name}", partial(_made, f"timm:{name}"), config.input_size if config else (3, 224, 224))


def _made(source: str) -> nn.Module:
    return brought_module(source).module.eval()


def _backbone(name: str) -> nn.Module:
    parts = torchvision.models.detection.backbone_utils
    with torch.device("meta"):
        if "mobile" in name:
            return nn.Sequential(parts.mobilenet_backbone(backbone_name=name, weights=None, fpn=True)).eval()
        return nn.Sequential(parts.resnet_fpn_backbone(backbone_name=name, weights=None)).eval()


def counted_by_torch(model: nn.Module, shape: tuple[int, ...]) -> int:
    """The FLOPs of ``model`` by torch's own counter, without its weights."""
    model = model.to("meta").requires_grad_(False)  # else the counter fails where a parameter is an input of a module
    with torch.no_grad(), torch.device("meta"), FlopCounterMode(display=False) as counter:
        model(torch.empty(1, *shape))
    return int(counter.get_total_flops())


def measured(peer: Peer) -> Row:
    model = peer.make()
    start = time.perf_counter()
    try:
        ours = analyze_module(model, peer.shape)
    except ValueError as problem:
        macs, difference, words = "refused", "", str(problem)
    else:
        macs, words = f"{ours.macs:,}", ours.traced_with
        difference = f"{ours.flops - counted_by_torch(model, peer.shape):,}"
    seconds = time.perf_counter() - start
    return {"network": peer.name, "MACs": macs, "difference": difference, "s": seconds, "traced with": words}


def run(quick: bool = False) -> dict[str, list[Row]]:
    """Every measurement, as rows by title."""
    rows = []
    for peer in peers():
        if not quick or peer.name in QUICK:
            rows.append(measured(peer))
            gc.collect()
    refused = sum(row["MACs"] == "refused" for row in rows)
    return {f"{len(rows)} networks of others beside torch.utils.flop_counter, {refused} refused": rows}
