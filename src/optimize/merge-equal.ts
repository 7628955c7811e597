/** Nodes that compute the same from the same are one. */
import type { AttributeValue } from "../graph/attributes.ts";
import type { Node, ValueId } from "../graph/graph.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const mergeEqual: Pass = {
  name: "merge-equal",
  summary: "computes once what several nodes compute alike",
  run: (graph) => {
    const first = new Map<string, ValueId>();
    const instead = new Map<ValueId, ValueId>();
    return rewrite(graph, (node) => {
      const inputs = node.inputs.map((id) => instead.get(id) ?? id);
      const key = node.outputs.length === 1 ? keyOf(node, inputs) : undefined;
      if (key === undefined) return { node };
      const known = first.get(key);
      if (known === undefined) {
        first.set(key, node.outputs[0]);
        return { node };
      }
      instead.set(node.outputs[0], known);
      return { value: known };
    });
  },
};

/** Equal for nodes that compute the same; undefined where sizes have no values yet. */
function keyOf(node: Node, inputs: readonly ValueId[]): string | undefined {
  const attributes = Object.entries(node.attributes);
  if (!attributes.every(([, value]) => isPlain(value))) return undefined;
  return JSON.stringify([node.kind, attributes, inputs, Object.entries(node.weights)]);
}

function isPlain(value: AttributeValue): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  return typeof value !== "object" || value === null;
}
