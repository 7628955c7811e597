/**
 * Values and gradients of activations, arithmetic, shape and resampling layers against those
 * that PyTorch computed (`test/material/layers.json` and `import-layers.json`, made by
 * `make-layers.py` and `make-import-layers.py`).
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tensorType } from "../../src/graph/tensor-type.ts";
import { type Tensor, tensor } from "../../src/graph/tensor.ts";
import { layers } from "../../src/layers/index.ts";
import { type PlainArguments, attributesOf, layerOf } from "./arguments.ts";

interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly kind: string;
  readonly attributes: PlainArguments;
  readonly inputs: readonly PlainTensor[];
  readonly weights: Readonly<Record<string, PlainTensor>>;
  readonly outputs: readonly PlainTensor[];
  /** Absent where there are none. */
  readonly output_gradients?: readonly PlainTensor[];
  readonly input_gradients?: readonly PlainTensor[];
  readonly weight_gradients?: Readonly<Record<string, PlainTensor>>;
}

function casesOf(name: string): readonly Case[] {
  const file = new URL(`../material/${name}`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).cases;
}

const cases = ["layers.json", "import-layers.json"].flatMap(casesOf);

test("PyTorch has computed values of every layer", () => {
  const computed = new Set([...cases, ...casesOf("vision-layers.json")].map(({ kind }) => kind));
  expect([...layers.keys()].filter((kind) => !computed.has(kind))).toEqual([]);
});

function toTensor({ shape, data }: PlainTensor): Tensor {
  return tensor(shape, data);
}

function toTensors(plain: Readonly<Record<string, PlainTensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(plain).map(([role, t]) => [role, toTensor(t)]));
}

/** Equal shapes; values within 1e-9 of each other, relative to those above 1. */
function expectClose(what: string, actual: Tensor | undefined, expected: PlainTensor): void {
  expect(actual?.shape, what).toEqual(expected.shape);
  const worst = expected.data.reduce((error, value, at) => {
    const difference = Math.abs((actual?.data[at] ?? NaN) - value) / Math.max(1, Math.abs(value));
    // Once NaN, always NaN: no small error.
    return Math.max(error, difference);
  }, 0);
  expect(worst, what).toBeLessThan(1e-9);
}

describe.each(cases.map((one, at) => ({ ...one, at })))(
  "$at: $kind $attributes",
  ({ kind, attributes: given, inputs, weights, outputs, ...gradients }) => {
    const layer = layerOf(kind);
    const attributes = attributesOf(kind, given);
    const call = {
      attributes,
      inputs: inputs.map(toTensor),
      weights: toTensors(weights),
      mode: "inference",
    } as const;

    test("shapes and weights", () => {
      const types = inputs.map(({ shape }) => tensorType(shape));
      expect(layer.shape(attributes, types)).toMatchObject({
        outputs: outputs.map(({ shape }) => ({ shape })),
      });
      const expected = Object.entries(weights).map(([role, { shape }]) => [role, shape]);
      const declared = Object.entries(layer.weights(attributes, types));
      expect(declared.map(([role, { shape }]) => [role, shape])).toEqual(expected);
    });

    test("values", () => {
      const actual = layer.reference(call).outputs;
      expect(actual.length).toBe(outputs.length);
      outputs.forEach((expected, at) => expectClose(`output ${at}`, actual[at], expected));
    });

    test("gradients", () => {
      const { output_gradients: ofOutputs = [], input_gradients: ofInputs = [] } = gradients;
      if (layer.gradient === "none") {
        expect(ofOutputs).toEqual([]);
        return;
      }
      const actual = layer.gradient.backward({
        ...call,
        outputs: outputs.map(toTensor),
        outputGradients: ofOutputs.map(toTensor),
      });
      expect(actual.inputs.length).toBe(inputs.length);
      ofInputs.forEach((gradient, at) =>
        expectClose(`gradient of input ${at}`, actual.inputs[at], gradient),
      );
      expect(Object.keys(actual.weights)).toEqual(Object.keys(weights));
      for (const [role, expected] of Object.entries(gradients.weight_gradients ?? {})) {
        expectClose(`gradient of ${role}`, actual.weights[role], expected);
      }
    });
  },
);
