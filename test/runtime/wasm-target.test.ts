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

/** What becomes of an error that an engine throws where it makes an instance. */
function problemsAfter(error: Error): unknown {
  const refuse = vi.spyOn(WebAssembly, "Instance").mockImplementation(function instance() {
    throw error;
  });
  try {
    return problemsOf({});
  } finally {
    refuse.mockRestore();
  }
}

test.each([
  "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory",
  "WebAssembly.Memory(): could not allocate memory",
  "Array buffer allocation failed",
])("without room for the memory: %s", (text) => {
  expect(problemsOf({})).toBe("it runs");
  expect(problemsAfter(new RangeError(text))).toEqual([
    { problem: { code: "CNN5061", facts: { model: "Small", bytes: expect.any(Number) } } },
  ]);
});

test.each(["Maximum call stack size exceeded", "offset is out of bounds"])(
  "other errors of ranges are no lack of memory: %s",
  (text) => {
    expect(() => problemsAfter(new RangeError(text))).toThrow(text);
  },
);
