/**
 * The optimised graph with its weights computed. A weight that folding made belongs to one layer
 * and is called as that layer's: `conv1.weight` once more, not `conv1.weight · bn1.scale`.
 */
import type { Graph, Node, Weight } from "../graph/graph.ts";
import type { WeightTensors } from "../graph/tensor.ts";
import { deriveWeights } from "./derive-weights.ts";
import { optimize } from "./optimize.ts";

export interface OptimizedModel {
  readonly graph: Graph;
  readonly weights: WeightTensors;
}

export function optimizeWithWeights(checked: Graph, source: WeightTensors): OptimizedModel {
  const graph = optimize(checked);
  const derived = deriveWeights(graph, source);
  const names = plainNames(graph);
  const named = (name: string): string => names.get(name) ?? name;
  const rename = (node: Node): Node => ({
    ...node,
    weights: Object.fromEntries(
      Object.entries(node.weights).map(([role, name]) => [role, named(name)]),
    ),
  });
  const weights = [...graph.weights.values()].map((weight): [string, Weight] => {
    const name = named(weight.name);
    return [name, { ...weight, name }];
  });
  return {
    graph: { ...graph, nodes: graph.nodes.map(rename), weights: new Map(weights) },
    weights: new Map([...derived].map(([name, tensor]) => [named(name), tensor])),
  };
}

/** New names of computed weights, as far as they are free. */
function plainNames(graph: Graph): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(graph.weights.keys());
  for (const node of graph.nodes) {
    for (const [role, name] of Object.entries(node.weights)) {
      const plain = `${node.name}.${role}`;
      if (graph.weights.get(name)?.recipe === undefined || taken.has(plain)) continue;
      names.set(name, plain);
      taken.add(plain);
    }
  }
  return names;
}
