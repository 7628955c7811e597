/** What two graphs compute from the same random weights and inputs, in float64. */
import { instantiate } from "../../../src/analysis/instantiate.ts";
import { knownShape } from "../../../src/graph/access.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { type Tensor, sizeOf, tensor } from "../../../src/graph/tensor.ts";
import { run } from "../../../src/runtime/reference.ts";
import { noise, randomWeights } from "../../graph/random-values.ts";

type Outputs = readonly (readonly [string, Tensor])[];

/**
 * The outputs of a graph and of the one written for it.
 * @param weights for each weight of the second graph its name in the first
 */
export function outputsOfBoth(
  first: Graph,
  second: Graph,
  weights: ReadonlyMap<string, string>,
  sizes: Readonly<Record<string, number>>,
): readonly [Outputs, Outputs] {
  const [a, b] = [fixed(first, sizes), fixed(second, sizes)];
  const next = noise(3);
  const inputs = a.inputs.map((id) => {
    const shape = knownShape(a.values[id].type.shape);
    return tensor(shape, Array.from({ length: sizeOf(shape) }, next));
  });
  const given = randomWeights(a);
  const renamed = new Map(
    [...weights].flatMap(([own, original]): [string, Tensor][] => {
      const value = given.get(original);
      return value === undefined ? [] : [[own, value]];
    }),
  );
  return [outputsOf(a, given, inputs), outputsOf(b, renamed, inputs)];
}

function outputsOf(
  graph: Graph,
  weights: ReadonlyMap<string, Tensor>,
  inputs: readonly Tensor[],
): Outputs {
  const named = new Map(graph.inputs.map((id, at) => [graph.values[id].name, inputs[at]]));
  return [...run(graph, weights, named).outputs];
}

function fixed(graph: Graph, sizes: Readonly<Record<string, number>>): Graph {
  const instance = instantiate(graph, sizes);
  if ("problems" in instance) throw new Error(JSON.stringify(instance.problems));
  return instance.graph;
}
