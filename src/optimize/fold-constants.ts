/**
 * What depends on learned tensors alone is computed once, when the weights are bound: reshaped
 * position embeddings, scales that are made from others.
 */
import { type Dim, isKnown, product } from "../graph/dim.ts";
import type { Graph, Node, ValueId, Weight } from "../graph/graph.ts";
import { requiredWeight } from "./node-weights.ts";
import type { Pass } from "./pass.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";
import { rewrite } from "./rewrite.ts";

export const foldConstants: Pass = {
  name: "fold-constants",
  summary: "computes what reads nothing but weights when these are bound",
  run: (graph) => {
    const known = new Map<ValueId, Weight>();
    const folded = rewrite(graph, (node) => {
      if (node.kind === "parameter") {
        known.set(node.outputs[0], requiredWeight(graph, node, "value"));
        return { node };
      }
      const value = constantOf(graph, node, known);
      if (value === undefined) return { node };
      known.set(node.outputs[0], value);
      return { node: asParameter(node, value), weights: [value] };
    });
    return removeDeadNodes.run(folded);
  },
};

/** Undefined where something else flows in, and where a small weight would become a large one. */
function constantOf(
  graph: Graph,
  node: Node,
  known: ReadonlyMap<ValueId, Weight>,
): Weight | undefined {
  const inputs = node.inputs.flatMap((id) => known.get(id) ?? []);
  const [output, ...others] = node.outputs;
  if (inputs.length < node.inputs.length) return undefined;
  if (others.length > 0 || node.epilogue !== undefined) return undefined;
  const { shape } = graph.values[output].type;
  const read = Math.max(...inputs.map((input) => sizeOf(input.shape)));
  if (!(sizeOf(shape) <= Math.max(SMALL, GROWTH * read))) return undefined;
  const weights = Object.keys(node.weights).map((role) => [
    role,
    requiredWeight(graph, node, role),
  ]);
  return {
    name: `${node.name} of weights`,
    shape,
    dtype: "f32",
    role: "buffer",
    recipe: {
      kind: "layer",
      layer: node.kind,
      attributes: node.attributes,
      inputs,
      weights: Object.fromEntries(weights),
    },
  };
}

/** Elements that never matter, and how much larger than what it is made of a weight may be. */
const SMALL = 4096;
const GROWTH = 2;

/** Not a number where it is not known. */
function sizeOf(shape: readonly Dim[]): number {
  const size = product(shape);
  return isKnown(size) ? size : Number.NaN;
}

function asParameter({ name, outputs, span }: Node, { name: value, shape }: Weight): Node {
  return {
    name,
    kind: "parameter",
    attributes: { shape, init: 0, requires_grad: false },
    inputs: [],
    outputs,
    weights: { value },
    span,
  };
}
