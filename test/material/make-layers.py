"""Writes layers.json: values and gradients that PyTorch computes for cnn-lang's layers.

    python3 test/material/make-layers.py

The file in the repository was made with torch 1.13 and torchvision, on the CPU in float64.
Inputs have four decimals; results are written in full, so that they can be compared to 1e-9.
Gradients are those of sum(outputs * output_gradients).
"""

import torch
import torch.nn.functional as F
from torchvision.transforms.functional import normalize

from cases import activation, case, draw, write


def hard_sigmoid(x):
    """F.hardsigmoid, whose gradient has 1/6 in float32 in torch."""
    y = F.relu6(x + 3) / 6
    assert torch.allclose(y, F.hardsigmoid(x), rtol=0, atol=1e-15)
    return y


activation("relu", F.relu)
activation("relu6", F.relu6)
activation("leaky_relu", F.leaky_relu)
activation("leaky_relu", lambda x: F.leaky_relu(x, 0.2), {"negative_slope": 0.2})
activation("elu", F.elu)
activation("elu", lambda x: F.elu(x, 0.7), {"alpha": 0.7})
activation("selu", F.selu)
activation("celu", F.celu)
# torch rounds alpha to float32 in celu's gradient, so it is a number that stays the same.
activation("celu", lambda x: F.celu(x, 1.75), {"alpha": 1.75})
activation("gelu", F.gelu)
activation("gelu", lambda x: F.gelu(x, approximate="tanh"), {"approximate": "tanh"})
activation("silu", F.silu)
activation("mish", F.mish)
activation("sigmoid", torch.sigmoid)
activation("tanh", torch.tanh)
activation("softplus", F.softplus)
activation("softplus", lambda x: F.softplus(x, 2.5, 10), {"beta": 2.5, "threshold": 10})
activation("softsign", F.softsign)
activation("hard_sigmoid", hard_sigmoid)
# Without the bends, where torch's vectorised and scalar kernels differ.
case("hard_swish", F.hardswish, [torch.cat([draw(30, scale=3.0), draw(6, scale=9.0)]).reshape(1, 4, 3, 3)])
activation("clip", lambda x: torch.clamp(x, -1, 3), {"min": -1, "max": 3})
activation("clip", lambda x: torch.clamp(x, min=0.5), {"min": 0.5})
activation("clip", lambda x: torch.clamp(x, max=-0.5), {"max": -0.5})
activation("identity", torch.nn.Identity())
activation("dropout", torch.nn.Dropout(0.3).eval(), {"p": 0.3})
activation("add_scalar", lambda x: x + 1.5, {"scalar": 1.5})
activation("sub_scalar", lambda x: x - 1.5, {"scalar": 1.5})
activation("rsub_scalar", lambda x: 1.5 - x, {"scalar": 1.5})
activation("mul_scalar", lambda x: x * -0.7, {"scalar": -0.7})
activation("div_scalar", lambda x: x / 3, {"scalar": 3})
case("rdiv_scalar", lambda x: 2 / x, [draw(2, 5)], {"scalar": 2})

case("prelu", lambda x, weight: F.prelu(x, weight), [draw(2, 3, 2, 2)], {}, {"weight": draw(1)})
case(
    "prelu",
    lambda x, weight: F.prelu(x, weight),
    [draw(2, 3, 2, 2)],
    {"num_parameters": 3},
    {"weight": draw(3)},
)
case(
    "prelu",
    lambda x, weight: F.prelu(x, weight),
    [draw(2, 5)],
    {"num_parameters": 5},
    {"weight": draw(5)},
)

for kind, function in (("softmax", F.softmax), ("log_softmax", F.log_softmax)):
    case(kind, lambda x: function(x, 1), [draw(2, 5)])
    case(kind, lambda x: function(x, 1), [draw(2, 3, 2, 4)])
    case(kind, lambda x: function(x, -1), [draw(2, 3, 2, 4)], {"axis": -1})
    case(kind, lambda x: function(x, 2), [draw(2, 3, 4, 2)], {"axis": "height"})
    # Scores whose exponentials overflow.
    case(kind, lambda x: function(x, 1), [draw(2, 4, scale=900.0)])

