/** Which named size is the batch: the one that stands first in the first input. */
import { variablesIn } from "../graph/dim.ts";
import type { Graph } from "../graph/graph.ts";

/** Undefined where the batch is a number or made of several names. */
export function batchName(graph: Graph): string | undefined {
  const [batch] = graph.inputs.map((id) => graph.values[id].type.shape[0]);
  const [name, ...others] = batch === undefined ? [] : variablesIn(batch).keys();
  return others.length === 0 ? name : undefined;
}
