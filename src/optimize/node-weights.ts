/** A node's weights by role. */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Graph, Node, Weight } from "../graph/graph.ts";

export function optionalWeight(graph: Graph, node: Node, role: string): Weight | undefined {
  const name: string | undefined = node.weights[role];
  return name === undefined ? undefined : graph.weights.get(name);
}

export function requiredWeight(graph: Graph, node: Node, role: string): Weight {
  const weight = optionalWeight(graph, node, role);
  if (weight === undefined) throw new InternalFault(`${node.name} has no ${role}`);
  return weight;
}
