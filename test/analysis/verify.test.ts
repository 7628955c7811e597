/** Each case breaks one invariant of a sound graph. */
import { describe, expect, test } from "vitest";
import { brokenInvariant, verify } from "../../src/analysis/verify.ts";
import { InternalFault } from "../../src/diagnostics/diagnostic.ts";
import type { Graph, Node, Value, Weight } from "../../src/graph/graph.ts";
import { tensorType } from "../../src/graph/tensor-type.ts";
import { lenet5, resnet18, twins, unet } from "../graph/models.ts";

const graph = lenet5();

function withNode(name: string, change: Partial<Node>): Graph {
  const nodes = graph.nodes.map((node) => (node.name === name ? { ...node, ...change } : node));
  return { ...graph, nodes };
}

function withValue(name: string, change: Partial<Value>): Graph {
  const values = graph.values.map((value) =>
    value.name === name ? { ...value, ...change } : value,
  );
  return { ...graph, values };
}

function withWeight(name: string, change: Partial<Weight>): Graph {
  const weights = [...graph.weights].map(([key, weight]): [string, Weight] => [
    key,
    key === name ? { ...weight, ...change } : weight,
  ]);
  return { ...graph, weights: new Map(weights) };
}

const conv1 = graph.nodes[0];
const [conv2] = graph.nodes.filter(({ name }) => name === "conv2");

describe("verify", () => {
  test.each([
    ["LeNet-5", lenet5()],
    ["LeNet-5 with batch_norm", lenet5("batch_norm")],
    ["ResNet-18", resnet18()],
    ["U-Net", unet()],
    ["shared weights", twins()],
  ])("accepts %s", (_, sound) => {
    expect(brokenInvariant(sound)).toBeUndefined();
  });

  test.each<[string, Graph]>([
    ["two nodes are called conv1", withNode("conv2", { name: "conv1" })],
    ["two values are called image", withValue("conv1", { name: "image" })],
    ["node conv1 reads value 5 before it is made", withNode("conv1", { inputs: [5] })],
    ["node relu1 reads value -1 before it is made", withNode("relu1", { inputs: [-1] })],
    ["output 4 of node conv1 is not numbered in order", withNode("conv1", { outputs: [4] })],
    ["node conv1 has no outputs", withNode("conv1", { outputs: [] })],
    ["value conv1 stands at 1 with number 7", withValue("conv1", { id: 7 })],
    ["1 values have no maker", { ...graph, nodes: graph.nodes.slice(0, -1), outputs: [] }],
    ["node conv1: there is no layer `convolve`", withNode("conv1", { kind: "convolve" })],
    ["node conv1: `conv` takes x, gets 2", withNode("conv1", { inputs: [0, 0] })],
    ["node relu1: `relu` has no `slope`", withNode("relu1", { attributes: { slope: 0.1 } })],
    [
      "node conv1: `kernel` of `conv` is not int or (height, width) at least 1",
      withNode("conv1", { attributes: { ...conv1.attributes, kernel: [0, 3] } }),
    ],
    [
      "node fc1: `bias` of `linear` is missing",
      withNode("fc1", { attributes: { out: 120, in_features: null } }),
    ],
    [
      "node conv1: its output is [N, 6, 28, 29], its shape rule says [N, 6, 28, 28]",
      withValue("conv1", { type: tensorType([...graph.values[1].type.shape.slice(0, 3), 29]) }),
    ],
    [
      "node conv1: its shape rule answers CNN2003",
      withNode("conv1", { attributes: { ...conv1.attributes, kernel: [40, 40] } }),
    ],
    [
      "node conv1: it has no weight `scale`",
      withNode("conv1", { weights: { ...conv1.weights, scale: "x" } }),
    ],
    [
      "node conv1: its weight `bias` is not named",
      withNode("conv1", { weights: { weight: "conv1.weight" } }),
    ],
    [
      "node conv1: its weight w does not exist",
      withNode("conv1", { weights: { weight: "w", bias: "conv1.bias" } }),
    ],
    [
      "node conv1: weight conv1.weight is [6, 1, 3, 3], its layer wants [6, 1, 5, 5]",
      withWeight("conv1.weight", { shape: [6, 1, 3, 3] }),
    ],
    [
      "node conv1: weight conv1.bias is a buffer, not a parameter",
      withWeight("conv1.bias", { role: "buffer" }),
    ],
    [
      "no node uses weight spare",
      {
        ...graph,
        weights: new Map([
          ...graph.weights,
          ["spare", { name: "spare", shape: [1], dtype: "f32", role: "parameter" }],
        ]),
      },
    ],
    [
      "two outputs are called logits",
      { ...graph, outputs: [1, 2].map((value) => ({ name: "logits", value })) },
    ],
    [
      "node conv2: its epilogue reads what is no input",
      withNode("conv2", {
        epilogue: [{ kind: "add", attributes: {}, inputs: ["result", 0] }],
        inputs: [...conv2.inputs, 1],
      }),
    ],
    [
      "output logits is value 99, which does not exist",
      { ...graph, outputs: [{ name: "logits", value: 99 }] },
    ],
  ])("says that %s", (fault, broken) => {
    expect(brokenInvariant(broken)).toBe(fault);
    expect(() => verify(broken)).toThrow(InternalFault);
  });
});
