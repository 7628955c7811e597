/** What every target offers: a graph of known sizes and its weights become something that runs. */
import type { Graph } from "../graph/graph.ts";
import type { Tensors } from "./inputs.ts";
import { run } from "./reference.ts";

export interface Target {
  readonly name: string;
  /** @param graph verified, all sizes known */
  prepare(graph: Graph, weights: Tensors): Executable;
}

/** @param inputs checked against the graph; the result is by the names of its outputs */
export type Executable = (inputs: Tensors) => Tensors;

/** The layers' own definitions, in float64: slow, and right. */
export const referenceTarget: Target = {
  name: "reference",
  prepare: (graph, weights) => (inputs) => run(graph, weights, inputs).outputs,
};
