/** Nodes whose outputs nothing reads. */
import type { Graph, Node, ValueId } from "../graph/graph.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const removeDeadNodes: Pass = {
  name: "remove-dead-nodes",
  summary: "removes what does not lead to a result",
  run: (graph) => {
    const alive = aliveNodes(graph);
    return rewrite(graph, (node) => (alive.has(node) ? { node } : "gone"));
  },
};

function aliveNodes(graph: Graph): ReadonlySet<Node> {
  const needed = new Set<ValueId>(graph.outputs.map(({ value }) => value));
  const alive = new Set<Node>();
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((id) => needed.has(id))) continue;
    alive.add(node);
    for (const id of node.inputs) needed.add(id);
  }
  return alive;
}
