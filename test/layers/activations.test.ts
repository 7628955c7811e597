/** What activations and dropout do beyond the ordinary values of `golden.test.ts`. */
import { describe, expect, test } from "vitest";
import { tensor } from "../../src/graph/tensor.ts";
import { erf, erfc } from "../../src/layers/shared/erf.ts";
import { type PlainArguments, attributesOf, layerOf } from "./arguments.ts";

const ACTIVATIONS: Readonly<Record<string, PlainArguments>> = {
  celu: {},
  clip: { min: -1, max: 1 },
  elu: {},
  gelu: {},
  hard_sigmoid: {},
  hard_swish: {},
  leaky_relu: {},
  mish: {},
  relu: {},
  relu6: {},
  selu: {},
  sigmoid: {},
  silu: {},
  softplus: {},
  softsign: {},
  tanh: {},
};

function applied(kind: string, given: PlainArguments, values: readonly number[]): Float64Array {
  const x = tensor([values.length], values);
  const attributes = attributesOf(kind, given);
  const { outputs } = layerOf(kind).reference({
    attributes,
    inputs: [x],
    weights: {},
    mode: "inference",
  });
  return outputs[0].data;
}

test.each(Object.entries(ACTIVATIONS))("%s passes NaN on", (kind, given) => {
  expect(applied(kind, given, [NaN])).toEqual(Float64Array.of(NaN));
});

// Limits for x to ±∞, by hand.
test.each<[string, number, number]>([
  ["celu", -1, 1000],
  ["elu", -1, 1000],
  ["gelu", -0, 1000],
  ["mish", -0, 1000],
  ["sigmoid", 0, 1],
  ["silu", -0, 1000],
  ["softplus", 0, 1000],
  ["tanh", -1, 1],
])("%s overflows nowhere", (kind, atMinus, atPlus) => {
  expect([...applied(kind, {}, [-1000, 1000])]).toEqual([atMinus, atPlus]);
});

test("gelu's approximation is that of its paper, not the exact one", () => {
  // 0.5 · (1 + tanh(√(2/π) · 1.044715)), against Φ(1).
  expect(applied("gelu", { approximate: "tanh" }, [1])[0]).toBeCloseTo(0.8411919906082768, 14);
  expect(applied("gelu", {}, [1])[0]).toBeCloseTo(0.8413447460685429, 14);
});

describe("the error function", () => {
  // Python 3.11, math.erf and math.erfc.
  test.each([
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2.9, 0.9999589021219005],
    [3.1, 0.9999883513426328],
    [-1.5, -0.9661051464753108],
    [-7, -1],
  ])("erf(%d)", (x, expected) => {
    expect(erf(x)).toBeCloseTo(expected, 15);
  });

  test.each([
    [3, 2.2090496998585438e-5],
    [4, 1.541725790028002e-8],
    [6, 2.1519736712498916e-17],
    [10, 2.088487583762545e-45],
  ])("erfc(%d) is exact where 1 - erf is not", (x, expected) => {
    expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(1e-13);
  });
});

/** A source that gives these numbers. */
function draws(numbers: readonly number[]): () => number {
  let next = 0;
  return () => numbers[next++];
}

describe("dropout", () => {
  const layer = layerOf("dropout");
  const attributes = attributesOf("dropout", { p: 0.25 });
  const x = tensor([1, 5], [1, 2, 0, -4, 5]);
  const call = { attributes, inputs: [x], weights: {} } as const;

  test("drops where the random number is below p, and scales the rest by 1 / (1 - p)", () => {
    const random = draws([0.3, 0.2, 0.9, 0.25, 0]);
    const [y] = layer.reference({ ...call, mode: "training", random }).outputs;
    expect([...y.data]).toEqual([4 / 3, 0, 0, -16 / 3, 0]);
  });

  test("sends gradients where it sent values, also through a value of 0", () => {
    if (layer.gradient === "none") throw new Error("dropout has a gradient");
    const random = draws([0.3, 0.2, 0.9, 0.25, 0]);
    const dy = tensor([1, 5], [3, 3, 3, 3, 3]);
    const { inputs } = layer.gradient.backward({
      ...call,
      mode: "training",
      random,
      outputs: [x],
      outputGradients: [dy],
    });
    expect([...inputs[0].data]).toEqual([4, 0, 4, 4, 0]);
  });

  test("does nothing in inference, and in training without a source of numbers", () => {
    for (const mode of ["inference", "training"] as const) {
      expect(layer.reference({ ...call, mode }).outputs).toEqual([x]);
    }
  });

  test("of everything leaves nothing", () => {
    const all = { ...call, attributes: attributesOf("dropout", { p: 1 }) };
    const random = draws([0.3, 0.2, 0.999, 0.25, 0]);
    const [y] = layer.reference({ ...all, mode: "training", random }).outputs;
    expect([...y.data].every((value) => value === 0)).toBe(true);
  });
});
