/** Packages whose convolutions have weights that kernels make of plain ones when they are loaded. */
import { expect, test } from "vitest";
import { tryBuild } from "../../src/build.ts";
import { compile } from "../../src/compile.ts";
import { check } from "../../src/check/check.ts";
import { freshWeights } from "../../src/analysis/fresh-weights.ts";
import { fromTensor } from "../../src/formats/tensors/stored-array.ts";
import type { OpenOptions } from "../../src/runtime/package/load.ts";
import { defineModel } from "../../src/runtime/package/define-model.ts";
import type { BuildOptions } from "../../src/build.ts";
import { referenceTarget } from "../../src/runtime/target.ts";
import { relativeError } from "../relative-error.ts";

/** Plain, strided and grouped; 70 channels fill no whole vectors, and none of the last panel. */
const text = `
model Net(image: [1, 3, 20, 22]) {
  image
    -> conv(70, kernel: 3, padding: 1) -> batch_norm -> relu
    -> conv(70, kernel: 3, padding: 1, bias: false) -> batch_norm -> relu
    -> conv(64, kernel: 3, stride: 2, padding: 1) -> relu
    -> conv(128, kernel: 3, padding: 1, groups: 2)
}
`;

const [{ graph }] = check({ name: "net.cnn", text }).models;
const fresh = freshWeights(graph, 1);
const arrays = new Map([...fresh].map(([name, tensor]) => [name, fromTensor(tensor)]));
const weights = { name: "weights", arrays };
const image = Float32Array.from({ length: 3 * 20 * 22 }, (_, i) => Math.sin(i * i));
const plainBytes = [...arrays.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);

const reference = await compile(text, { weights, target: referenceTarget });
const expected = Float64Array.from(
  reference.run({ image: { shape: [1, 3, 20, 22], data: image } }).output.data,
);

function build(options: BuildOptions) {
  const { built } = tryBuild({ name: "net.cnn", text }, { weights, ...options });
  if (built === undefined) throw new Error("the program cannot be built");
  return built;
}

async function outputOf(
  { description, wasm, weights: beside }: ReturnType<typeof build>,
  options: OpenOptions = {},
): Promise<Float32Array> {
  const files = { wasm: () => wasm, ...(beside && { weights: () => beside }) };
  const net = await defineModel(description, files).open(options);
  const { output } = net.run({ image });
  net.close();
  return output.data;
}

const forms: readonly BuildOptions[] = [
  {},
  { portable: true },
  { threads: 2 },
  { weightsPlace: "beside" },
];

test.each(forms)("%j computes what the definition says", async (options) => {
  const built = build(options);
  expect(relativeError(await outputOf(built), expected)).toBeLessThan(1e-5);
});

test("so does a module that the host has compiled", async () => {
  const built = build({});
  const wasm = new WebAssembly.Module(built.wasm);
  expect(relativeError(await outputOf(built, { wasm }), expected)).toBeLessThan(1e-5);
});

test("the file holds few bytes more than the plain weights", () => {
  const { weights: stored, programs } = build({}).description;
  expect(stored.runs.some(({ expand }) => expand !== undefined)).toBe(true);
  expect(stored.bytes).toBeLessThan(1.05 * plainBytes);
  // In memory they are larger.
  expect(programs[0].arena - programs[0].weights).toBeGreaterThan(1.5 * plainBytes);
});

test("a file that is cut short within such weights is refused", async () => {
  const built = build({});
  const wasm = built.wasm.slice(0, built.wasm.length - 100_000);
  await expect(outputOf({ ...built, wasm })).rejects.toThrow(
    /model\.wasm is cut short: \d+ of \d+/,
  );
});
