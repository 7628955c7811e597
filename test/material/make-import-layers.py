"""Writes import-layers.json: as layers.json, for the layers that other people's networks need.

    python3 test/material/make-import-layers.py

The file in the repository was made with torch 1.13, on the CPU in float64.
"""

import torch
import torch.nn.functional as F

from cases import activation, case, draw, mask, write


def within(low, high):
    return (low + torch.rand(2, 3, 2, 2, dtype=torch.float64) * (high - low)).mul(1e4).round() / 1e4


# Functions of one element

for name in ("abs", "asinh", "atan", "ceil", "cos", "cosh", "erf", "exp", "floor", "round", "sign", "sin", "sinh",
             "square", "tan"):
    case(name, getattr(torch, name), [draw(2, 3, 2, 2)])
# Halves, to the even number.
case("round", torch.round, [torch.tensor([[0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999]], dtype=torch.float64)])
for name in ("acos", "asin", "atanh"):
    case(name, getattr(torch, name), [within(-0.99, 0.99)])
for name in ("log", "reciprocal", "rsqrt", "sqrt"):
    case(name, getattr(torch, name), [within(0.01, 20)])
case("acosh", torch.acosh, [within(1.01, 20)])

# Activations

activation("log_sigmoid", F.logsigmoid)
activation("tanh_shrink", F.tanhshrink)
activation("hard_shrink", F.hardshrink)
activation("hard_shrink", lambda x: F.hardshrink(x, 1.25), {"lambd": 1.25})
activation("soft_shrink", F.softshrink)
activation("soft_shrink", lambda x: F.softshrink(x, 1.25), {"lambd": 1.25})
activation("threshold", lambda x: F.threshold(x, 0.5, 0), {"threshold": 0.5, "value": 0})
activation("threshold", lambda x: F.threshold(x, -1, 2.5), {"threshold": -1, "value": 2.5})
case(
    "hard_sigmoid",
    lambda x: torch.clamp(0.2 * x + 0.4, 0, 1),
    [draw(2, 3, 2, 2)],
    {"alpha": 0.2, "beta": 0.4},
)

# Two tensors, and a tensor and a number

for name in ("maximum", "minimum"):
    case(name, getattr(torch, name), [draw(2, 3, 2, 3), draw(2, 3, 1, 1)])
    case(name, getattr(torch, name), [draw(3, 1, 2), draw(2, 3, 4, 1)])
    # Equal elements share the gradient.
    case(name, getattr(torch, name), [draw(2, 5).round(), draw(2, 5).round()])
    case(name + "_scalar", lambda x: getattr(torch, name)(x, torch.tensor(0.3, dtype=torch.float64)), [draw(2, 5)], {"scalar": 0.3})
case("pow", torch.pow, [within(0.1, 3), within(-2, 3)])
case("pow", torch.pow, [within(0.1, 3), draw(3, 1, 1)])
for exponent in (0, 0.5, 1, 1.7, 2, 3, -1, -0.4, 5, 17):
    case("pow_scalar", lambda x: x**exponent, [within(0.2, 2)], {"scalar": exponent})
for exponent in (2, 3, -1, 17, -4):
    case("pow_scalar", lambda x: x**exponent, [draw(2, 5, scale=1.0)], {"scalar": exponent})
case("rpow_scalar", lambda x: 1.7**x, [draw(2, 5)], {"scalar": 1.7})
for name in ("gt", "ge", "lt", "le", "eq", "ne"):
    function = getattr(torch, name)
    mask(name, function, [draw(2, 7).round(), draw(2, 7).round()])
    mask(name, function, [draw(2, 3, 2, 2).round(), draw(3, 1, 1).round()])
    mask(name + "_scalar", lambda x: function(x, 1), [draw(3, 7).round()], {"scalar": 1})
condition = (draw(2, 3, 2, 2) > 0).double()
case(
    "select",
    lambda c, a, b: torch.where(c != 0, a, b) + 0 * c,
    [condition, draw(2, 3, 2, 2), draw(2, 3, 1, 1)],
)
case("select", lambda c, a, b: torch.where(c != 0, a, b) + 0 * c, [draw(1, 4).round(), draw(3, 4), draw(1)])

# A learned tensor

case("parameter", lambda value: value, [], {"shape": [3, 1, 2]}, {"value": draw(3, 1, 2)})

# Reductions

REDUCTIONS = {"sum": torch.sum, "amax": torch.amax, "amin": torch.amin, "logsumexp": torch.logsumexp}
for kind, function in REDUCTIONS.items():
    case(kind, lambda x: function(x, (2, 3)), [draw(2, 3, 2, 4)])
    case(kind, lambda x: function(x, 1, keepdim=True), [draw(2, 3, 2, 2)], {"axes": "channel", "keepdim": True})
    case(kind, lambda x: function(x, (-1, 1)), [draw(2, 3, 4)], {"axes": [-1, 1]})
# Equal elements share the gradient.
case("amax", lambda x: torch.amax(x, 1), [draw(3, 9, scale=1.0).round()], {"axes": 1})
case("amin", lambda x: torch.amin(x, 1), [draw(3, 9, scale=1.0).round()], {"axes": 1})
# Exponentials that overflow.
case("logsumexp", lambda x: torch.logsumexp(x, 1), [draw(2, 5, scale=900.0)], {"axes": 1})
case("prod", lambda x: x.prod(1), [draw(2, 5)], {"axes": 1})
case("prod", lambda x: x.flatten(2).prod(2), [draw(2, 3, 2, 2)])
# With one zero and with two.
zeros = torch.tensor([[1.5, 0, -2, 3], [0, 2, 0, 1], [1, 2, 3, 4]], dtype=torch.float64)
case("prod", lambda x: x.prod(1, keepdim=True), [zeros], {"axes": 1, "keepdim": True})
for p in (1, 2, 3, 1.5):
    case("norm", lambda x: torch.linalg.vector_norm(x, p, (2, 3)), [draw(2, 3, 2, 2)], {"p": p})
