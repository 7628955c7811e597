"""Networks as PyTorch 2's exporter writes them: first as functions of functions, later flat."""

from onnx import TensorProto, ValueInfoProto, helper

from net import Net, refers

LIB, COMMON, TORCH = "pkg.onnxscript.torch_lib", "pkg.onnxscript.torch_lib.common", "pkg.torch.2.1.0"


def node(op, inputs, outputs, domain="", **attributes):
    return helper.make_node(op, inputs, outputs, domain=domain, **attributes)


def branch(name, nodes, output):
    return helper.make_graph(nodes, name, [], [ValueInfoProto(name=output)])


def choose(condition, output, then, otherwise):
    """An If of one node on each side, which reads the function's values."""
    op, inputs, attributes = then
    yes = branch("thenGraph", [node(op, inputs, ["then_value"], **attributes)], "then_value")
    op, inputs, attributes = otherwise
    no = branch("elseGraph", [node(op, inputs, ["else_value"], **attributes)], "else_value")
    return node("If", [condition], [output], then_branch=yes, else_branch=no)


def library(net):
    """The part of onnxscript's torch_lib that the networks need."""
    net.function(COMMON, "Rank", ["input"], ["return_val"], [node("Shape", ["input"], ["s"]), node("Size", ["s"], ["return_val"])])
    net.function(COMMON, "IsScalar", ["input"], ["return_val"], [
        node("Shape", ["input"], ["s"]), node("Size", ["s"], ["rank"]),
        node("Constant", [], ["zero"], value_int=0), node("Equal", ["rank", "zero"], ["return_val"]),
    ])
    net.function(LIB, "aten_t", ["self"], ["return_val"], [
        node("Rank", ["self"], ["rank"], COMMON), node("Constant", [], ["two"], value_int=2),
        node("Equal", ["rank", "two"], ["is_matrix"]),
        choose("is_matrix", "return_val", ("Transpose", ["self"], {"perm": [1, 0]}), ("Identity", ["self"], {})),
    ])
    net.function(LIB, "aten_addmm", ["self", "mat1", "mat2"], ["return_val"], [
        refers(node("Gemm", ["mat1", "mat2", "self"], ["return_val"]), alpha=("alpha", "float"), beta=("beta", "float")),
    ], attributes=["alpha", "beta"])
    convolve = refers(node("Conv", ["batched", "weight", "bias"], ["then_value"]), strides=("strides", "ints"), pads=("pads", "ints"), group=("groups", "int"), dilations=("dilations", "ints"))
    transpose = refers(node("ConvTranspose", ["batched", "weight", "bias"], ["else_value"]), strides=("strides", "ints"), pads=("pads", "ints"))
    net.function(LIB, "_aten_convolution_onnx", ["input", "weight", "bias", "transposed"], ["return_val"], [
        node("Rank", ["input"], ["rank"], COMMON), node("Rank", ["weight"], ["weight_rank"], COMMON),
        node("Equal", ["rank", "weight_rank"], ["is_batch"]), node("Not", ["is_batch"], ["no_batch"]),
        node("Constant", [], ["first"], value_ints=[0]),
        choose("no_batch", "batched", ("Unsqueeze", ["input", "first"], {}), ("Identity", ["input"], {})),
        node("Not", ["transposed"], ["is_plain"]),
        node("If", ["is_plain"], ["convolved"], then_branch=branch("thenGraph", [convolve], "then_value"), else_branch=branch("elseGraph", [transpose], "else_value")),
        choose("no_batch", "return_val", ("Squeeze", ["convolved", "first"], {}), ("Identity", ["convolved"], {})),
    ], attributes=["strides", "pads", "groups", "dilations"])
    net.function(LIB, "aten_convolution", ["input", "weight", "bias"], ["return_val"], [
        refers(node("Constant", [], ["flag"]), value_int=("transposed", "int")),
        node("Cast", ["flag"], ["transposed"], to=TensorProto.BOOL),
        refers(node("_aten_convolution_onnx", ["input", "weight", "bias", "transposed"], ["return_val"], LIB), strides=("stride", "ints"), pads=("padding", "ints"), groups=("groups", "int"), dilations=("dilation", "ints")),
    ], attributes=["stride", "padding", "dilation", "groups", "transposed"])
    net.function(LIB, "_aten_native_batch_norm_inference_onnx", ["input", "weight", "bias", "running_mean", "running_var"], ["norm", "mean", "var"], [
        refers(node("BatchNormalization", ["input", "weight", "bias", "running_mean", "running_var"], ["norm"], training_mode=0), epsilon=("eps", "float"), momentum=("momentum", "float")),
        node("Constant", [], ["none"], value_floats=[]), node("CastLike", ["none", "norm"], ["mean"]), node("CastLike", ["none", "norm"], ["var"]),
    ], attributes=["eps", "momentum"])
    net.function(LIB, "aten_relu", ["self"], ["return_val"], [node("Relu", ["self"], ["return_val"])])
    net.function(LIB, "aten_silu", ["self"], ["return_val"], [node("Sigmoid", ["self"], ["s"]), node("Mul", ["self", "s"], ["return_val"])])
    net.function(LIB, "_aten_gelu_approximate_none", ["self"], ["return_val"], [
        node("Constant", [], ["half"], value_float=0.5), node("CastLike", ["half", "self"], ["half_0"]), node("Mul", ["half_0", "self"], ["inner"]),
        node("Constant", [], ["root"], value_float=0.70710677), node("CastLike", ["root", "self"], ["root_0"]), node("Mul", ["self", "root_0"], ["scaled"]),
        node("Erf", ["scaled"], ["erf"]), node("Constant", [], ["one"], value_int=1), node("CastLike", ["one", "erf"], ["one_0"]),
        node("Add", ["erf", "one_0"], ["cdf"]), node("Mul", ["inner", "cdf"], ["return_val"]),
    ])
    net.function(LIB, "aten_mean_dim", ["self", "dim"], ["return_val"], [
        node("IsScalar", ["self"], ["is_scalar"], COMMON), node("Constant", [], ["row"], value_ints=[-1]), node("Reshape", ["dim", "row"], ["dims"]),
        node("If", ["is_scalar"], ["return_val"],
             then_branch=branch("thenGraph", [node("Identity", ["self"], ["then_value"])], "then_value"),
             else_branch=branch("elseGraph", [refers(node("ReduceMean", ["self", "dims"], ["else_value"]), keepdims=("keepdim", "int"))], "else_value")),
    ], attributes=["keepdim"])
    net.function(LIB, "aten_view", ["self", "size"], ["return_val"], [node("Cast", ["size"], ["size_0"], to=TensorProto.INT64), node("Reshape", ["self", "size_0"], ["return_val"])])
    net.function(LIB, "aten_add", ["self", "other"], ["return_val"], [
        refers(node("Constant", [], ["alpha"]), value_float=("alpha", "float")), node("CastLike", ["alpha", "other"], ["alpha_0"]),
        node("Mul", ["other", "alpha_0"], ["scaled"]), node("Add", ["self", "scaled"], ["return_val"]),
    ], attributes=["alpha"])
    net.function(LIB, "_aten_softmax_no_dtype", ["self"], ["return_val"], [
        node("IsScalar", ["self"], ["is_scalar"], COMMON), node("Constant", [], ["first"], value_ints=[0]),
        choose("is_scalar", "whole", ("Unsqueeze", ["self", "first"], {}), ("Identity", ["self"], {})),
        refers(node("Softmax", ["whole"], ["result"]), axis=("dim", "int")),
        choose("is_scalar", "return_val", ("Squeeze", ["result", "first"], {}), ("Identity", ["result"], {})),
    ], attributes=["dim"])


