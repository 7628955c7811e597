/** Which named size is the batch: the one that stands first in the first input. */
import { type Bindings, variablesIn } from "../graph/dim.ts";
import type { Graph } from "../graph/graph.ts";
import { namedSizes } from "./instantiate.ts";

/** Undefined where the batch is a number or made of several names. */
export function batchName(graph: Graph): string | undefined {
  const [batch] = graph.inputs.map((id) => graph.values[id].type.shape[0]);
  const [name, ...others] = batch === undefined ? [] : variablesIn(batch).keys();
  return others.length === 0 ? name : undefined;
}

/** The batch that is meant where none is given: the smallest one that the model allows. */
export function smallestBatch(graph: Graph): Bindings {
  const name = batchName(graph);
  const variable = name === undefined ? undefined : namedSizes(graph).get(name);
  return name === undefined || variable === undefined ? {} : { [name]: variable.min };
}

/** `sizes` with the batch among them, under the name that the model has for it. */
export function withBatch(graph: Graph, sizes: Bindings, batch: number | undefined): Bindings {
  return batch === undefined ? sizes : { ...sizes, [batchName(graph) ?? "N"]: batch };
}
