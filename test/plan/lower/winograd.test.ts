/** Which convolutions of a network Winograd computes, and that they are right there. */
import { expect, test } from "vitest";
import type { Attributes } from "../../../src/graph/attributes.ts";
import { planForWasm } from "../../../src/targets/wasm/plan-graph.ts";
import { Build } from "../../graph/build.ts";
import { errorInWasm } from "../compare.ts";

const SQUARE = { kernel: [3, 3], padding: [1, 1, 1, 1] };

test.each<[string, string, number, Attributes, string]>([
  ["with a stride", "conv", 3, { kernel: [7, 7], stride: [2, 2] }, "F(4x4,7x7)"],
  ["in groups", "conv", 64, { ...SQUARE, groups: 2 }, "F(6x6,3x3)"],
  ["with a dilation", "conv", 32, { kernel: [3, 3], dilation: [2, 2] }, "F(6x6,3x3)"],
  ["transposed", "conv_transpose", 32, { kernel: [4, 4], stride: [2, 2] }, "F(5x5,2x2)"],
])("a convolution %s", (_, kind, channels, attributes, form) => {
  const build = new Build("Net");
  const x = build.input("x", [1, channels, 37, 34]);
  const y = build.add("relu", build.add(kind, x, { out: 32, ...attributes }));
  const graph = build.graph({ y });
  const planned = planForWasm(graph, { relaxedSimd: true, threads: 1 });
  if (!("plan" in planned)) throw new Error("no plan");
  const algorithms = planned.plan.steps.map(({ algorithm }) => algorithm);
  expect(algorithms.filter((algorithm) => algorithm.includes("winograd"))).not.toEqual([]);
  for (const algorithm of algorithms.filter((text) => text.includes("winograd"))) {
    expect(algorithm).toContain(form);
  }
  expect(errorInWasm(graph)).toBeLessThan(2e-5);
  expect(errorInWasm(graph, { precise: true })).toBeLessThan(2e-6);
});

test("weights weigh less where the whole network stays in the cache", () => {
  const formOf = (channels: number): string => {
    const build = new Build("Net");
    const x = build.input("x", [1, 256, 8, 8]);
    const y = build.add("conv", x, { out: 256, ...SQUARE });
    const others = build.add("conv", x, { out: channels, kernel: [1, 1] });
    const planned = planForWasm(build.graph({ y, others }), { relaxedSimd: true, threads: 1 });
    if (!("plan" in planned)) throw new Error("no plan");
    return (
      planned.plan.steps.map(({ algorithm }) => algorithm).find((a) => a.includes("3x3")) ?? ""
    );
  };
  expect(formOf(16)).toContain("F(4x4,3x3)");
  expect(formOf(8192)).toContain("F(2x2,3x3)");
});