OPERATORS = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}
for kind, function in OPERATORS.items():
    case(kind, function, [draw(2, 3, 2, 3), draw(2, 3, 2, 3)])
    case(kind, function, [draw(2, 3, 2, 3), draw(2, 3, 1, 1)])
    case(kind, function, [draw(1, 1, 2, 3), draw(2, 3, 2, 1)])
    case(kind, function, [draw(3, 1, 2), draw(2, 3, 4, 1)])
    case(kind, function, [draw(2, 5), draw(5)])

case("concat", lambda a, b: torch.cat([a, b], 1), [draw(2, 3, 2, 2), draw(2, 1, 2, 2)])
case("concat", lambda *x: torch.cat(x, 1), [draw(2, 3), draw(2, 4), draw(2, 1)])
case(
    "concat",
    lambda a, b: torch.cat([a, b], 2),
    [draw(2, 2, 3, 2), draw(2, 2, 1, 2)],
    {"axis": "height"},
)
case("concat", lambda a, b: torch.cat([a, b], -1), [draw(1, 2, 2, 3), draw(1, 2, 2, 1)], {"axis": -1})
case("concat", lambda a, b: torch.cat([a, b], 0), [draw(1, 2, 2, 2), draw(2, 2, 2, 2)], {"axis": 0})

case("split", lambda x: torch.tensor_split(x, 2, 1), [draw(2, 4, 2, 2)], {"sections": 2})
case("split", lambda x: torch.split(x, [1, 2, 3], 1), [draw(2, 6, 2, 2)], {"sections": [1, 2, 3]})
case(
    "split",
    lambda x: torch.tensor_split(x, 3, 3),
    [draw(1, 2, 2, 6)],
    {"sections": 3, "axis": "width"},
)

case("slice", lambda x: x[:, 1:3], [draw(2, 4, 2, 2)], {"axis": 1, "start": 1, "end": 3})
case("slice", lambda x: x[:, :, 1:-1], [draw(1, 2, 5, 3)], {"axis": "height", "start": 1, "end": -1})
case("slice", lambda x: x[..., -4::2], [draw(1, 2, 2, 7)], {"axis": -1, "start": -4, "step": 2})
case("slice", lambda x: x[..., 1:6:3], [draw(1, 2, 2, 7)], {"axis": 3, "start": 1, "end": 6, "step": 3})

case("flatten", lambda x: torch.flatten(x, 1), [draw(2, 3, 2, 2)])
case("flatten", lambda x: torch.flatten(x, 2), [draw(2, 3, 2, 2)], {"start_axis": 2})
case("flatten", lambda x: torch.flatten(x, 0, 1), [draw(2, 3, 2)], {"start_axis": 0, "end_axis": 1})
case("reshape", lambda x: x.reshape(2, 6, 2, 1), [draw(2, 3, 2, 2)], {"shape": [2, 6, 2, 1]})
case("reshape", lambda x: x.reshape(2, 4, -1), [draw(2, 3, 2, 4)], {"shape": [2, 4, -1]})
case("permute", lambda x: x.permute(0, 3, 1, 2), [draw(2, 3, 4, 2)], {"order": [0, 3, 1, 2]})
case(
    "permute",
    lambda x: x.permute(0, 2, 3, 1),
    [draw(2, 3, 4, 2)],
    {"order": ["batch", "height", "width", "channel"]},
)
case("permute", lambda x: x.permute(2, 0, 1), [draw(2, 3, 4)], {"order": [-1, 0, 1]})

# F.pad takes (left, right, top, bottom).
case("pad", lambda x: F.pad(x, (1, 1, 1, 1)), [draw(2, 2, 2, 3)], {"padding": 1})
case(
    "pad",
    lambda x: F.pad(x, (2, 2, 1, 1), value=-1.5),
    [draw(1, 2, 2, 3)],
    {"padding": [1, 2], "value": -1.5},
)
case(
    "pad",
    lambda x: F.pad(x, (1, 3, 2, 0), mode="reflect"),
    [draw(1, 2, 3, 4)],
    {"padding": [2, 1, 0, 3], "mode": "reflect"},
)
case(
    "pad",
    lambda x: F.pad(x, (1, 3, 2, 0), mode="replicate"),
    [draw(1, 2, 2, 3)],
    {"padding": [2, 1, 0, 3], "mode": "edge"},
)


