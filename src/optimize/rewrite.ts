/** Rewriting graphs: a pass says what becomes of each node, the rest is kept in order here. */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { EpilogueStep, Graph, Node, Value, ValueId, Weight } from "../graph/graph.ts";
import type { TensorType } from "../graph/tensor-type.ts";

/** What stands for a node in the new graph. Ids are those of the old graph. */
export type Replacement =
  /** The node stays, or another with the same outputs takes its place. */
  | { readonly node: Node; readonly weights?: readonly Weight[]; readonly type?: TensorType }
  /** The node goes; who read its output reads `value` instead. */
  | { readonly value: ValueId }
  /** The node goes; nobody reads it any more. */
  | "gone";

/**
 * Builds the graph in which each node is replaced, or gives back that whose nodes all stay.
 * Weights that nothing uses are dropped.
 */
export function rewrite(graph: Graph, replace: (node: Node) => Replacement): Graph {
  const instead = new Map<ValueId, ValueId>();
  const weights = new Map(graph.weights);
  const types = new Map<ValueId, TensorType>();
  const nodes: Node[] = [];
  let changed = false;
  for (const node of graph.nodes) {
    const replacement = replace(node);
    changed ||= replacement === "gone" || "value" in replacement || replacement.node !== node;
    if (replacement === "gone") continue;
    if ("value" in replacement) {
      // What stands for it may itself be gone.
      instead.set(node.outputs[0], instead.get(replacement.value) ?? replacement.value);
      continue;
    }
    for (const weight of replacement.weights ?? []) weights.set(weight.name, weight);
    if (replacement.type !== undefined) types.set(replacement.node.outputs[0], replacement.type);
    nodes.push(replacement.node);
  }
  if (!changed) return graph;
  return renumber({ ...graph, nodes, weights }, instead, types);
}

/** Values numbered densely again, in the order of their makers. */
function renumber(
  graph: Graph,
  instead: ReadonlyMap<ValueId, ValueId>,
  types: ReadonlyMap<ValueId, TensorType>,
): Graph {
  const values: Value[] = [];
  const renamed = new Map<ValueId, ValueId>();
  const make = (old: ValueId): ValueId => {
    const { name, type } = graph.values[old];
    const id = values.length;
    values.push({ id, name, type: types.get(old) ?? type });
    renamed.set(old, id);
    return id;
  };
  const read = (old: ValueId): ValueId => {
    const at = instead.get(old) ?? old;
    const id = renamed.get(at);
    if (id === undefined) throw new InternalFault(`a pass reads value ${at} before it is made`);
    return id;
  };
  const inputs = graph.inputs.map(make);
  const nodes = graph.nodes.map((node): Node => ({
    ...node,
    inputs: node.inputs.map(read),
    ...(node.epilogue && { epilogue: node.epilogue.map((step) => readStep(step, read)) }),
    outputs: node.outputs.map(make),
  }));
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: read(value) }));
  return { ...graph, inputs, nodes, values, outputs, weights: usedWeights(graph) };
}

function readStep(step: EpilogueStep, read: (old: ValueId) => ValueId): EpilogueStep {
  return { ...step, inputs: step.inputs.map((id) => (id === "result" ? id : read(id))) };
}

function usedWeights({ nodes, weights }: Graph): ReadonlyMap<string, Weight> {
  const used = new Set(nodes.flatMap((node) => Object.values(node.weights)));
  return new Map([...weights].filter(([name]) => used.has(name)));
}
