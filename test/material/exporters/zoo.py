"""Networks as the ONNX model zoo has them from Caffe2, CNTK, MXNet and early PyTorch: opsets 3 to 9."""

import numpy as np
from onnx import TensorProto

from net import Net


def conv(net, x, name, out, depth, k=3, bias=True, suffixes=("_w_0", "_b_0"), **attributes):
    inputs = [x, net.weight(name + suffixes[0], out, depth, k, k)]
    if bias:
        inputs.append(net.weight(name + suffixes[1], out))
    attributes = {"kernel_shape": [k, k], "strides": [1, 1], **attributes}
    return net.node("Conv", inputs, f"{name}_1", **attributes)


def caffe2_squeezenet():
    """Weights are inputs too; Dropout with is_test and a mask; softmax of a map."""
    net = Net("squeezenet", 3, "onnx-caffe2", ir=3, weights_are_inputs=True)
    x = net.input("data_0", 1, 3, 12, 12)
    x = conv(net, x, "conv1", 8, 3, strides=[2, 2])
    x = net.node("Relu", x)
    x = net.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 0, 0])
    squeezed = net.node("Relu", conv(net, x, "fire2/squeeze1x1", 4, 8, k=1))
    left = net.node("Relu", conv(net, squeezed, "fire2/expand1x1", 6, 4, k=1))
    right = net.node("Relu", conv(net, squeezed, "fire2/expand3x3", 6, 4, pads=[1, 1, 1, 1]))
    x = net.node("Concat", [left, right], ["fire2/concat_1"], axis=1)
    x = net.node("Dropout", x, ["dropped", "mask"], is_test=1, ratio=0.5)
    x = net.node("Relu", conv(net, x, "conv10", 5, 12, k=1))
    x = net.node("GlobalAveragePool", x)
    net.node("Softmax", x, "softmaxout_1")
    net.output("softmaxout_1", 1, 5, 1, 1)
    return net


def caffe2_alexnet():
    """LRN, grouped convolutions, Gemm with broadcast, Reshape by an initializer."""
    net = Net("alexnet", 6, "onnx-caffe2", ir=3, weights_are_inputs=True)
    x = net.input("data_0", 1, 3, 16, 16)
    x = net.node("Relu", conv(net, x, "conv1", 8, 3, k=5, strides=[2, 2]))
    x = net.node("LRN", x, size=5, alpha=1e-4, beta=0.75, bias=1.0)
    x = net.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0])
    x = net.node("Relu", conv(net, x, "conv2", 12, 4, group=2, pads=[1, 1, 1, 1]))
    x = net.node("Reshape", [x, net.ints("OC2_DUMMY_1", 1, 108)])
    x = net.node("Gemm", [x, net.weight("fc6_w_0", 10, 108), net.weight("fc6_b_0", 10)], transB=1, broadcast=1)
    x = net.node("Relu", x)
    x = net.node("Dropout", x, ["fc6_3", "_fc6_mask_1"], is_test=1, ratio=0.5)
    x = net.node("Gemm", [x, net.weight("fc8_w_0", 5, 10), net.weight("fc8_b_0", 5)], transB=1, broadcast=1)
    net.node("Softmax", x, "prob_1")
    net.output("prob_1", 1, 5)
    return net


def caffe2_densenet():
    """Norms with five outputs, consumed_inputs and is_test; their scales as Mul and Add by axis; the shape as attribute."""
    net = Net("densenet121", 3, "onnx-caffe2", ir=3, weights_are_inputs=True)
    x = net.input("data_0", 1, 3, 8, 8)
    x = conv(net, x, "conv1", 4, 3, bias=False, pads=[1, 1, 1, 1])
    for at in (1, 2):
        c = 4 * at
        name = f"conv2_{at}/x1/bn"
        parts = [net.weight(f"{name}_{part}_0", c, low=low, high=high) for part, low, high in (("scale", 0.5, 1.5), ("bias", -1, 1), ("mean", -0.5, 0.5), ("var", 0.5, 2))]
        y = net.node("BatchNormalization", [x, *parts], [f"{name}_{at}", f"{name}_mean", f"{name}_var", f"{name}_saved_mean", f"{name}_saved_var"], is_test=1, epsilon=1e-5, spatial=1, consumed_inputs=[0, 0, 0, 1, 1])
        y = net.node("Mul", [y, net.weight(f"conv2_{at}/x1/scale_w_0", c, low=0.5, high=1.5)], axis=1, broadcast=1)
        y = net.node("Add", [y, net.weight(f"conv2_{at}/x1/scale_b_0", c)], axis=1, broadcast=1)
        y = conv(net, net.node("Relu", y), f"conv2_{at}/x1", 4, c, bias=False, pads=[1, 1, 1, 1])
        x = net.node("Concat", [x, y], axis=1)
    x = net.node("AveragePool", x, kernel_shape=[8, 8], strides=[1, 1])
    x = net.node("Reshape", x, shape=[1, 12])
    net.node("Gemm", [x, net.weight("fc6_w_0", 5, 12), net.weight("fc6_b_0", 5)], "fc6_1", transB=1, broadcast=1)
    net.output("fc6_1", 1, 5)
    net.opset = 1
    return net