def upsample(shape, attributes, **options):
    case("upsample", lambda x: F.interpolate(x, **options), [draw(*shape)], attributes)


upsample((1, 2, 2, 3), {"scale": 2}, scale_factor=2)
upsample((1, 1, 3, 4), {"scale": [3, 1.5]}, scale_factor=(3, 1.5))
upsample((1, 1, 6, 5), {"scale": 0.5}, scale_factor=0.5)
upsample((1, 2, 3, 4), {"size": [5, 7]}, size=(5, 7))
upsample((1, 2, 5, 7), {"size": [3, 4]}, size=(3, 4))
upsample((1, 2, 3, 4), {"scale": 2, "mode": "bilinear"}, scale_factor=2, mode="bilinear")
upsample((1, 2, 2, 3), {"scale": 3, "mode": "bilinear"}, scale_factor=3, mode="bilinear")
upsample(
    (1, 1, 3, 5),
    {"scale": [1.5, 2.5], "mode": "bilinear"},
    scale_factor=(1.5, 2.5),
    mode="bilinear",
)
# 5 · 1.3 = 6.5 becomes 6: the step between pixels is 1 / 1.3, not 5 / 6.
upsample((1, 1, 5, 5), {"scale": 1.3, "mode": "bilinear"}, scale_factor=1.3, mode="bilinear")
upsample((1, 1, 6, 6), {"scale": 0.5, "mode": "bilinear"}, scale_factor=0.5, mode="bilinear")
upsample((1, 2, 3, 4), {"size": [5, 7], "mode": "bilinear"}, size=(5, 7), mode="bilinear")
upsample((1, 2, 6, 7), {"size": [4, 3], "mode": "bilinear"}, size=(4, 3), mode="bilinear")
upsample(
    (1, 2, 3, 4),
    {"scale": 2, "mode": "bilinear", "align_corners": True},
    scale_factor=2,
    mode="bilinear",
    align_corners=True,
)
upsample(
    (1, 2, 3, 4),
    {"size": [7, 1], "mode": "bilinear", "align_corners": True},
    size=(7, 1),
    mode="bilinear",
    align_corners=True,
)
upsample(
    (1, 2, 1, 4),
    {"size": [3, 4], "mode": "bilinear", "align_corners": True},
    size=(3, 4),
    mode="bilinear",
    align_corners=True,
)

case("pixel_shuffle", lambda x: F.pixel_shuffle(x, 2), [draw(2, 8, 2, 3)], {"factor": 2})
case("pixel_shuffle", lambda x: F.pixel_shuffle(x, 3), [draw(1, 9, 1, 2)], {"factor": 3})


def shuffled(x, groups):
    """ShuffleNet's definition; torch 1.13's own has no gradient."""
    n, c, h, w = x.shape
    y = x.reshape(n, groups, c // groups, h, w).transpose(1, 2).reshape(n, c, h, w)
    assert torch.equal(y, F.channel_shuffle(x.detach(), groups))
    return y


case("channel_shuffle", lambda x: shuffled(x, 2), [draw(2, 6, 1, 2)], {"groups": 2})
case("channel_shuffle", lambda x: shuffled(x, 3), [draw(1, 6, 2, 1)], {"groups": 3})

case("mean", lambda x: x.mean((2, 3)), [draw(2, 3, 2, 4)])
case("mean", lambda x: x.mean((2, 3), keepdim=True), [draw(2, 3, 2, 4)], {"keepdim": True})
case("mean", lambda x: x.mean(1, keepdim=True), [draw(2, 3, 2, 2)], {"axes": "channel", "keepdim": True})
case("mean", lambda x: x.mean((-1, 1)), [draw(2, 3, 2, 2)], {"axes": [-1, 1]})

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
case("normalize", lambda x: normalize(x, MEAN, STD), [draw(2, 3, 2, 2)], {"mean": MEAN, "std": STD})
case(
    "normalize",
    lambda x: normalize(x, [0.1307], [0.3081]),
    [draw(2, 1, 2, 2)],
    {"mean": 0.1307, "std": 0.3081},
)
case("normalize", lambda x: (x - 0.5) / 0.25, [draw(2, 3, 2, 2)], {"mean": 0.5, "std": 0.25})

write("layers.json", __file__)
