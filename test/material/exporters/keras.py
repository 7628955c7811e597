"""Networks as tf2onnx and keras2onnx write Keras models: images with channels last."""

import numpy as np
from onnx import TensorProto, helper

from net import Net

TO_NCHW, TO_NHWC = [0, 3, 1, 2], [0, 2, 3, 1]


def last(net, x, make):
    """A node that wants channels first, between two transpositions."""
    first = net.node("Transpose", x, perm=TO_NCHW)
    return net.node("Transpose", make(first), perm=TO_NHWC)


def conv(net, x, name, out, depth, k=3, bias="Add", act=None, **attributes):
    w = net.weight(f"{name}/Conv2D/ReadVariableOp:0", out, depth, k, k)
    y = last(net, x, lambda first: net.node("Conv", [first, w], name=f"{name}/Conv2D", kernel_shape=[k, k], **attributes))
    if bias == "Add":
        y = net.node("Add", [y, net.weight(f"{name}/BiasAdd/ReadVariableOp:0", out)], name=f"{name}/BiasAdd")
    return net.node(act, y) if act else y


def bn(net, x, name, c):
    parts = [
        net.weight(f"{name}/gamma", c, low=0.5, high=1.5),
        net.weight(f"{name}/beta", c, low=-0.5, high=0.5),
        net.weight(f"{name}/moving_mean", c, low=-0.5, high=0.5),
        net.weight(f"{name}/moving_variance", c, low=0.5, high=2),
    ]
    return last(net, x, lambda first: net.node("BatchNormalization", [first, *parts], name=name, epsilon=0.001))


def dense(net, x, name, out, depth, **outputs):
    y = net.node("MatMul", [x, net.weight(f"{name}/MatMul/ReadVariableOp:0", depth, out)], name=f"{name}/MatMul")
    return net.node("Add", [y, net.weight(f"{name}/BiasAdd/ReadVariableOp:0", out)], name=f"{name}/BiasAdd", **outputs)


