/** A written program means the graph that it was written for. */
import { describe, expect, test } from "vitest";
import { multiplyAdds, parameterCount } from "../../../src/analysis/cost.ts";
import { check } from "../../../src/check/check.ts";
import { format } from "../../../src/editor/format.ts";
import { matchGraphs } from "../../../src/formats/program/match-graphs.ts";
import { writeProgram } from "../../../src/formats/program/write-program.ts";
import { keyOf } from "../../../src/graph/dim.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { outputsOfBoth } from "./computes.ts";
import { example, exampleNames, resolveExample } from "../../examples/examples.ts";

function graphOf(name: string): Graph {
  const [{ graph }] = check(example(name), { resolve: resolveExample, remedies: false }).models;
  return graph;
}

describe.each(exampleNames)("%s", (name) => {
  const graph = graphOf(name);

  test("comes back with its layers, sizes, metadata and the names of its weights", async () => {
    const { text, weights, outline } = await writeProgram(graph);
    expect(outline).toBe("blocks");
    const { models, diagnostics } = check({ name: "written.cnn", text }, { remedies: false });
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const [{ graph: again }] = models;
    expect(again.name).toBe(graph.name);
    expect(again.metadata).toEqual(graph.metadata);
    expect(shapes(again)).toEqual(shapes(graph));
    expect(kinds(again)).toEqual(kinds(graph));
    expect(keyOf(parameterCount(again))).toBe(keyOf(parameterCount(graph)));
    expect(keyOf(multiplyAdds(again))).toBe(keyOf(multiplyAdds(graph)));
    for (const [own, original] of weights) expect(own).toBe(original);
  });

  test("is formatted", async () => {
    const { text } = await writeProgram(graph);
    expect(await format(text)).toBe(text);
  });
});

test.each(["lenet5-bn", "inception", "stylegan-adain"])("%s computes the same", async (name) => {
  const sizes = name === "inception" ? { N: 1, H: 5, W: 6 } : { N: 2 };
  const graph = graphOf(name);
  const { graph: again, weights } = await writeProgram(graph);
  const [outputs, expected] = outputsOfBoth(graph, again, weights, sizes);
  expect(outputs).toEqual(expected);
});

test("stages of different lengths are no options of each other", async () => {
  const source = `block Unit(x: [N, C, H, W], out: int, stride: int = 1) {
  let body =
    x -> "block": {
      conv(4 * C, kernel: 1) -> relu
        -> depthwise(3, stride: stride, padding: 1) -> relu -> conv(out, kernel: 1)
    }
  if C == out and stride == 1 { body + x } else { body }
}
model Stages(x: [N, 8, 32, 32]) {
  x -> features: {
    "0": { Unit(16, stride: 2) -> Unit(16) }
      -> "1": { Unit(24, stride: 2) -> repeat 2 { Unit(24) } }
      -> "2": { Unit(32) -> repeat 2 { Unit(32) } }
      -> "3": { Unit(48, stride: 2) -> repeat 3 { Unit(48) } }
  }
}`;
  const [{ graph }] = check({ name: "stages.cnn", text: source }).models;
  const { outline, text } = await writeProgram(graph);
  expect(outline).toBe("blocks");
  expect(text.match(/^block /gm)).toHaveLength(1);
});

test("a way is as long as what its groups hold, and a new order of axes is told in numbers", async () => {
  const source = `model M(x: [N, 4, 8, 8]) -> [N, 8, 8, 8] {
  let shortcut = x -> proj: { conv(8, kernel: 1) -> batch_norm }
  let body =
    x
      -> f: {
        conv(8, kernel: 3, padding: 1) -> relu -> permute((0, 2, 3, 1))
          -> linear(8, in_features: 8) -> permute((0, 3, 1, 2))
      }
  shortcut + body -> relu
}
`;
  const [{ graph }] = check({ name: "m.cnn", text: source }).models;
  expect((await writeProgram(graph)).text).toBe(source);
});

test("what is joined again and again is joined step by step", async () => {
  const source = `model Dense(x: [N, 3, 4, 4]) {
  let a = x -> conv(2, kernel: 3, padding: 1)
  let b = concat(x, a) -> conv(2, kernel: 3, padding: 1)
  let c = concat(x, a, b) -> conv(2, kernel: 3, padding: 1)
  concat(x, a, b, c)
}`;
  const [{ graph }] = check({ name: "dense.cnn", text: source }).models;
  const { graph: again, weights } = await writeProgram(graph);
  const joins = again.nodes.filter(({ kind }) => kind === "concat");
  expect(joins.map(({ inputs }) => inputs.length)).toEqual([2, 2, 2]);
  const [outputs, expected] = outputsOfBoth(graph, again, weights, { N: 2 });
  expect(outputs).toEqual(expected);
});

describe("a difference between graphs is found", () => {
  const differences = [
    ["another kernel", "x -> conv(4, kernel: 3) -> relu", "x -> conv(4, kernel: 1) -> relu"],
    ["another layer", "x -> conv(4, kernel: 3) -> relu", "x -> conv(4, kernel: 3) -> silu"],
    ["another order", "let y = x -> relu\n y - x", "let y = x -> relu\n x - y"],
    [
      "a weight shared",
      "x -> conv(3, kernel: 1) -> conv(3, kernel: 1)",
      "let c = conv(3, kernel: 1)\n x -> c -> c",
    ],
  ] as const;

  test.each(differences)("%s", (_, first, second) => {
    const [a, b] = [first, second].map((body) => {
      const text = `model M(x: [N, 3, 8, 8]) { ${body} }`;
      return check({ name: "m.cnn", text }, { remedies: false }).models[0].graph;
    });
    expect(matchGraphs(a, a)).toHaveProperty("weights");
    expect(matchGraphs(a, b)).toHaveProperty("difference");
  });
});

function shapes({ weights }: Graph): ReadonlyMap<string, readonly string[]> {
  return new Map([...weights].map(([name, { shape }]) => [name, shape.map(keyOf)]));
}

function kinds({ nodes }: Graph): readonly string[] {
  return nodes.map(({ kind }) => kind).toSorted();
}