def cntk_mnist():
    """Padding by auto_pad, biases [C, 1, 1], a stored matrix that is reshaped, the map reshaped in front of it."""
    net = Net("CNTKGraph", 8, "CNTK", ir=3, weights_are_inputs=True)
    x = net.input("Input3", 1, 1, 12, 12)
    x = net.node("Conv", [x, net.weight("Parameter5", 8, 1, 5, 5)], "Convolution28_Output_0", name="Convolution28", kernel_shape=[5, 5], strides=[1, 1], auto_pad="SAME_UPPER", group=1, dilations=[1, 1])
    x = net.node("Add", [x, net.weight("Parameter6", 8, 1, 1)], "Plus30_Output_0", name="Plus30")
    x = net.node("Relu", x)
    x = net.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0], auto_pad="NOTSET")
    x = net.node("Conv", [x, net.weight("Parameter87", 6, 8, 5, 5)], name="Convolution110", kernel_shape=[5, 5], strides=[1, 1], auto_pad="SAME_UPPER", group=1, dilations=[1, 1])
    x = net.node("Relu", net.node("Add", [x, net.weight("Parameter88", 6, 1, 1)], name="Plus112"))
    x = net.node("MaxPool", x, kernel_shape=[3, 3], strides=[3, 3], pads=[0, 0, 0, 0], auto_pad="NOTSET")
    x = net.node("Reshape", [x, net.ints("Pooling160_Output_0_reshape0_shape", 1, 24)])
    matrix = net.node("Reshape", [net.weight("Parameter193", 6, 2, 2, 5), net.ints("Parameter193_reshape1_shape", 24, 5)])
    x = net.node("MatMul", [x, matrix], name="Times212")
    net.node("Add", [x, net.weight("Parameter194", 1, 5)], "Plus214_Output_0", name="Plus214")
    net.output("Plus214_Output_0", 1, 5)
    return net


def cntk_emotion():
    """The image is centred and scaled inside; padding of its own; dropout of version 7; a reshape before MatMul."""
    net = Net("CNTKGraph", 7, "CNTK", ir=3, weights_are_inputs=True)
    x = net.input("Input3", 1, 1, 8, 8)
    x = net.node("Sub", [x, net.stored("Constant339", 127.5, np.float32)], name="Minus340")
    x = net.node("Div", [x, net.stored("Constant343", 255, np.float32)], name="Block352")
    x = net.node("Conv", [x, net.weight("Parameter3", 6, 1, 3, 3)], name="Convolution362", kernel_shape=[3, 3], auto_pad="SAME_UPPER")
    x = net.node("Relu", net.node("Add", [x, net.weight("Parameter4", 6, 1, 1)], name="Plus364"))
    x = net.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], auto_pad="VALID")
    x = net.node("Dropout", x, ratio=0.25)
    x = net.node("Reshape", [x, net.ints("shape", 1, 96)])
    x = net.node("MatMul", [x, net.weight("Parameter1693", 96, 5)], name="Times1694")
    net.node("Add", [x, net.weight("Parameter1694", 5)], "Plus692_Output_0", name="Plus692")
    net.output("Plus692_Output_0", 1, 5)
    return net


def mx_bn(net, x, name, c, **attributes):
    parts = [net.weight(f"{name}_{part}", c, low=low, high=high) for part, low, high in (("gamma", 0.5, 1.5), ("beta", -1, 1), ("running_mean", -0.5, 0.5), ("running_var", 0.5, 2))]
    return net.node("BatchNormalization", [x, *parts], f"{name}_fwd", name=f"{name}_fwd", epsilon=2e-5, momentum=0.9, **attributes)


def mxnet_resnet():
    """A norm of the image, spatial norms, GlobalAveragePool, Flatten and Gemm."""
    net = Net("mxnet_converted_model", 7, "", ir=3, weights_are_inputs=True)
    x = net.input("data", 1, 3, 8, 8)
    w = lambda name, out, depth, k: net.weight(f"resnetv24_{name}_weight", out, depth, k, k)
    x = mx_bn(net, x, "resnetv24_batchnorm0", 3, spatial=1)
    x = net.node("Conv", [x, w("conv0", 6, 3, 3)], name="resnetv24_conv0_fwd", kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], dilations=[1, 1], group=1)
    for at in (1, 2):
        y = net.node("Relu", mx_bn(net, x, f"resnetv24_stage{at}_batchnorm0", 6, spatial=1))
        y = net.node("Conv", [y, w(f"stage{at}_conv0", 6, 6, 3)], name=f"resnetv24_stage{at}_conv0_fwd", kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], group=1)
        x = net.node("Add", [y, x], name=f"resnetv24_stage{at}__plus0")
    x = net.node("Relu", mx_bn(net, x, "resnetv24_batchnorm2", 6, spatial=1))
    x = net.node("Flatten", net.node("GlobalAveragePool", x))
    net.node("Gemm", [x, net.weight("resnetv24_dense0_weight", 5, 6), net.weight("resnetv24_dense0_bias", 5)], "resnetv24_dense0_fwd", alpha=1.0, beta=1.0, transA=0, transB=1)
    net.output("resnetv24_dense0_fwd", 1, 5)
    return net


