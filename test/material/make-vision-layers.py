"""Makes vision-layers.json: what torch answers for convolutions, pools and normalisations
that gradients.json does not cover. Made with torch 1.13.1 in float64.

    python3 test/material/make-vision-layers.py > test/material/vision-layers.json
"""

import json

import torch
import torch.nn.functional as F

torch.manual_seed(20)
cases = []


def data(*shape, scale=1.0):
    """Random values with three decimals, so that the JSON holds them exactly."""
    return (torch.randn(*shape, dtype=torch.float64) * scale).mul(1000).round().div(1000)


def plain(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def case(id, kind, arguments, torch_text, function, inputs, weights=None, buffers=None, mode="inference"):
    """`function(*inputs, **weights, **buffers)`; buffers are changed in place."""
    weights, buffers = weights or {}, buffers or {}
    before = {name: plain(value) for name, value in {**weights, **buffers}.items()}
    leaves = [*inputs, *weights.values()]
    for leaf in leaves:
        leaf.requires_grad_(True)
    output = function(*inputs, **weights, **buffers)
    upstream = data(*output.shape)
    gradients = torch.autograd.grad(output, leaves, upstream)
    cases.append({
        "id": id,
        "torch": torch_text,
        "kind": kind,
        "arguments": arguments,
        "mode": mode,
        "inputs": [plain(x) for x in inputs],
        "weights": before,
        "output": plain(output),
        "outputGradient": plain(upstream),
        "inputGradients": [plain(g) for g in gradients[: len(inputs)]],
        "weightGradients": {n: plain(g) for n, g in zip(weights, gradients[len(inputs):])},
        "buffers": {n: plain(b) for n, b in buffers.items()} if mode == "training" else {},
    })


# Convolutions

case("conv-asymmetric", "conv", {"out": 3, "kernel": [2, 3], "padding": [2, 0, 1, 3]},
     "conv2d(pad(x, (0, 3, 2, 1)), weight, bias)",
     lambda x, weight, bias: F.conv2d(F.pad(x, (0, 3, 2, 1)), weight, bias),
     [data(2, 2, 4, 3)], {"weight": data(3, 2, 2, 3), "bias": data(3)})
case("conv-same-even", "conv", {"out": 2, "kernel": [4, 2], "padding": "same", "dilation": [1, 3], "bias": False},
     "conv2d(x, weight, padding='same', dilation=(1, 3))",
     lambda x, weight: F.conv2d(x, weight, padding="same", dilation=(1, 3)),
     [data(1, 2, 5, 6)], {"weight": data(2, 2, 4, 2)})
case("conv-groups", "conv", {"out": 6, "kernel": 3, "groups": 2, "padding": "valid"},
     "conv2d(x, weight, bias, groups=2)",
     lambda x, weight, bias: F.conv2d(x, weight, bias, groups=2),
     [data(2, 4, 4, 5)], {"weight": data(6, 2, 3, 3), "bias": data(6)})
case("depthwise", "depthwise", {"kernel": 3, "stride": 2, "padding": 1},
     "conv2d(x, weight, bias, stride=2, padding=1, groups=3)",
     lambda x, weight, bias: F.conv2d(x, weight, bias, stride=2, padding=1, groups=3),
     [data(2, 3, 5, 4)], {"weight": data(3, 1, 3, 3), "bias": data(3)})
case("depthwise-multiplier", "depthwise",
     {"kernel": [1, 3], "multiplier": 2, "dilation": [1, 2], "bias": False},
     "conv2d(x, weight, dilation=(1, 2), groups=2)",
     lambda x, weight: F.conv2d(x, weight, dilation=(1, 2), groups=2),
     [data(1, 2, 2, 6)], {"weight": data(4, 1, 1, 3)})
case("conv-transpose-dilation", "conv_transpose",
     {"out": 4, "kernel": [2, 3], "stride": [2, 3], "padding": [1, 2], "output_padding": [1, 0],
      "groups": 2, "dilation": [3, 2]},
     "conv_transpose2d(x, weight, bias, (2, 3), (1, 2), (1, 0), 2, (3, 2))",
     lambda x, weight, bias: F.conv_transpose2d(x, weight, bias, (2, 3), (1, 2), (1, 0), 2, (3, 2)),
     [data(2, 2, 3, 3)], {"weight": data(2, 2, 2, 3), "bias": data(4)})
case("conv-transpose-asymmetric", "conv_transpose",
     {"out": 2, "kernel": 3, "stride": 2, "padding": [1, 0, 2, 1], "bias": False},
     "conv_transpose2d(x, weight, stride=2)[:, :, 1:-2, 0:-1]",
     lambda x, weight: F.conv_transpose2d(x, weight, stride=2)[:, :, 1:-2, 0:-1],
     [data(1, 2, 3, 2)], {"weight": data(2, 2, 3, 3)})

# Linear

case("linear-vector", "linear", {"out": 3}, "linear(x, weight, bias)", F.linear,
     [data(4)], {"weight": data(3, 4), "bias": data(3)})
case("linear-sequence", "linear", {"out": 3, "bias": False}, "linear(x, weight)", F.linear,
     [data(2, 3, 4)], {"weight": data(3, 4)})
case("linear-last-axis", "linear", {"out": 2, "in_features": 4}, "linear(x, weight, bias)", F.linear,
     [data(2, 2, 3, 4)], {"weight": data(2, 4), "bias": data(2)})

# Pools

for ceil_mode in (False, True):
    for counted in (False, True):
        case(f"avg-pool-ceil-{ceil_mode}-counted-{counted}".lower(), "avg_pool",
             {"kernel": [3, 2], "stride": [2, 3], "padding": [1, 0], "ceil_mode": ceil_mode,
              "count_include_pad": counted},
             f"avg_pool2d(x, (3, 2), (2, 3), (1, 0), {ceil_mode}, {counted})",
             lambda x: F.avg_pool2d(x, (3, 2), (2, 3), (1, 0), ceil_mode, counted),
             [data(1, 2, 6, 7)])
case("avg-pool-ceil-beyond-padding", "avg_pool",
     {"kernel": 4, "stride": 3, "padding": 1, "ceil_mode": True},
     "avg_pool2d(x, 4, 3, 1, True)", lambda x: F.avg_pool2d(x, 4, 3, 1, True), [data(1, 1, 7, 6)])
case("avg-pool-same-even", "avg_pool", {"kernel": 2, "stride": 1, "padding": "same"},
     "avg_pool2d(pad(x, (0, 1, 0, 1)), 2, 1)",
     lambda x: F.avg_pool2d(F.pad(x, (0, 1, 0, 1)), 2, 1), [data(1, 2, 3, 4)])
case("max-pool-ceil-dilated", "max_pool",
     {"kernel": [2, 3], "stride": 2, "padding": [1, 0], "dilation": [2, 1], "ceil_mode": True},
     "max_pool2d(x, (2, 3), 2, (1, 0), (2, 1), ceil_mode=True)",
     lambda x: F.max_pool2d(x, (2, 3), 2, (1, 0), (2, 1), ceil_mode=True), [data(2, 1, 5, 6)])
case("max-pool-ties", "max_pool", {"kernel": 3, "stride": 2},
     "max_pool2d(x, 3, 2), x rounded to integers",
     lambda x: F.max_pool2d(x, 3, 2), [data(1, 2, 7, 7).round()])
case("max-pool-asymmetric", "max_pool", {"kernel": 3, "stride": 2, "padding": [0, 0, 1, 1]},
     "max_pool2d(pad(x, (0, 1, 0, 1), value=-inf), 3, 2)",
     lambda x: F.max_pool2d(F.pad(x, (0, 1, 0, 1), value=float("-inf")), 3, 2), [data(1, 2, 4, 6)])
case("adaptive-max-pool", "adaptive_max_pool", {"output_size": [3, 2]},
     "adaptive_max_pool2d(x, (3, 2))", lambda x: F.adaptive_max_pool2d(x, (3, 2)), [data(2, 2, 7, 5)])
case("adaptive-max-pool-larger", "adaptive_max_pool", {"output_size": 4},
     "adaptive_max_pool2d(x, 4)", lambda x: F.adaptive_max_pool2d(x, 4), [data(1, 2, 3, 6)])
case("adaptive-avg-pool-larger", "adaptive_avg_pool", {"output_size": [5, 3]},
     "adaptive_avg_pool2d(x, (5, 3))", lambda x: F.adaptive_avg_pool2d(x, (5, 3)), [data(1, 2, 3, 7)])
case("global-avg-pool", "global_avg_pool", {}, "adaptive_avg_pool2d(x, 1)",
     lambda x: F.adaptive_avg_pool2d(x, 1), [data(2, 3, 3, 4)])
case("global-max-pool", "global_max_pool", {}, "adaptive_max_pool2d(x, 1)",
     lambda x: F.adaptive_max_pool2d(x, 1), [data(2, 3, 3, 4)])

# Normalisations


def batch_norm(training, momentum=0.1, eps=1e-5):
    return lambda x, weight=None, bias=None, running_mean=None, running_var=None: F.batch_norm(
        x, running_mean, running_var, weight, bias, training, momentum, eps)


def running(channels):
    return {"running_mean": data(channels), "running_var": data(channels).abs() + 0.5}


case("batch-norm-inference", "batch_norm", {}, "batch_norm(x, running_mean, running_var, weight, bias)",
     batch_norm(False), [data(2, 3, 2, 3)], {"weight": data(3), "bias": data(3)}, running(3))
case("batch-norm-inference-vector", "batch_norm", {"affine": False, "eps": 0.001},
     "batch_norm(x, running_mean, running_var, eps=0.001)",
     batch_norm(False, eps=0.001), [data(4, 3)], {}, running(3))
case("batch-norm-training-momentum", "batch_norm", {"momentum": 0.3, "affine": False},
     "batch_norm(x, running_mean, running_var, training=True, momentum=0.3)",
     batch_norm(True, 0.3), [data(3, 2, 2, 2)], {}, running(2), "training")
case("batch-norm-untracked", "batch_norm", {"track_running_stats": False},
     "batch_norm(x, None, None, weight, bias, training=True)",
     batch_norm(True), [data(3, 2, 2, 2)], {"weight": data(2), "bias": data(2)})
case("instance-norm", "instance_norm", {}, "instance_norm(x)", F.instance_norm, [data(2, 3, 2, 3)])
case("group-norm-vector", "group_norm", {"num_groups": 2}, "group_norm(x, 2, weight, bias)",
     lambda x, weight, bias: F.group_norm(x, 2, weight, bias),
     [data(2, 6)], {"weight": data(6), "bias": data(6)})
case("group-norm-plain", "group_norm", {"num_groups": 3, "affine": False}, "group_norm(x, 3)",
     lambda x: F.group_norm(x, 3), [data(2, 6, 2, 2)])
case("layer-norm-channel", "layer_norm", {"axes": "channel", "eps": 1e-6},
     "layer_norm(x.permute(0, 2, 3, 1), (4,), weight, bias, 1e-6).permute(0, 3, 1, 2)",
     lambda x, weight, bias: F.layer_norm(x.permute(0, 2, 3, 1), (4,), weight, bias, 1e-6).permute(0, 3, 1, 2),
     [data(2, 4, 2, 3)], {"weight": data(4), "bias": data(4)})
case("layer-norm-rows-and-columns", "layer_norm", {"axes": ["width", "height"]},
     "layer_norm(x, (2, 3), weight, bias)",
     lambda x, weight, bias: F.layer_norm(x, (2, 3), weight, bias),
     [data(2, 2, 2, 3)], {"weight": data(2, 3), "bias": data(2, 3)})
case("layer-norm-vector", "layer_norm", {}, "layer_norm(x, (5,), weight, bias)",
     lambda x, weight, bias: F.layer_norm(x, (5,), weight, bias),
     [data(3, 5)], {"weight": data(5), "bias": data(5)})
case("layer-norm-features", "layer_norm", {"axes": -1, "elementwise_affine": False}, "layer_norm(x, (4,))",
     lambda x: F.layer_norm(x, (4,)), [data(2, 3, 4)])
for size in (1, 3, 4):
    case(f"lrn-{size}", "lrn", {"size": size, "alpha": 0.5, "beta": 0.6, "k": 1.5},
         f"local_response_norm(x, {size}, 0.5, 0.6, 1.5)",
         lambda x: F.local_response_norm(x, size, 0.5, 0.6, 1.5), [data(2, 5, 2, 2, scale=2)])
case("lrn-alexnet", "lrn", {"size": 5}, "local_response_norm(x, 5)",
     lambda x: F.local_response_norm(x, 5), [data(1, 7, 1, 2, scale=30)])
case("adain", "adain", {},
     "StyleGAN's instance_norm and style_mod: x -= mean; x *= rsqrt(mean(x²) + 1e-8); "
     "x * (style[:, 0] + 1) + style[:, 1] with style reshaped to (N, 2, C, 1, 1)",
     lambda x, style: (lambda z, s: z * torch.rsqrt(z.square().mean((2, 3), True) + 1e-8) * (s[:, 0] + 1) + s[:, 1])(
         x - x.mean((2, 3), True), style.reshape(2, 2, 3, 1, 1)),
     [data(2, 3, 2, 4), data(2, 6)])

note = ("Made by make-vision-layers.py with torch 1.13.1 in float64. Gradients are those of "
        "sum(output * outputGradient). `arguments` are this project's, `torch` says what was run.")
lines = ",\n".join("    " + json.dumps(c) for c in cases)
print(f'{{\n  "note": {json.dumps(note)},\n  "cases": [\n{lines}\n  ]\n}}')
