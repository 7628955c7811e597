/** Every layer of the table in WebAssembly, on all of its example problems: alone, and with what kernels may finish with. */
import { describe, expect, test } from "vitest";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
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

  test.each(problemsOf(kind))("finished, $given of $inputs", (problem) => {
    const graph = finished(kind, problem);
    const error = errorInWasm(graph, {}, inputsOf(graph, problem));
    expect(error).toBeLessThanOrEqual(SLOPE * Math.max(tolerance, ROUNDING));
  });
});

/** Of negative values. What follows the layer makes its errors larger by as much. */
const SLOPE = 3;

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
function alone(kind: string, problem: LayerProblem): Graph {
  const build = new Build(kind);
  return resultsOf(build, outputsOf(build, kind, problem));
}

/** Twice: with functions of single elements behind each output, and with a sum before them. */
function finished(kind: string, problem: LayerProblem): Graph {
  const build = new Build(kind);
  const functions = (id: ValueId): ValueId =>
    build.chain(id, ["leaky_relu", { negative_slope: SLOPE }], ["add_scalar", { scalar: 1 }]);
  const plain = outputsOf(build, kind, problem).map(functions);
  const summed = outputsOf(build, kind, problem).map((id, i) => {
    const { shape } = build.typeOf(id);
    return functions(build.add("add", [id, build.input(`z${i}`, shape)]));
  });
  return resultsOf(build, [...plain, ...summed]);
}

/** Of a new node, with inputs of its own. */
function outputsOf(build: Build, kind: string, { given, inputs }: LayerProblem) {
  const ids = inputs.map((shape, i) => build.input(`x${i} of ${build.size}`, shape));
  return build.addAll(kind, ids, attributesOf(kind, given));
}

function resultsOf(build: Build, outputs: readonly ValueId[]): Graph {
  return build.graph(Object.fromEntries(outputs.map((id, i) => [`y${i}`, id])));
}
