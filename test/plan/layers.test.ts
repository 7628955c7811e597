/** Every layer of the table in WebAssembly, alone, on all of its example problems. */
import { describe, expect, test } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import { layers } from "../../src/layers/index.ts";
import type { Tensors } from "../../src/runtime/inputs.ts";
import { attributesOf } from "../layers/arguments.ts";
import { Build } from "../graph/build.ts";
import { randomInputs } from "../graph/random-values.ts";
import { type LayerProblem, problemsOf } from "../layers/problems.ts";
import { errorInWasm } from "./compare.ts";

/** Float32 sums that nothing of the layer's own makes less exact. */
const ROUNDING = 2e-6;

describe.each([...layers.values()])("$kind", ({ kind, tolerance }) => {
  test.each(problemsOf(kind))("$given of $inputs", (problem) => {
    const graph = alone(kind, problem);
    const error = errorInWasm(graph, {}, inputsOf(graph, problem));
    expect(error).toBeLessThanOrEqual(Math.max(tolerance, ROUNDING));
  });
});

/** Float32 numbers in the problem's range. */
function inputsOf(graph: Graph, { range = [-1, 1] }: LayerProblem): Tensors {
  const [low, high] = range;
  const spread = (value: number): number => Math.fround(low + ((value + 1) / 2) * (high - low));
  return new Map(
    [...randomInputs(graph)].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map(spread) },
    ]),
  );
}

/** With all outputs of the layer as results. */
function alone(kind: string, { given, inputs }: LayerProblem): Graph {
  const build = new Build(kind);
  const ids = inputs.map((shape, i) => build.input(`x${i}`, shape));
  const outputs = build.addAll(kind, ids, attributesOf(kind, given));
  return build.graph(Object.fromEntries(outputs.map((id, i) => [`y${i}`, id])));
}
