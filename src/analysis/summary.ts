/** The table of a model's layers as data: what `cnn summary` prints and editors show. */
import { typesOf } from "../graph/access.ts";
import type { Dim } from "../graph/dim.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { activationBytes, multiplyAdds, nodeBytes, nodeMacs, nodeParameters } from "./cost.ts";
import { parameterCount, peakBytes } from "./cost.ts";
import { type ReceptiveField, receptiveFields } from "./receptive-field.ts";

export interface Summary {
  readonly model: string;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly Dim[] }[];
  /** In the graph's order. */
  readonly rows: readonly SummaryRow[];
  readonly totals: Totals;
}

export interface SummaryRow {
  readonly name: string;
  readonly kind: string;
  /** Shapes of the outputs. */
  readonly outputs: readonly (readonly Dim[])[];
  /** Trained numbers; 0 where a row above has the same weights. */
  readonly parameters: Dim;
  /** True where all weights of the row stand in a row above. */
  readonly sharesWeights: boolean;
  readonly macs: Dim;
  /** Of the outputs, float32. */
  readonly bytes: Dim;
  readonly receptiveField: ReceptiveField | null;
}

export interface Totals {
  readonly parameters: Dim;
  /** Numbers kept but not trained, such as running means. */
  readonly buffers: Dim;
  readonly macs: Dim;
  readonly activationBytes: Dim;
  /** Undefined while sizes are named. */
  readonly peakBytes: number | undefined;
}

export function summarize(graph: Graph): Summary {
  const fields = receptiveFields(graph);
  const seen = new Set<string>();
  const rows = graph.nodes.map((node) => {
    const weights = Object.values(node.weights);
    const sharesWeights = weights.length > 0 && weights.every((name) => seen.has(name));
    for (const name of weights) seen.add(name);
    return rowOf(graph, node, sharesWeights, fields[node.outputs[0]]);
  });
  return {
    model: graph.name,
    inputs: graph.inputs.map((id) => {
      const { name, type } = graph.values[id];
      return { name, shape: type.shape };
    }),
    rows,
    totals: {
      parameters: parameterCount(graph),
      buffers: parameterCount(graph, "buffer"),
      macs: multiplyAdds(graph),
      activationBytes: activationBytes(graph),
      peakBytes: peakBytes(graph),
    },
  };
}

function rowOf(
  graph: Graph,
  node: Node,
  sharesWeights: boolean,
  receptiveField: ReceptiveField | null,
): SummaryRow {
  return {
    name: node.name,
    kind: node.kind,
    outputs: typesOf(graph, node.outputs).map(({ shape }) => shape),
    parameters: sharesWeights ? 0 : nodeParameters(graph, node),
    sharesWeights,
    macs: nodeMacs(graph, node),
    bytes: nodeBytes(graph, node),
    receptiveField,
  };
}
