/** Names that exporters give, as names of layers and models. */
import { describe, expect, it, test } from "vitest";
import { tryImportOnnx } from "../../../src/import.ts";
import {
  layerOfOperation,
  layerOfVariable,
} from "../../../src/formats/onnx/import/tensorflow-names.ts";
import { floats, onnxModel } from "./build.ts";

describe("a layer in TensorFlow's names", () => {
  it.each([
    ["conv2d/Conv2D/ReadVariableOp:0", "conv2d"],
    ["conv2d/BiasAdd/ReadVariableOp:0", "conv2d"],
    ["StatefulPartitionedCall/model/block1/conv/Conv2D/ReadVariableOp:0", "block1/conv"],
    ["sequential_1/dense/MatMul/ReadVariableOp:0", "dense"],
    ["dw/depthwise/ReadVariableOp:0", "dw"],
    ["bn/FusedBatchNormV3/ReadVariableOp_1:0", "bn"],
    ["bn/FusedBatchNormV3/ReadVariableOp/resource:0", "bn"],
    ["p_re_lu/ReadVariableOp:0", "p_re_lu"],
    ["MobilenetV2/Conv/weights/read__7:0", "MobilenetV2/Conv/weights"],
    ["block/conv/Conv2D_weights_fused_bn", "block/conv"],
  ])("of the variable %s", (name, layer) => {
    expect(layerOfVariable(name)).toBe(layer);
  });

  it.each([
    ["model/conv2d/BiasAdd", "conv2d"],
    ["model/conv2d/Conv2D__12", "conv2d"],
  ])("of the node %s", (name, layer) => {
    expect(layerOfOperation(name)).toBe(layer);
  });

  it("is not in PyTorch's names", () => {
    for (const name of ["layer1.0.conv1.weight", "conv1.weight", "onnx::Conv_12"]) {
      expect([layerOfVariable(name), layerOfOperation(name)]).toEqual([undefined, undefined]);
    }
  });
});

/** Words that a program in another language would have there. */
const foreign = [
  "Sequential",
  "Conv2d",
  "Linear",
  "nn",
  "None",
  "range",
  "import",
  "model",
  "relu",
];

test.each(foreign)("a model whose graph, input and weights are called %s", async (name) => {
  const model = onnxModel({
    name,
    inputs: { [name]: ["N", 3, 8, 8] },
    outputs: { y: ["N", 4, 6, 6] },
    weights: [floats(`${name}.weight`, [4, 3, 3, 3])],
    nodes: [{ op: "Conv", in: [name, `${name}.weight`], out: ["y"] }],
  });
  const { text } = await tryImportOnnx(model, { file: "net.onnx" });
  expect(text).toContain("conv(4, kernel: 3, bias: false)");
});
