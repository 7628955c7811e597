/** When a value is needed for the last time: what frees memory, measured or planned. */
import type { Graph } from "./graph.ts";

/**
 * For each value, the index of the last node that reads it; `Infinity` for results of the
 * graph, and the maker's own index (-1 for an input) for a value that nothing reads.
 */
export function lastUses(graph: Graph): readonly number[] {
  const last = graph.values.map(() => -1);
  graph.nodes.forEach((node, index) => {
    for (const id of node.outputs) last[id] = index;
    for (const id of node.inputs) last[id] = index;
  });
  for (const { value } of graph.outputs) last[value] = Infinity;
  return last;
}
