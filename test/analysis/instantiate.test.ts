import { describe, expect, test } from "vitest";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { check } from "../../src/check/check.ts";
import { named } from "../../src/graph/dim.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { Build } from "../graph/build.ts";
import { lenet5, resnet18, unet } from "../graph/models.ts";

function problemsOf(graph: Graph, sizes: Readonly<Record<string, number>>): readonly unknown[] {
  const result = instantiate(graph, sizes);
  return "graph" in result
    ? []
    : result.problems.map(({ problem, node }) => ({ ...problem, node: node?.name }));
}

describe("instantiate", () => {
  test("gives every size a number", () => {
    const result = instantiate(unet(), { N: 2, H: 6, W: 10 });
    if ("problems" in result) throw new Error("refused");
    const shapes = result.graph.values.map(({ name, type }) => [name, type.shape]);
    expect(Object.fromEntries(shapes)).toMatchObject({
      image: [2, 1, 6, 10],
      max_pool1: [2, 8, 3, 5],
      upsample1: [2, 16, 6, 10],
      head: [2, 2, 6, 10],
    });
  });

  test("names every size without a value", () => {
    expect(problemsOf(resnet18(), { H: 224 })).toEqual([
      {
        code: "CNN5020",
        facts: { model: "ResNet18", sizes: ["N", "W"], inputs: ["image: [N, 3, H, W]"] },
      },
    ]);
  });

  test.each([
    [7, "H % 2 == 0", { lower: 6, upper: 8 }],
    [1, "H % 2 == 0", { upper: 2 }],
  ])("refuses H = %i where the facts forbid it", (value, fact, near) => {
    expect(problemsOf(unet(), { N: 1, H: value, W: 4 })).toEqual([
      { code: "CNN5021", facts: { size: "H", value, fact, ...near } },
    ]);
  });

  test("refuses a size for which an argument leaves what its layer takes", () => {
    const source = "model Tail(x: [N, H]) -> [N, 9] {\n  x -> slice(start: H - 9, axis: 1)\n}";
    const { graph } = check(source).models[0];
    expect(problemsOf(graph, { N: 1, H: 9 })).toEqual([]);
    // As a number, -3 would be the third place from the end.
    expect(problemsOf(graph, { N: 1, H: 6 })).toMatchObject([{ code: "CNN2056", node: "slice1" }]);
  });

  test("names the nearest value of a range", () => {
    const build = new Build("Range");
    const x = build.input("x", [named("N", { min: 2, max: 9 }), 4]);
    const graph = build.graph(build.add("relu", x));
    expect(problemsOf(graph, { N: 1 })).toMatchObject([{ facts: { fact: "N >= 2", upper: 2 } }]);
    expect(problemsOf(graph, { N: 20 })).toMatchObject([{ facts: { fact: "N <= 9", lower: 9 } }]);
  });

  test.each([0, -3, 1.5, NaN, 2 ** 40])("refuses N = %d", (value) => {
    expect(problemsOf(lenet5(), { N: value })).toEqual([
      { code: "CNN5023", facts: { size: "N", value } },
    ]);
  });

  test("proposes the size that a mistyped name means", () => {
    expect(problemsOf(resnet18(), { N: 1, H: 64, W: 64, h: 64 })).toEqual([
      {
        code: "CNN5022",
        facts: { size: "h", model: "ResNet18", names: ["N", "H", "W"], nearest: "H" },
      },
    ]);
  });

  test("reports the first layer that cannot work at the sizes", () => {
    const build = new Build("Valid");
    const x = build.input("image", [1, 1, named("H", { min: 5 }), 9]);
    const graph = build.graph(
      build.chain(x, ["conv", { out: 1, kernel: [5, 5] }], ["max_pool", { kernel: [2, 2] }]),
    );
    expect(problemsOf(graph, { H: 6 })).toEqual([]);
    expect(problemsOf(graph, { H: 5 })).toMatchObject([{ code: "CNN2003", node: "max_pool1" }]);
  });

  test("refuses tensors that no array holds", () => {
    expect(problemsOf(lenet5(), { N: 2 ** 30 })).toMatchObject([
      { code: "CNN5024", facts: { tensor: "image", elements: 784 * 2 ** 30 } },
    ]);
  });
});
