/** Numbers for weights and inputs that are the same on every machine and keep nets in range. */
import { knownShape } from "../../src/graph/access.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { type Tensor, sizeOf, tensor } from "../../src/graph/tensor.ts";

/** A fixed sequence in [-1, 1). */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Of the variance that keeps the size of activations; running variances are positive. */
export function randomWeights(graph: Graph, seed = 7): Map<string, Tensor> {
  const next = noise(seed);
  return new Map(
    [...graph.weights.values()].map(({ name, shape }) => {
      const known = knownShape(shape);
      const fanIn = Math.max(1, sizeOf(known) / known[0]);
      const positive = name.endsWith("running_var");
      const values = Array.from({ length: sizeOf(known) }, () =>
        positive ? 1.5 + next() : next() * Math.sqrt(3 / fanIn),
      );
      return [name, tensor(known, values)];
    }),
  );
}

export function randomInputs(graph: Graph, seed = 11): Map<string, Tensor> {
  const next = noise(seed);
  return new Map(
    graph.inputs.map((id) => {
      const { name, type } = graph.values[id];
      const shape = knownShape(type.shape);
      return [
        name,
        tensor(
          shape,
          Array.from({ length: sizeOf(shape) }, () => next()),
        ),
      ];
    }),
  );
}
