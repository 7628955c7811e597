/** ONNX's own backend tests, each on the reference and in WebAssembly. */
import { describe, expect, it, test } from "vitest";
import { OPSETS } from "../../src/layers/onnx.ts";
import { referenceTarget } from "../../src/runtime/target.ts";
import { wasmTarget } from "../../src/runtime/wasm-target.ts";
import { errorOf, errorOfExported, readCase } from "./case.ts";
import { CASES, leftOut, manifest, runnable } from "./score.ts";

describe.each([
  ["reference", referenceTarget],
  ["wasm", wasmTarget],
])("%s", (_, target) => {
  it.each(runnable())("%s", (name) => {
    expect(errorOf(readCase(new URL(`${name}/`, CASES)), target)).toBeLessThan(1e-5);
  });
});

it.each(runnable())("%s, exported again", (name) => {
  const one = readCase(new URL(`${name}/`, CASES));
  for (const opset of OPSETS)
    expect(errorOfExported(one, opset, referenceTarget)).toBeLessThan(1e-5);
});

test("every case is run, or left out for a reason", () => {
  const out = leftOut().flatMap(({ cases }) => cases);
  expect([...runnable(), ...out].toSorted()).toEqual([...manifest().keys()].toSorted());
  expect(new Set(out).size).toBe(out.length);
});
