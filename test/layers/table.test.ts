/**
 * What must be true of every layer, checked on the problems of `problems.ts`: a layer is tested
 * by standing in the table. The reference is taken as given here (`truth.test.ts` and
 * `golden.test.ts` hold it against PyTorch); all other facets are held against it.
 */
import { describe, expect, test } from "vitest";
import type { Attributes } from "../../src/graph/attributes.ts";
import { decide } from "../../src/graph/condition.ts";
import { type Dim, isKnown, substitute } from "../../src/graph/dim.ts";
import { randomSource } from "../../src/graph/random.ts";
import { type Tensor, sizeOf } from "../../src/graph/tensor.ts";
import { type TensorType, tensorType } from "../../src/graph/tensor-type.ts";
import { layers } from "../../src/layers/index.ts";
import type { Layer, ReferenceCall, ShapeResult } from "../../src/layers/layer.ts";
import { operators } from "../../src/layers/operators.ts";
import { attributesOf } from "./arguments.ts";
import { countMultiplyAdds } from "./multiply-adds.ts";
import { type LayerProblem, problems, problemsOf } from "./problems.ts";
import { expectField } from "./seen-pixels.ts";
import { symbolic } from "./symbolic.ts";
import { inputTensor, weightTensor } from "./tensors.ts";

function knownShape(shape: readonly Dim[]): readonly number[] {
  return shape.map((size) => {
    if (!isKnown(size)) throw new Error("a size of a known problem is symbolic");
    return size;
  });
}

function shapeOf(layer: Layer, attributes: Attributes, inputs: readonly TensorType[]): ShapeResult {
  const result = layer.shape(attributes, inputs);
  if ("code" in result) throw new Error(`${layer.kind} answers ${result.code}`);
  return result;
}

function callOf(
  layer: Layer,
  attributes: Attributes,
  { inputs, range }: LayerProblem,
  mode: "inference" | "training",
): ReferenceCall<Attributes> {
  const random = randomSource(inputs.flat().reduce((a, b) => a * 31 + b, 7));
  const weights = layer.weights(attributes, inputs.map(tensorType));
  return {
    attributes,
    inputs: inputs.map((shape) => inputTensor(shape, random, range)),
    weights: Object.fromEntries(
      Object.entries(weights).map(([role, { shape }]) => [
        role,
        weightTensor(knownShape(shape), random),
      ]),
    ),
    mode,
  };
}

/** Every run draws the same numbers, as forward and backward passes do. */
function seeded(call: ReferenceCall<Attributes>): ReferenceCall<Attributes> {
  return call.mode === "training" ? { ...call, random: randomSource(3) } : call;
}

test("the table holds every layer that was promised first, and each has its problems", () => {
  // LANGUAGE.md, section 4, and the forms of its operators with a number on one side.
  const names = `conv conv_transpose depthwise linear max_pool avg_pool adaptive_avg_pool
    adaptive_max_pool global_avg_pool global_max_pool batch_norm layer_norm instance_norm
    group_norm lrn adain relu relu6 leaky_relu prelu elu selu celu gelu silu mish sigmoid tanh
    softplus softsign hard_sigmoid hard_swish softmax log_softmax clip add sub mul div concat
    split slice flatten reshape permute pad upsample pixel_shuffle channel_shuffle dropout
    identity mean normalize add_scalar sub_scalar rsub_scalar mul_scalar div_scalar rdiv_scalar`;
  expect([...layers.keys()]).toEqual(expect.arrayContaining(names.split(/\s+/)));
  expect(Object.keys(problems).sort()).toEqual([...layers.keys()].sort());
});

test("operators stand for layers of the table", () => {
  const kinds = Object.values(operators).flatMap((forms) => Object.values(forms));
  expect(kinds.filter((kind) => !layers.has(kind))).toEqual([]);
});