def mxnet_mobilenet():
    """Limits as attributes, a factor and an offset of the image, depthwise convolutions, Reshape at the end."""
    net = Net("mxnet_converted_model", 8, "", ir=3)
    x = net.input("data", "N", 3, 8, 8)
    x = net.node("Mul", [net.node("Sub", [x, net.weight("scalar_op0", 1)]), net.weight("scalar_op1", 1)])
    w = net.weight("mobilenetv20_features_conv0_weight", 6, 3, 3, 3)
    x = net.node("Conv", [x, w], name="mobilenetv20_features_conv0_fwd", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    x = net.node("Clip", mx_bn(net, x, "mobilenetv20_features_batchnorm0", 6, spatial=1), min=0.0, max=6.0)
    w = net.weight("mobilenetv20_features_linearbottleneck0_conv1_weight", 6, 1, 3, 3)
    x = net.node("Conv", [x, w], name="mobilenetv20_features_linearbottleneck0_conv1_fwd", kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], group=6)
    x = net.node("Clip", mx_bn(net, x, "mobilenetv20_features_linearbottleneck0_batchnorm1", 6, spatial=1), min=0.0, max=6.0)
    x = net.node("GlobalAveragePool", x)
    w = net.weight("mobilenetv20_output_pred_weight", 5, 6, 1, 1)
    x = net.node("Conv", [x, w], name="mobilenetv20_output_pred_fwd", kernel_shape=[1, 1])
    net.node("Reshape", [x, net.ints("reshape_attr_tensor421", 0, -1)], "mobilenetv20_output_flatten0_reshape0")
    net.output("mobilenetv20_output_flatten0_reshape0", "N", 5)
    return net


def old_pytorch():
    """Version 6: sums of many, Pad by its attribute, broadcast from the left, LeakyRelu and Upsample by attributes."""
    net = Net("torch-jit-export", 7, "pytorch", ir=3, weights_are_inputs=True)
    x = net.input("0", 1, 3, 8, 8)
    x = net.node("Pad", x, mode="reflect", pads=[0, 0, 1, 1, 0, 0, 1, 1])
    x = net.node("Conv", [x, net.weight("1", 4, 3, 3, 3), net.weight("2", 4)], kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 0, 0], dilations=[1, 1], group=1)
    a = net.node("LeakyRelu", x, alpha=0.1)
    b = net.node("Elu", x, alpha=1.0)
    c = net.node("PRelu", [x, net.weight("3", 4, 1, 1)])
    x = net.node("Sum", [a, b, c])
    x = net.node("Upsample", x, mode="nearest", scales=[1.0, 1.0, 2.0, 2.0])
    x = net.node("Conv", [x, net.weight("4", 3, 4, 3, 3), net.weight("5", 3)], kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], dilations=[1, 1], group=1)
    x = net.node("Tanh", x)
    net.node("Mean", [x, "0"], "34")
    net.output("34", 1, 3, 8, 8)
    return net


def upsample_9():
    """Version 9: Upsample by an input, Shape and Slice by attributes, Cast of sizes, Floor of a scaled size."""
    net = Net("torch-jit-export", 9, "pytorch", ir=4)
    x = net.input("input.1", "N", 3, 6, 6)
    x = net.node("Conv", [x, net.weight("conv.weight", 4, 3, 3, 3), net.weight("conv.bias", 4)], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    x = net.node("BatchNormalization", [x] + [net.weight(f"bn.{part}", 4, low=0.5, high=1.5) for part in ("weight", "bias", "running_mean", "running_var")], epsilon=1e-5, momentum=0.9)
    scales = net.stored("scales", [1, 1, 1.5, 1.5], np.float32)
    x = net.node("Upsample", [net.node("Relu", x), scales], mode="linear")
    shape = net.node("Shape", x)
    batch = net.node("Gather", [shape, net.stored("zero", 0, np.int64)], axis=0)
    rest = net.node("Constant", [], value=__import__("onnx").numpy_helper.from_array(np.array([-1], np.int64)))
    target = net.node("Concat", [net.node("Unsqueeze", batch, axes=[0]), rest], axis=0)
    x = net.node("Slice", x, axes=[2, 3], starts=[0, -4], ends=[4, 9223372036854775807])
    x = net.node("Reshape", [x, target])
    net.node("Gemm", [x, net.weight("fc.weight", 5, 64), net.weight("fc.bias", 5)], "output", alpha=1.0, beta=1.0, transB=1)
    net.output("output", "N", 5)
    return net


MODELS = {
    "caffe2-squeezenet": caffe2_squeezenet,
    "caffe2-alexnet": caffe2_alexnet,
    "caffe2-densenet": caffe2_densenet,
    "cntk-mnist": cntk_mnist,
    "cntk-emotion": cntk_emotion,
    "mxnet-resnet": mxnet_resnet,
    "mxnet-mobilenet": mxnet_mobilenet,
    "pytorch-opset-7": old_pytorch,
    "pytorch-opset-9": upsample_9,
}
