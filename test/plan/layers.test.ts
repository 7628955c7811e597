/** Every layer of the table in WebAssembly, alone, on all of its example problems. */
import { describe, expect, test } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import { layers } from "../../src/layers/index.ts";
import { attributesOf } from "../layers/arguments.ts";
import { Build } from "../graph/build.ts";
import { type LayerProblem, problems } from "../layers/problems.ts";
import { errorInWasm } from "./compare.ts";

/** Float32 sums that nothing of the layer's own makes less exact. */
const ROUNDING = 2e-6;

describe.each([...layers.values()])("$kind", ({ kind, tolerance }) => {
  test.each(problems[kind])("$given of $inputs", (problem) => {
    const error = errorInWasm(alone(kind, problem));
    expect(error).toBeLessThanOrEqual(Math.max(tolerance, ROUNDING));
  });
});

/** With all outputs of the layer as results. */
function alone(kind: string, { given, inputs }: LayerProblem): Graph {
  const build = new Build(kind);
  const ids = inputs.map((shape, i) => build.input(`x${i}`, shape));
  const outputs = build.addAll(kind, ids, attributesOf(kind, given));
  return build.graph(Object.fromEntries(outputs.map((id, i) => [`y${i}`, id])));
}
