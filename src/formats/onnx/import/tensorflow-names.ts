/** The layers in TensorFlow's names of weights and nodes, as tf2onnx keeps them. */

/** Around the whole network, and by themselves no layer. */
const WRAPPERS = /^(?:StatefulPartitionedCall\/)?(?:(?:model|sequential|functional)(?:_\d+)?\/)?/;

/** Operations that read or make what a layer is made of. */
const OPERATION = "(?:[A-Z]\\w*|depthwise|separable_conv2d|conv2d_transpose)";

const READING = new RegExp(`(?:/${OPERATION})?/(?:ReadVariableOp(?:_\\d+)?(?:/resource)?|read)$`);
const FUSED = /\/[A-Z]\w*_(?:weights|bias)_fused_bn$/;
const MAKING = new RegExp(`/${OPERATION}$`);

/** `conv2d` of `model/conv2d/Conv2D/ReadVariableOp:0`; undefined for other names. */
export function layerOfVariable(name: string): string | undefined {
  return layerIn(name, READING) ?? layerIn(name, FUSED);
}

/** `conv2d` of `model/conv2d/BiasAdd`; undefined for other names. */
export function layerOfOperation(name: string): string | undefined {
  return layerIn(name, MAKING);
}

function layerIn(name: string, ending: RegExp): string | undefined {
  const plain = name.replace(/:\d+$/, "").replace(/__\d+$/, "");
  return ending.test(plain) ? plain.replace(ending, "").replace(WRAPPERS, "") : undefined;
}