def conv_module(net, label, stride, padding):
    name = f"torch_nn_modules_conv_Conv2d_{label.replace('.', '_')}_1"
    net.function(TORCH, name, ["input", f"{label}.weight", f"{label}.bias"], ["convolution"], [
        node("aten_convolution", ["input", f"{label}.weight", f"{label}.bias"], ["convolution"], LIB, stride=[stride, stride], padding=[padding] * 4, dilation=[1, 1], groups=1, transposed=0),
    ])
    return name


def norm_module(net, label):
    name = f"torch_nn_modules_batchnorm_BatchNorm2d_{label.replace('.', '_')}_1"
    parts = [f"{label}.{part}" for part in ("weight", "bias", "running_mean", "running_var")]
    net.function(TORCH, name, ["input", *parts], ["getitem"], [
        node("_aten_native_batch_norm_inference_onnx", ["input", *parts], ["getitem", "getitem_1", "getitem_2"], LIB, eps=1e-5, momentum=0.9),
    ])
    return name, parts


def functions():
    """A residual network of modules, each a function with its torch_lib functions inside."""
    net = Net("main_graph", 18, "pytorch")
    library(net)
    x = net.input("l_x_", 2, 3, 8, 8)
    net.weight("conv1.weight", 6, 3, 3, 3), net.weight("conv1.bias", 6)
    x = net.node(conv_module(net, "conv1", 2, 1), [x, "conv1.weight", "conv1.bias"], domain=TORCH)
    for at in (0, 1):
        label = f"layer1.{at}"
        name, parts = norm_module(net, f"{label}.bn1")
        for part, low in zip(parts, (0.5, -1, -0.5, 0.5)):
            net.weight(part, 6, low=low, high=1.5)
        net.weight(f"{label}.conv1.weight", 6, 6, 3, 3), net.weight(f"{label}.conv1.bias", 6)
        block = f"Block_layer1_{at}_1"
        inner = conv_module(net, f"{label}.conv1", 1, 1)
        names = [*parts, f"{label}.conv1.weight", f"{label}.conv1.bias"]
        net.function(TORCH, block, ["input", *names], ["add"], [
            node(inner, ["input", *names[-2:]], ["conv"], TORCH), node(name, ["conv", *parts], ["bn"], TORCH),
            node("aten_silu", ["bn"], ["silu"], LIB), node("aten_add", ["silu", "input"], ["add"], LIB, alpha=1.0),
        ])
        x = net.node(block, [x, *names], domain=TORCH)
    x = net.node("_aten_gelu_approximate_none", x, domain=LIB)
    net.node("Constant", [], "dims", value_ints=[2, 3])
    x = net.node("aten_mean_dim", [x, "dims"], domain=LIB, keepdim=1)
    net.node("Constant", [], "size", value_ints=[2, 6])
    x = net.node("aten_view", [x, "size"], domain=LIB)
    net.weight("fc.weight", 5, 6), net.weight("fc.bias", 5)
    net.function(TORCH, "torch_nn_modules_linear_Linear_fc_1", ["x", "fc.weight", "fc.bias"], ["addmm"], [
        node("aten_t", ["fc.weight"], ["t"], LIB), node("aten_addmm", ["fc.bias", "x", "t"], ["addmm"], LIB, alpha=1.0, beta=1.0),
    ])
    x = net.node("torch_nn_modules_linear_Linear_fc_1", [x, "fc.weight", "fc.bias"], domain=TORCH)
    net.node("_aten_softmax_no_dtype", x, "softmax", domain=LIB, dim=-1)
    net.output("softmax", 2, 5)
    return net


