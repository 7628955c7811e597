/** Engines that cannot run a network get a message, not an exception. */
import { expect, test, vi } from "vitest";
import { type WasmOptions, wasmTargetWith } from "../../src/runtime/wasm-target.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { Build } from "../graph/build.ts";
import { randomWeights } from "../graph/random-values.ts";

function small(): Graph {
  const build = new Build("Small");
  const image = build.input("image", [1, 3, 8, 8]);
  return build.graph(build.add("relu", image));
}

function problemsOf(options: WasmOptions): unknown {
  const graph = small();
  const prepared = wasmTargetWith(options).prepare(graph, randomWeights(graph));
  return prepared.session === undefined ? prepared.problems : "it runs";
}

test("without vector instructions", () => {
  const features = { simd: false, relaxedSimd: false, threads: false };
  expect(problemsOf({ features })).toEqual([
    { problem: { code: "CNN5062", facts: { model: "Small" } } },
  ]);
});

test("without room for the memory", () => {
  expect(problemsOf({})).toBe("it runs");
  // What V8 throws where an instance's memory cannot be had.
  const refuse = vi.spyOn(WebAssembly, "Instance").mockImplementation(function instance() {
    throw new RangeError("WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory");
  });
  try {
    expect(problemsOf({})).toEqual([
      { problem: { code: "CNN5061", facts: { model: "Small", bytes: expect.any(Number) } } },
    ]);
  } finally {
    refuse.mockRestore();
  }
});
