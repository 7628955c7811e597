/** Graphs as exporters leave them that know no names: layers are called by kind and number. */
import type { Graph, Node, Weight } from "../../../src/graph/graph.ts";

export function anonymous(graph: Graph): Graph {
  const counts = new Map<string, number>();
  const values = [...graph.values];
  const weights = new Map<string, Weight>();
  const nodes = graph.nodes.map((node): Node => {
    const count = (counts.get(node.kind) ?? 0) + 1;
    counts.set(node.kind, count);
    const name = `${node.kind}${count}`;
    node.outputs.forEach((id, at) => {
      values[id] = { ...values[id], name: at === 0 ? name : `${name}:${at}` };
    });
    const own = Object.entries(node.weights).map(([role, old]): [string, string] => {
      const renamed = `${name}.${role}`;
      const weight = graph.weights.get(old);
      if (weight !== undefined) weights.set(renamed, { ...weight, name: renamed });
      return [role, renamed];
    });
    return { ...node, name, weights: Object.fromEntries(own) };
  });
  return { ...graph, nodes, values, weights };
}
