/** What an ONNX model is as layers, with patterns and without, and whether both compute the same. */
import { expect } from "vitest";
import { instantiate, namedSizes } from "../../../src/analysis/instantiate.ts";
import { brokenInvariant } from "../../../src/analysis/verify.ts";
import { importOnnx } from "../../../src/formats/onnx/import/import-onnx.ts";
import { toTensor } from "../../../src/formats/tensors/stored-array.ts";
import { run } from "../../../src/runtime/reference.ts";
import { randomInputs } from "../../graph/random-values.ts";
import { relativeError } from "../../relative-error.ts";
import { type ModelText, type NodeText, floats, onnxModel } from "./build.ts";

/** A network with the output `y`. */
export type Network = Omit<ModelText, "outputs">;

export const map = { x: ["N", 8, 6, 6] };
export const scalar = (name: string, value: number) => floats(name, [], [value]);

export const unary = (op: string, from: string, to: string): NodeText => ({
  op,
  in: [from],
  out: [to],
});

export const pair = (op: string, a: string, b: string, to: string): NodeText => ({
  op,
  in: [a, b],
  out: [to],
});

/** With the stored numbers `three`, `cubic`, `slope`, `one` and `half`. */
export const geluByTanh = [
  pair("Pow", "x", "three", "a"),
  pair("Mul", "cubic", "a", "b"),
  pair("Add", "x", "b", "c"),
  pair("Mul", "c", "slope", "d"),
  unary("Tanh", "d", "e"),
  pair("Add", "one", "e", "f"),
  pair("Mul", "half", "x", "g"),
  pair("Mul", "g", "f", "y"),
];

/** The layers that a model is, after it was held against itself with no layers recognised. */
export function layersOf(network: Network): readonly string[] {
  const bytes = onnxModel({ ...network, outputs: { y: ["N"] } });
  const [recognised, plain] = [true, false].map((recognise) => outputOf(bytes, recognise));
  expect(recognised.output.shape).toEqual(plain.output.shape);
  const got = Float32Array.from(recognised.output.data);
  expect(relativeError(got, plain.output.data)).toBeLessThan(1e-5);
  return recognised.kinds;
}

/** By the reference, for a batch of 2. */
function outputOf(bytes: Uint8Array, recognise: boolean) {
  const { model, arrays, diagnostics } = importOnnx(bytes, { recognise });
  if (model === undefined) throw new Error(JSON.stringify(diagnostics));
  expect(brokenInvariant(model.graph)).toBeUndefined();
  const sizes = [...namedSizes(model.graph).keys()].map((name) => [name, name === "N" ? 2 : 6]);
  const instance = instantiate(model.graph, Object.fromEntries(sizes));
  if ("problems" in instance) throw new Error(JSON.stringify(instance.problems));
  const weights = new Map([...arrays].map(([name, array]) => [name, toTensor(array)]));
  const { outputs } = run(instance.graph, weights, randomInputs(instance.graph));
  const [output] = outputs.values();
  return { kinds: model.graph.nodes.map(({ kind }) => kind), output };
}