def flat():
    """As newer versions write it: written out, axes as inputs, HardSwish, LayerNormalization, sizes from Shape."""
    net = Net("main_graph", 18, "pytorch", ir=10)
    x = net.input("x", "s0", 3, 8, 8)
    x = net.node("Conv", [x, net.weight("features.0.0.weight", 8, 3, 3, 3), net.weight("features.0.0.bias", 8)], "conv2d", name="node_conv2d", group=1, pads=[1, 1, 1, 1], auto_pad="NOTSET", strides=[2, 2], dilations=[1, 1])
    x = net.node("HardSwish", x, "hardswish", name="node_hardswish")
    pooled = net.node("ReduceMean", [x, net.ints("val_3", -1, -2)], "mean", noop_with_empty_axes=0, keepdims=1)
    gate = net.node("Conv", [pooled, net.weight("features.1.fc1.weight", 4, 8, 1, 1), net.weight("features.1.fc1.bias", 4)], "conv2d_1")
    gate = net.node("Conv", [net.node("Relu", gate), net.weight("features.1.fc2.weight", 8, 4, 1, 1), net.weight("features.1.fc2.bias", 8)], "conv2d_2")
    x = net.node("Mul", [net.node("HardSigmoid", gate, alpha=1 / 6, beta=0.5), x])
    rows = net.node("Transpose", net.node("Reshape", [x, net.ints("val_9", -1, 8, 16)], allowzero=1), perm=[0, 2, 1])
    rows = net.node("LayerNormalization", [rows, net.weight("norm.weight", 8, low=0.5, high=1.5), net.weight("norm.bias", 8)], epsilon=1e-6, axis=-1)
    x = net.node("ReduceMean", [rows, net.ints("val_11", 1)], keepdims=0)
    batch = net.node("Shape", x, start=0, end=1)
    x = net.node("Reshape", [x, net.node("Concat", [batch, net.ints("val_12", 8)], axis=0)], allowzero=1)
    net.node("Gemm", [x, net.weight("head.weight", 5, 8), net.weight("head.bias", 5)], "linear", name="node_linear", beta=1.0, transB=1, alpha=1.0, transA=0)
    net.output("linear", "s0", 5)
    return net


MODELS = {"dynamo-functions": functions, "dynamo-flat": flat}
