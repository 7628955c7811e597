/** Layers that do nothing in inference. */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { AttributeValue } from "../graph/attributes.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { sameShape } from "../graph/tensor-type.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const dropIdentities: Pass = {
  name: "drop-identities",
  summary: "removes dropout, identity, and rearrangements that change nothing",
  run: (graph) =>
    rewrite(graph, (node) => (doesNothing(graph, node) ? { value: node.inputs[0] } : { node })),
};

function doesNothing(graph: Graph, node: Node): boolean {
  switch (node.kind) {
    case "identity":
    case "dropout":
      return true;
    case "flatten":
    case "reshape":
      return keepsShape(graph, node);
    case "pad":
      return isZero(node.attributes.padding) && isZero(node.attributes.channels);
    case "permute": {
      const { order } = node.attributes;
      if (!Array.isArray(order)) throw new InternalFault(`${node.name} has no order`);
      return order.every((axis, at) => axis === at);
    }
    case "add_scalar":
    case "sub_scalar":
      return node.attributes.scalar === 0;
    case "mul_scalar":
    case "div_scalar":
      return node.attributes.scalar === 1;
    default:
      return false;
  }
}

function isZero(value: AttributeValue): boolean {
  return Array.isArray(value) && value.every((side) => side === 0);
}

function keepsShape({ values }: Graph, { inputs: [x], outputs: [y] }: Node): boolean {
  return sameShape(values[x].type.shape, values[y].type.shape);
}