describe.each([...layers.values()])("$kind", (layer) => {
  test("is documented", () => {
    expect(layer.kind).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    expect(layer.summary).toMatch(/^[A-Z].{10,}\.$/);
    expect(layer.source).not.toBe("");
    expect(layer.inputs.length > 0).toBe(layer.category !== "source");
    for (const [name, parameter] of Object.entries(layer.parameters)) {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      expect(parameter.doc, name).toMatch(/^[A-Z`].{8,}\.$/);
      expect(parameter.expects, name).not.toBe("");
    }
  });

  test("has several problems", () => {
    expect(problemsOf(layer.kind).length).toBeGreaterThanOrEqual(2);
  });

  describe.each([...problemsOf(layer.kind)])("$given on $inputs", (problem) => {
    const attributes = attributesOf(layer.kind, problem.given);
    const types = problem.inputs.map(tensorType);

    test("declares the shapes that it computes", () => {
      const { outputs, requires } = shapeOf(layer, attributes, types);
      expect(requires.filter(({ condition }) => decide(condition).holds !== "always")).toEqual([]);
      const call = callOf(layer, attributes, problem, "inference");
      const computed = layer.reference(call).outputs;
      expect(computed.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
      expect(computed.map(({ data }) => data.length)).toEqual(
        computed.map(({ shape }) => sizeOf(shape)),
      );
    });

    test("says the same of symbolic sizes", () => {
      const { types: general, bindings } = symbolic(problem.inputs);
      const outputs = shapeOf(layer, attributes, general).outputs;
      const exact = shapeOf(layer, attributes, types).outputs;
      const bound = outputs.map(({ shape }) => shape.map((size) => substitute(size, bindings)));
      expect(bound).toEqual(exact.map(({ shape }) => shape));
      const { macs } = layer.cost(attributes, general, outputs);
      expect(substitute(macs, bindings)).toBe(layer.cost(attributes, types, exact).macs);
    });

    test("leaves its inputs and weights as they are", () => {
      for (const mode of ["inference", "training"] as const) {
        const call = callOf(layer, attributes, problem, mode);
        const outputs = layer.reference(seeded(call)).outputs;
        if (layer.gradient !== "none") {
          layer.gradient.backward({ ...seeded(call), outputs, outputGradients: outputs });
        }
        expect(call).toEqual(callOf(layer, attributes, problem, mode));
      }
    });

    test("costs the multiply-adds that it takes", () => {
      const { outputs } = shapeOf(layer, attributes, types);
      const call = callOf(layer, attributes, problem, "inference");
      const shapes = outputs.map(({ shape }) => knownShape(shape));
      const counted = countMultiplyAdds(layer.kind, call, shapes);
      expect(layer.cost(attributes, types, outputs).macs).toBe(counted);
    });

    test("sees the pixels that its receptive field says", () => {
      const call = callOf(layer, attributes, problem, "inference");
      expectField(layer, call, problem.bound === true);
    });

    if (layer.gradient === "none") return;
    test.each(["inference", "training"] as const)("has the gradient of its values: %s", (mode) => {
      expectGradient(layer, callOf(layer, attributes, problem, mode));
    });
  });
});

const STEP = 1e-5;

/** Compares the gradient with central differences of `Σ output · constant`, element by element. */
function expectGradient(layer: Layer, call: ReferenceCall<Attributes>): void {
  if (layer.gradient === "none") throw new Error(`${layer.kind} has no gradient to check`);
  const { outputs } = layer.reference(seeded(call));
  const random = randomSource(11);
  const outputGradients = outputs.map(({ shape }) => inputTensor(shape, random));
  const loss = (): number =>
    layer
      .reference(seeded(call))
      .outputs.flatMap(({ data }, at) =>
        Array.from(data, (v, i) => v * outputGradients[at].data[i]),
      )
      .reduce((sum, term) => sum + term, 0);
  const gradients = layer.gradient.backward({ ...seeded(call), outputs, outputGradients });
  expect(gradients.inputs.length).toBe(call.inputs.length);
  gradients.inputs.forEach((gradient, at) => {
    expectDifferences(`input ${at}`, call.inputs[at], gradient, loss);
  });
  const trained = Object.entries(layer.weights(call.attributes, call.inputs.map(typeOf)))
    .filter(([, { role }]) => role === "parameter")
    .map(([role]) => role);
  expect(Object.keys(gradients.weights).sort()).toEqual(trained.sort());
  for (const role of trained) {
    expectDifferences(role, call.weights[role], gradients.weights[role], loss);
  }
}

function typeOf({ shape }: Tensor): TensorType {
  return tensorType(shape);
}

function expectDifferences(
  what: string,
  values: Tensor,
  gradient: Tensor,
  loss: () => number,
): void {
  expect(gradient.shape, what).toEqual(values.shape);
  for (const [at, value] of values.data.entries()) {
    values.data[at] = value + STEP;
    const above = loss();
    values.data[at] = value - STEP;
    const below = loss();
    values.data[at] = value;
    const difference = (above - below) / (2 * STEP);
    const error = Math.abs(difference - gradient.data[at]) / Math.max(1, Math.abs(difference));
    expect(error, `${what}, element ${at}`).toBeLessThan(1e-6);
  }
}
