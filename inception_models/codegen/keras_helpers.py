"""The small functions that generated Keras code may need, as code. Those that it names are written into it."""

from __future__ import annotations

from collections.abc import Mapping

OVERHANG = '''def overhang(side: int, size: int, stride: int, pad: int) -> int:
    """Rows after the padding that a last window needs where PyTorch rounds up."""
    windows = -(-(side + 2 * pad - size) // stride) + 1
    if (windows - 1) * stride >= side + pad:
        windows -= 1
    return max((windows - 1) * stride + size - side - 2 * pad, 0)
'''

MAX_POOL = '''def max_pool(x, size: int, stride: int, pad: int = 0, ceil: bool = False):
    """PyTorch's MaxPool2d: padding is minus infinity; ``ceil``: it rounds up."""
    over = [overhang(side, size, stride, pad) if ceil else 0 for side in x.shape[1:3]]
    rows, columns = ((pad, pad + after) for after in over)
    x = ops.pad(x, ((0, 0), rows, columns, (0, 0)), constant_values=-float("inf"))
    return layers.MaxPooling2D(size, stride)(x)
'''

AVERAGE_POOL = '''def average_pool(
    x,
    size: int,
    stride: int,
    pad: int = 0,
    ceil: bool = False,
    include_pad: bool = True,
):
    """PyTorch's AvgPool2d; ``include_pad``: padding counts as values, what is beyond never."""
    over = [overhang(side, size, stride, pad) if ceil else 0 for side in x.shape[1:3]]
    rows, columns = ((pad, pad + after) for after in over)
    inner = [side + 2 * pad if include_pad else side for side in x.shape[1:3]]
    rest = [(pad, pad + after) if not include_pad else (0, after) for after in over]
    counted = ops.pad(ops.ones((1, *inner, 1)), ((0, 0), *rest, (0, 0)))
    x = ops.pad(x, ((0, 0), rows, columns, (0, 0)))
    share = ops.average_pool(counted, size, stride)  # of a window that counts
    return layers.AveragePooling2D(size, stride)(x) / share
'''

RESPONSE_NORM = '''class LocalResponseNormalization(layers.Layer):
    """Each value divided by a sum of squares over ``size`` neighbouring channels."""

    def __init__(self, size: int, alpha: float, beta: float, k: float) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def call(self, x):
        channels = x.shape[-1]
        around = (self.size // 2, (self.size - 1) // 2)
        squares = ops.pad(x * x, ((0, 0), (0, 0), (0, 0), around))
        total = sum(squares[..., i : i + channels] for i in range(self.size))
        return x / (self.k + self.alpha / self.size * total) ** self.beta
'''

CHANNEL_SCALE = '''class ChannelScale(layers.Layer):
    """Each channel times a trained factor."""

    def __init__(self, init: float, name: str) -> None:
        super().__init__(name=name)
        self.init = init

    def build(self, shape) -> None:
        start = keras.initializers.Constant(self.init)
        self.factor = self.add_weight(shape=shape[-1:], initializer=start)

    def call(self, x):
        return x * self.factor
'''

SPLIT_DEPTHWISE = '''def split_depthwise(x, square: int, band: int, share: float, *, name: str):
    """Most channels pass on; ``share`` of them each get a square, a wide or a tall filter."""
    each = max(int(x.shape[-1] * share), 1)
    start = x.shape[-1] - 3 * each
    outputs = [x[..., :start]]
    for side, window in (("square", square), ("wide", (1, band)), ("tall", (band, 1))):
        group = x[..., start : start + each]
        conv = layers.DepthwiseConv2D(window, padding="same", name=f"{name}-{side}")
        outputs.append(conv(group))
        start += each
    return layers.Concatenate()(outputs)
'''

CONVERTER = '''def load_torch_weights(model: keras.Model, state_dict) -> None:
    """Copy the weights of the same network in PyTorch, where names have full stops."""
    flatten = [layer for layer in model.layers if isinstance(layer, layers.Flatten)]
    grids = {layer.name: layer.input.shape[1:] for layer in flatten}
    for layer in model.layers:
        if layer.weights:
            start = layer.name.replace("-", ".") + "."
            state = {
                name.removeprefix(start): ops.convert_to_numpy(tensor)
                for name, tensor in state_dict.items()
                if name.startswith(start)
            }
            flattened = grids.get(layer.name.removesuffix("linear") + "flatten", ())
            layer.set_weights(list(converted(layer, state, flattened)))
'''

CONVERTED = '''def converted(layer, state, flattened):
    """The weights of a layer, from those in PyTorch; ``flattened``: the grid before it."""
    match layer:
        case layers.SeparableConv2D():
            weight = state["depthwise.weight"]
            weight = weight.reshape(-1, layer.depth_multiplier, *weight.shape[2:])
            yield weight.transpose(2, 3, 0, 1)
            yield state["pointwise.weight"].transpose(2, 3, 1, 0)
        case layers.Conv2D():
            yield state["weight"].transpose(2, 3, 1, 0)
        case layers.DepthwiseConv2D():
            weight = state["weight"]
            weight = weight.reshape(-1, layer.depth_multiplier, *weight.shape[2:])
            yield weight.transpose(2, 3, 0, 1)
        case layers.Dense() if len(flattened) == 3:  # PyTorch has channels first
            height, width, channels = flattened
            weight = state["weight"].reshape(-1, channels, height, width)
            yield weight.transpose(2, 3, 1, 0).reshape(-1, len(weight))
        case layers.Dense():
            yield state["weight"].T
        case layers.BatchNormalization():
            yield from [state["weight"]] if layer.scale else []
            yield from (state[name] for name in ("bias", "running_mean", "running_var"))
        case _:  # a trained scale, with or without an offset
            yield from (state[name] for name in ("weight", "bias") if name in state)
    if getattr(layer, "use_bias", False):
        yield state["bias" if "bias" in state else "pointwise.bias"]
'''

HELPERS: Mapping[str, str] = {
    "overhang": OVERHANG,
    "max_pool": MAX_POOL,
    "average_pool": AVERAGE_POOL,
    "LocalResponseNormalization": RESPONSE_NORM,
    "ChannelScale": CHANNEL_SCALE,
    "split_depthwise": SPLIT_DEPTHWISE,
}
"""By the name that the code uses, each after those that it needs itself."""

NEEDS: Mapping[str, tuple[str, ...]] = {"max_pool": ("overhang",), "average_pool": ("overhang",)}
TAKEN = frozenset({*HELPERS, "converted", "load_torch_weights", "WIDTHS", "keras", "layers", "ops"})
"""Names of the module that no function of a network may have."""