case("norm", lambda x: torch.linalg.vector_norm(x, 2, 1, keepdim=True), [zeros * torch.tensor([[1.0], [0], [1]]).double()],
     {"axes": 1, "keepdim": True})

# Matrices

case("matmul", torch.matmul, [draw(3, 5), draw(5, 2)])
case("matmul", torch.matmul, [draw(2, 3, 4, 3), draw(2, 3, 3, 2)])
case("matmul", torch.matmul, [draw(2, 1, 2, 3), draw(3, 3, 5)])
case("matmul", torch.matmul, [draw(2, 3), draw(2, 2, 3, 2)])

# Shapes

case("squeeze", lambda x: x.squeeze(3).squeeze(2), [draw(2, 3, 1, 1)], {"axes": ["height", "width"]})
case("unsqueeze", lambda x: x.unsqueeze(1).unsqueeze(-1), [draw(2, 3)], {"axes": [1, -1]})
case("expand", lambda x: x.expand(-1, -1, 2, 3), [draw(2, 3, 1, 1)], {"shape": [-1, -1, 2, 3]})
case("expand", lambda x: x.expand(2, 3, 4, -1), [draw(3, 1, 2)], {"shape": [2, 3, 4, -1]})
case("flip", lambda x: x.flip(2, 3), [draw(1, 2, 3, 4)], {"axes": ["height", "width"]})
case("tile", lambda x: x.tile(2, 1, 3, 2), [draw(1, 2, 2, 3)], {"repeats": [2, 1, 3, 2]})
case("index_select", lambda x: x.index_select(1, torch.tensor([2, 0, 0])), [draw(2, 3, 2, 2)],
     {"axis": "channel", "indices": [2, 0, -3]})
case("pixel_unshuffle", lambda x: F.pixel_unshuffle(x, 2), [draw(2, 3, 4, 6)], {"factor": 2})
case("pixel_unshuffle", lambda x: F.pixel_unshuffle(x, 3), [draw(1, 2, 3, 6)], {"factor": 3})


def space_to_depth(x, factor):
    """ONNX's definition, with the channels fastest."""
    n, c, h, w = x.shape
    y = x.reshape(n, c, h // factor, factor, w // factor, factor).permute(0, 3, 5, 1, 2, 4)
    return y.reshape(n, c * factor * factor, h // factor, w // factor)


def depth_to_space(x, factor):
    n, c, h, w = x.shape
    y = x.reshape(n, factor, factor, c // factor**2, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(n, c // factor**2, h * factor, w * factor)


case("pixel_unshuffle", lambda x: space_to_depth(x, 2), [draw(2, 3, 4, 6)], {"factor": 2, "mode": "dcr"})
case("pixel_shuffle", lambda x: depth_to_space(x, 2), [draw(2, 12, 2, 3)], {"factor": 2, "mode": "dcr"})

# Resampling


def upsample(shape, attributes, **options):
    case("upsample", lambda x: F.interpolate(x, **options), [draw(*shape)], attributes)


upsample((1, 2, 3, 4), {"scale": 2, "mode": "bicubic"}, scale_factor=2, mode="bicubic")
upsample((1, 2, 5, 6), {"size": [3, 8], "mode": "bicubic"}, size=(3, 8), mode="bicubic")
upsample((1, 1, 5, 5), {"scale": 1.3, "mode": "bicubic"}, scale_factor=1.3, mode="bicubic")
upsample(
    (1, 2, 3, 4),
    {"size": [7, 5], "mode": "bicubic", "align_corners": True},
    size=(7, 5),
    mode="bicubic",
    align_corners=True,
)
nearest = {"coordinates": "half_pixel", "rounding": "round_prefer_ceil"}
upsample((1, 2, 5, 4), {"size": [3, 7], **nearest}, size=(3, 7), mode="nearest-exact")
upsample((1, 2, 3, 4), {"scale": 2, **nearest}, scale_factor=2, mode="nearest-exact")
smooth = {"mode": "bilinear", "antialias": True}
upsample((1, 2, 7, 8), {"size": [3, 5], **smooth}, size=(3, 5), mode="bilinear", antialias=True)
upsample((1, 1, 4, 9), {"size": [6, 2], **smooth}, size=(6, 2), mode="bilinear", antialias=True)
# PyTorch smooths with another cubic than it interpolates with.
upsample(
    (1, 2, 9, 8),
    {"size": [4, 5], "mode": "bicubic", "antialias": True, "cubic_coeff": -0.5},
    size=(4, 5),
    mode="bicubic",
    antialias=True,
)

# Padding; F.pad takes (left, right, top, bottom, front, behind).

case("pad", lambda x: F.pad(x, (2, -2, -1, 1), value=3), [draw(1, 2, 4, 5)], {"padding": [-1, 2, 1, -2], "value": 3})
case("pad", lambda x: F.pad(x, (0, 0, 0, 0, 2, 1)), [draw(1, 3, 2, 3)], {"padding": 0, "channels": [2, 1]})
case(
    "pad",
    lambda x: F.pad(x, (2, 0, 1, 2), mode="circular"),
    [draw(1, 2, 3, 4)],
    {"padding": [1, 2, 2, 0], "mode": "circular"},
)

write("import-layers.json", __file__)
