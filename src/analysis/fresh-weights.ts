/** The weights of a network that has learned nothing yet, as PyTorch makes them. */
import { knownShape, ownInputs, typesOf } from "../graph/access.ts";
import type { Graph } from "../graph/graph.ts";
import { randomSource } from "../graph/random.ts";
import { type Tensor, sizeOf } from "../graph/tensor.ts";
import type { WeightShape } from "../layers/layer.ts";
import { isKnown } from "../graph/dim.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import { layerOf } from "./table.ts";

/** @param graph one whose weights have known shapes */
export function freshWeights(graph: Graph, seed: number): ReadonlyMap<string, Tensor> {
  const random = randomSource(seed);
  const weights = new Map<string, Tensor>();
  for (const node of graph.nodes) {
    const made = layerOf(node).weights(node.attributes, typesOf(graph, ownInputs(node)));
    for (const [role, name] of Object.entries(node.weights)) {
      if (!weights.has(name)) weights.set(name, freshTensor(made[role], random));
    }
  }
  return weights;
}

function freshTensor({ shape: sizes, init }: WeightShape, random: () => number): Tensor {
  const shape = knownShape(sizes);
  const data = new Float64Array(sizeOf(shape));
  if (init === "ones") return { shape, data: data.fill(1) };
  if (init === "zeros") return { shape, data };
  if ("constant" in init) return { shape, data: data.fill(init.constant) };
  if (!isKnown(init.uniformFanIn)) throw new InternalFault("a fan-in is symbolic");
  const bound = 1 / Math.sqrt(init.uniformFanIn);
  return { shape, data: data.map(() => bound * (2 * random() - 1)) };
}