def plain_cnn():
    """Each node between transpositions; Flatten of a map with channels last; softmax of version 13."""
    net = Net("tf2onnx", 13, "tf2onnx")
    x = net.input("input_1", "unk__17", 8, 8, 3)
    x = conv(net, x, "conv2d", 8, 3, act="Relu", auto_pad="SAME_UPPER", strides=[1, 1])
    x = last(net, x, lambda y: net.node("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2]))
    x = conv(net, x, "conv2d_1", 6, 8, act="Relu", auto_pad="VALID", strides=[1, 1])
    x = net.node("Reshape", [x, net.ints("const_fold_opt__20", -1, 24)])
    x = net.node("Relu", dense(net, x, "dense", 8, 24))
    net.node("Softmax", dense(net, x, "dense_1", 5, 8), "dense_1", axis=-1)
    net.output("dense_1", "unk__18", 5)
    return net


def optimised_cnn():
    """Transpositions are at the ends only, biases reshaped to [1, C, 1, 1], the map's sizes from Shape."""
    net = Net("tf2onnx", 11, "tf2onnx")
    x = net.input("input_1", "unk__17", 8, 8, 3)
    x = net.node("Transpose", x, perm=TO_NCHW)
    for name, out, depth in (("conv2d", 6, 3), ("conv2d_1", 4, 6)):
        x = net.node("Pad", [x, net.ints(f"{name}/pads", 0, 0, 0, 0, 0, 0, 1, 1), net.stored(f"{name}/zero", 0, np.float32)])
        x = net.node("Conv", [x, net.weight(f"{name}/kernel", out, depth, 3, 3)], kernel_shape=[3, 3], strides=[2, 2], name=name)
        bias = net.node("Reshape", [net.weight(f"{name}/bias", out), net.ints(f"{name}/shape", 1, out, 1, 1)])
        x = net.node("Add", [x, bias])
        x = net.node("LeakyRelu", x, alpha=0.3)
    x = net.node("Transpose", x, perm=TO_NHWC)
    shape = net.node("Cast", net.node("Shape", x), to=TensorProto.INT32)
    batch = net.node("Slice", [net.node("Cast", shape, to=TensorProto.INT64), net.ints("zero", 0), net.ints("one", 1), net.ints("axis", 0)])
    target = net.node("Concat", [batch, net.ints("rest", 16)], axis=0)
    x = net.node("Reshape", [x, target])
    x = dense(net, x, "dense", 5, 16)
    net.node("Softmax", x, "dense", axis=1)
    net.output("dense", "unk__18", 5)
    return net


def mobilenet():
    """Depthwise convolutions with a multiplier, Pad for SAME, Clip by inputs, GlobalAveragePool and Squeeze."""
    net = Net("tf2onnx", 13, "tf2onnx")
    x = net.input("input_1", "unk__17", 9, 9, 3)
    low, high = net.stored("zero", 0, np.float32), net.stored("six", 6, np.float32)
    x = net.node("Pad", [x, net.ints("pads", 0, 0, 0, 0, 0, 1, 1, 0)])
    x = conv(net, x, "Conv1", 8, 3, bias=None, auto_pad="VALID", strides=[2, 2])
    x = net.node("Clip", [bn(net, x, "bn_Conv1", 8), low, high])
    w = net.weight("expanded_conv_depthwise/kernel", 16, 1, 3, 3)
    x = last(net, x, lambda y: net.node("Conv", [y, w], kernel_shape=[3, 3], group=8, auto_pad="SAME_UPPER", name="expanded_conv_depthwise"))
    x = net.node("Clip", [bn(net, x, "expanded_conv_depthwise_BN", 16), low, high])
    x = conv(net, x, "expanded_conv_project", 8, 16, k=1, bias=None)
    x = bn(net, x, "expanded_conv_project_BN", 8)
    y = conv(net, x, "block_1_expand", 8, 8, k=1, bias=None)
    y = net.node("Clip", [bn(net, y, "block_1_expand_BN", 8), low, high])
    x = net.node("Add", [x, y])
    x = net.node("GlobalAveragePool", net.node("Transpose", x, perm=TO_NCHW))
    x = net.node("Squeeze", [x, net.ints("axes", 2, 3)])
    net.node("Softmax", dense(net, x, "predictions", 5, 8), "predictions", axis=1)
    net.output("predictions", "unk__18", 5)
    return net


def efficientnet():
    """Rescaling, Normalization, swish, squeeze-and-excitation over a reduced map, ReduceMean as pooling."""
    net = Net("tf2onnx", 13, "tf2onnx")
    x = net.input("input_1", "unk__17", 8, 8, 3)
    x = net.node("Mul", [x, net.stored("rescaling/Cast/x:0", 1 / 255, np.float32)])
    x = net.node("Sub", [x, net.weight("normalization/mean", 1, 1, 1, 3, low=0.4, high=0.5)])
    x = net.node("Div", [x, net.weight("normalization/sqrt", 1, 1, 1, 3, low=0.2, high=0.3)])
    x = conv(net, x, "stem_conv", 8, 3, bias=None, auto_pad="SAME_UPPER", strides=[2, 2])
    x = bn(net, x, "stem_bn", 8)
    x = net.node("Mul", [x, net.node("Sigmoid", x)])
    squeezed = net.node("ReduceMean", x, axes=[1, 2], keepdims=0)
    squeezed = net.node("Reshape", [squeezed, net.ints("block1a_se_reshape", -1, 1, 1, 8)])
    y = conv(net, squeezed, "block1a_se_reduce", 4, 8, k=1)
    y = net.node("Mul", [y, net.node("Sigmoid", y)])
    y = conv(net, y, "block1a_se_expand", 8, 4, k=1, act="Sigmoid")
    x = net.node("Mul", [x, y])
    x = conv(net, x, "top_conv", 12, 8, k=1, bias=None)
    x = bn(net, x, "top_bn", 12)
    x = net.node("Mul", [x, net.node("Sigmoid", x)])
    x = net.node("ReduceMean", x, axes=[1, 2], keepdims=0)
    dense(net, x, "predictions", 5, 12, outputs="predictions")
    net.output("predictions", "unk__18", 5)
    return net


def resnet_v2():
    """Norm and activation before convolutions, ZeroPadding2D, residual sums with channels last, keepdims and Reshape."""
    net = Net("tf2onnx", 12, "tf2onnx")
    x = net.input("input_1", "unk__17", 8, 8, 3)
    x = net.node("Pad", [x, net.ints("conv1_pad", 0, 1, 1, 0, 0, 1, 1, 0)])
    x = conv(net, x, "conv1_conv", 8, 3, auto_pad="VALID", strides=[2, 2])
    x = net.node("Pad", [x, net.ints("pool1_pad", 0, 1, 1, 0, 0, 1, 1, 0)])
    x = last(net, x, lambda y: net.node("MaxPool", y, kernel_shape=[3, 3], strides=[1, 1]))
    for at in (1, 2):
        y = net.node("Relu", bn(net, x, f"conv2_block{at}_preact_bn", 8))
        y = conv(net, y, f"conv2_block{at}_1_conv", 4, 8, k=1, bias=None)
        y = net.node("Relu", bn(net, y, f"conv2_block{at}_1_bn", 4))
        y = conv(net, y, f"conv2_block{at}_2_conv", 8, 4, auto_pad="SAME_UPPER")
        x = net.node("Add", [x, y])
    x = net.node("Relu", bn(net, x, "post_bn", 8))
    x = net.node("ReduceMean", x, axes=[1, 2], keepdims=1)
    x = net.node("Reshape", [x, net.ints("flatten", -1, 8)])
    dense(net, x, "predictions", 5, 8, outputs="predictions")
    net.output("predictions", "unk__18", 5)
    return net


def unet():
    """UpSampling2D, concatenation and cropping with channels last, Conv2DTranspose, softmax over the last axis."""
    net = Net("tf2onnx", 13, "tf2onnx")
    x = net.input("input_1", "unk__17", 8, 8, 3)
    a = conv(net, x, "down_1", 4, 3, act="Relu", auto_pad="SAME_UPPER")
    x = last(net, a, lambda y: net.node("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2]))
    b = conv(net, x, "down_2", 6, 4, act="Relu", auto_pad="SAME_UPPER")
    x = last(net, b, lambda y: net.node("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2]))
    x = conv(net, x, "middle", 8, 6, act="Relu", auto_pad="SAME_UPPER")
    scales = net.stored("scales", [1, 1, 2, 2], np.float32)
    x = last(net, x, lambda y: net.node("Resize", [y, "", scales], mode="nearest", nearest_mode="floor", coordinate_transformation_mode="asymmetric"))
    x = net.node("Concat", [x, b], axis=3)
    x = conv(net, x, "up_2", 6, 14, act="Relu", auto_pad="SAME_UPPER")
    w = net.weight("up_1/kernel", 6, 4, 2, 2)
    x = last(net, x, lambda y: net.node("ConvTranspose", [y, w], strides=[2, 2], kernel_shape=[2, 2], auto_pad="VALID", name="up_1"))
    x = net.node("Add", [x, net.weight("up_1/bias", 4)])
    x = net.node("Concat", [x, a], axis=-1)
    x = net.node("Slice", [x, net.ints("starts", 1, 1), net.ints("ends", 7, 7), net.ints("axes", 1, 2)])
    half = net.stored("scales_1", [1, 1, 2, 2], np.float32)
    x = last(net, x, lambda y: net.node("Resize", [y, "", half], mode="linear", coordinate_transformation_mode="half_pixel"))
    x = conv(net, x, "mask", 3, 8, k=1)
    net.node("Softmax", x, "mask", axis=-1)
    net.output("mask", "unk__18", 12, 12, 3)
    return net


def uint8_image():
    """Bytes as input, cast to floats and scaled to -1..1; PRelu with shared axes, hard swish, global maximum."""
    net = Net("tf2onnx", 13, "tf2onnx")
    x = net.input("image", "unk__17", 8, 8, 3, dtype=TensorProto.UINT8)
    x = net.node("Cast", x, to=TensorProto.FLOAT)
    x = net.node("Div", [x, net.stored("scale", 127.5, np.float32)])
    x = net.node("Sub", [x, net.stored("offset", 1, np.float32)])
    x = conv(net, x, "conv2d", 6, 3, auto_pad="SAME_UPPER", strides=[2, 2])
    x = net.node("PRelu", [x, net.weight("p_re_lu/alpha", 1, 1, 6, low=0.1, high=0.4)])
    x = conv(net, x, "conv2d_1", 8, 6, auto_pad="SAME_UPPER")
    three, six = net.stored("three", 3, np.float32), net.stored("six", 6, np.float32)
    gate = net.node("Clip", [net.node("Add", [x, three]), net.stored("zero", 0, np.float32), six])
    x = net.node("Mul", [x, net.node("Mul", [gate, net.stored("sixth", 1 / 6, np.float32)])])
    x = last(net, x, lambda y: net.node("AveragePool", y, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"))
    x = net.node("ReduceMax", x, axes=[1, 2], keepdims=0)
    dense(net, x, "dense", 5, 8, outputs="dense")
    net.output("dense", "unk__18", 5)
    return net


def convnext():
    """Layer norms of the last axis written out, and dense layers on maps with channels last."""
    net = Net("tf2onnx", 15, "tf2onnx")
    x = net.input("input_1", "unk__17", 8, 8, 3)
    x = conv(net, x, "stem", 8, 3, k=2, auto_pad="VALID", strides=[2, 2])
    w = net.weight("depthwise/kernel", 8, 1, 3, 3)
    y = last(net, x, lambda first: net.node("Conv", [first, w], kernel_shape=[3, 3], group=8, auto_pad="SAME_UPPER", name="depthwise"))
    y = net.node("Add", [y, net.weight("depthwise/bias", 8)])
    mean = net.node("ReduceMean", y, axes=[3], keepdims=1)
    centred = net.node("Sub", [y, mean])
    variance = net.node("ReduceMean", net.node("Mul", [centred, centred]), axes=[3], keepdims=1)
    root = net.node("Sqrt", net.node("Add", [variance, net.stored("epsilon", 1e-6, np.float32)]))
    y = net.node("Mul", [net.node("Div", [centred, root]), net.weight("norm/gamma", 8, low=0.5, high=1.5)])
    y = net.node("Add", [y, net.weight("norm/beta", 8)])
    y = dense(net, y, "pointwise_1", 16, 8)
    cdf = net.node("Mul", [net.node("Add", [net.node("Erf", net.node("Div", [y, net.stored("root", 2**0.5, np.float32)])), net.stored("one", 1, np.float32)]), net.stored("half", 0.5, np.float32)])
    y = net.node("Mul", [y, cdf])
    y = dense(net, y, "pointwise_2", 8, 16)
    y = net.node("Mul", [y, net.weight("layer_scale/gamma", 8)])
    x = net.node("Add", [x, y])
    x = net.node("ReduceMean", x, axes=[1, 2], keepdims=0)
    dense(net, x, "head", 5, 8, outputs="head")
    net.output("head", "unk__18", 5)
    return net


def batch_norm_apart():
    """A norm that is not fused: scale and shift of the last axis; separable and dilated convolutions."""
    net = Net("tf2onnx", 13, "tf2onnx")
    x = net.input("input_1", "unk__17", 8, 8, 4)
    w = net.weight("separable/depthwise_kernel", 4, 1, 3, 3)
    x = last(net, x, lambda y: net.node("Conv", [y, w], kernel_shape=[3, 3], group=4, pads=[2, 2, 2, 2], dilations=[2, 2]))
    x = conv(net, x, "separable", 8, 4, k=1, bias=None)
    x = net.node("Mul", [x, net.weight("batchnorm/mul", 8, low=0.5, high=1.5)])
    x = net.node("Add", [x, net.weight("batchnorm/add", 8)])
    x = net.node("Elu", x)
    x = net.node("Sub", [x, net.weight("offset", 8)])
    x = net.node("Tanh", conv(net, x, "last", 2, 8, auto_pad="SAME_LOWER", strides=[2, 2]), "y")
    net.output("y", "unk__18", 4, 4, 2)
    return net


def keras2onnx():
    """Transpositions at both ends, biases inside, Flatten as Transpose and Reshape, Identity behind everything."""
    net = Net("sequential", 11, "keras2onnx", ir=6)
    x = net.input("conv2d_input", "N", 8, 8, 3)
    x = net.node("Transpose", x, "adjusted_input1", name="Transpose1", perm=TO_NCHW)
    for name, out, depth in (("conv2d", 6, 3), ("conv2d_1", 4, 6)):
        weights = [net.weight(f"{name}/kernel:0", out, depth, 3, 3), net.weight(f"{name}/bias:0", out)]
        x = net.node("Conv", [x, *weights], name=name, kernel_shape=[3, 3], auto_pad="SAME_UPPER", strides=[1, 1], dilations=[1, 1], group=1)
        x = net.node("Relu", x)
        x = net.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], auto_pad="VALID")
    x = net.node("Transpose", x, perm=TO_NHWC)
    x = net.node("Reshape", [x, net.ints("shape_tensor", -1, 16)])
    x = net.node("MatMul", [x, net.weight("dense/kernel:0", 16, 5)])
    x = net.node("Add", [x, net.weight("dense/bias:0", 5)])
    x = net.node("Softmax", x, axis=-1)
    net.node("Identity", x, "dense", name="Identity1")
    net.output("dense", "N", 5)
    return net


MODELS = {
    "keras-plain": plain_cnn,
    "keras-optimised": optimised_cnn,
    "keras-mobilenet": mobilenet,
    "keras-efficientnet": efficientnet,
    "keras-resnet-v2": resnet_v2,
    "keras-unet": unet,
    "keras-uint8": uint8_image,
    "keras-convnext": convnext,
    "keras-batch-norm-apart": batch_norm_apart,
    "keras2onnx": keras2onnx,
}
