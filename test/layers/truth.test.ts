/**
 * Reference semantics and gradients against PyTorch's own numbers: `gradients.json` (torch
 * 1.13.1, float64, 9 significant digits) for the layers that it has, `vision-layers.json`
 * (made by `make-vision-layers.py`) for the rest of convolutions, pools and normalisations.
 * The cases of cross_entropy are a loss, not a layer, and belong to training.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { type Tensor, tensor } from "../../src/graph/tensor.ts";
import { tensorType } from "../../src/graph/tensor-type.ts";
import { type Plain, type PlainArguments, attributesOf, layerOf } from "./arguments.ts";

interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type PlainTensors = Readonly<Record<string, PlainTensor>>;

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly arguments: PlainArguments;
  readonly mode: "inference" | "training";
  readonly inputs: readonly PlainTensor[];
  readonly weights: PlainTensors;
  readonly output: PlainTensor;
  readonly outputGradient: PlainTensor;
  readonly inputGradients: readonly PlainTensor[];
  readonly weightGradients: PlainTensors;
  readonly buffers: PlainTensors;
}

interface GradientCase {
  readonly id: string;
  readonly op: string;
  readonly attrs: Readonly<Record<string, Plain>>;
  readonly inputs: PlainTensors;
  readonly output: PlainTensor;
  readonly grad_output: PlainTensor;
  readonly grads: PlainTensors;
  readonly state_before?: PlainTensors;
  readonly state_after?: PlainTensors;
}

function read<C>(file: string): readonly C[] {
  const url = new URL(`../material/${file}`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")).cases;
}

/** Our arguments for a torch operator; those that torch reads off its weights are written out. */
function layerFor({ op, attrs, inputs }: GradientCase): [kind: string, given: PlainArguments] {
  const { kernel_size: kernel, normalized_shape: normalized, dim, ...rest } = attrs;
  const bias = "bias" in inputs;
  const weight = inputs.weight?.shape ?? [];
  const groups = typeof attrs.groups === "number" ? attrs.groups : 1;
  switch (op) {
    case "conv2d":
      return ["conv", { ...rest, out: weight[0], kernel: weight.slice(2), bias }];
    case "conv_transpose2d":
      return [
        "conv_transpose",
        { ...rest, out: weight[1] * groups, kernel: weight.slice(2), bias },
      ];
    case "linear":
      return ["linear", { out: weight[0], bias }];
    case "max_pool2d":
    case "avg_pool2d":
      return [op.replace("2d", ""), { ...rest, kernel }];
    case "adaptive_avg_pool2d":
      return ["adaptive_avg_pool", rest];
    case "batch_norm_train":
      return ["batch_norm", rest];
    case "instance_norm":
      return ["instance_norm", { ...rest, affine: true }];
    case "layer_norm": {
      const last = Array.isArray(normalized) && normalized.length === 1;
      return ["layer_norm", last ? { ...rest, axes: -1 } : rest];
    }
    case "softmax":
      return ["softmax", { axis: dim }];
    default:
      return [op, rest];
  }
}

/** The material's numbers were float32 before they were written with 9 digits. */
function exact({ shape, data }: PlainTensor): PlainTensor {
  return { shape, data: data.map(Math.fround) };
}

function mapTensors(tensors: PlainTensors, change: (t: PlainTensor) => PlainTensor): PlainTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, change(t)]));
}

function caseOf(source: GradientCase): Case {
  const [kind, given] = layerFor(source);
  const { x, ...weights } = source.inputs;
  const { x: dx, ...weightGradients } = source.grads;
  return {
    id: source.id,
    kind,
    arguments: given,
    mode: source.state_after === undefined ? "inference" : "training",
    inputs: [exact(x)],
    weights: mapTensors({ ...weights, ...source.state_before }, exact),
    output: source.output,
    outputGradient: exact(source.grad_output),
    inputGradients: [dx],
    weightGradients,
    buffers: source.state_after ?? {},
  };
}

/** Eight digits of every element; of the largest where an element is a small difference. */
function expectClose(actual: Tensor, expected: PlainTensor, what: string): void {
  expect(actual.shape, what).toEqual(expected.shape);
  const largest = expected.data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expected.data.forEach((value, at) => {
    const allowed = 1e-8 * Math.abs(value) + 1e-11 * largest;
    expect(Math.abs(actual.data[at] - value), `${what}[${at}] of ${value}`).toBeLessThanOrEqual(
      allowed,
    );
  });
}

function expectAllClose(actual: Readonly<Record<string, Tensor>>, expected: PlainTensors): void {
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, value] of Object.entries(expected)) expectClose(actual[name], value, name);
}

const ofPlain = ({ shape, data }: PlainTensor): Tensor => tensor(shape, data);

function run(c: Case) {
  const layer = layerOf(c.kind);
  const attributes = attributesOf(c.kind, c.arguments);
  const inputs = c.inputs.map(ofPlain);
  const weights = Object.fromEntries(
    Object.entries(c.weights).map(([name, value]) => [name, ofPlain(value)]),
  );
  const types = inputs.map(({ shape }) => tensorType(shape));
  const call = { attributes, inputs, weights, mode: c.mode };
  const result = layer.reference(call);
  return { layer, attributes, types, call, result };
}

const gradientCases = read<GradientCase>("gradients.json");
const layerCases = gradientCases.filter(({ op }) => op !== "cross_entropy");

describe.each([
  { file: "gradients.json", cases: layerCases.map(caseOf) },
  { file: "vision-layers.json", cases: read<Case>("vision-layers.json") },
])("$file", ({ cases }) => {
  it.each(cases)("$id $kind $arguments", (c) => {
    const { layer, attributes, types, call, result } = run(c);

    const declared = layer.shape(attributes, types);
    expect("outputs" in declared && declared.outputs.map(({ shape }) => shape)).toEqual([
      c.output.shape,
    ]);
    const weightShapes = Object.entries(layer.weights(attributes, types));
    expect(Object.fromEntries(weightShapes.map(([name, { shape }]) => [name, shape]))).toEqual(
      Object.fromEntries(Object.entries(c.weights).map(([name, { shape }]) => [name, shape])),
    );

    expectClose(result.outputs[0], c.output, "output");
    expectAllClose(result.buffers ?? {}, c.buffers);

    if (layer.gradient === "none") throw new Error(`${c.kind} has no gradient`);
    const gradients = layer.gradient.backward({
      ...call,
      outputs: result.outputs,
      outputGradients: [ofPlain(c.outputGradient)],
    });
    expect(gradients.inputs).toHaveLength(c.inputGradients.length);
    c.inputGradients.forEach((expected, index) => {
      expectClose(gradients.inputs[index], expected, `gradient of input ${index}`);
    });
    expectAllClose(gradients.weights, c.weightGradients);
  });
});

test("the material is complete", () => {
  expect(gradientCases).toHaveLength(57);
  expect(gradientCases.length - layerCases.length).toBe(4);
});
