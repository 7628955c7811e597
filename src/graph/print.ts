/**
 * The text of a graph: one line a node, in the graph's order. Snapshots compare it and
 * `--emit graph` shows it, so equal graphs give equal texts, and a small change a small
 * difference.
 */
import { valueOf, weightOf } from "./access.ts";
import type { AttributeValue } from "./attributes.ts";
import { formatDim, formatShape } from "./dim.ts";
import type { Graph, Node, ValueId } from "./graph.ts";
import { formatType } from "./tensor-type.ts";

export function printGraph(graph: Graph): string {
  const inputs = graph.inputs.map((id) => `${nameOf(graph, id)}: ${typeTextOf(graph, id)}`);
  const outputs = graph.outputs.map(
    ({ name, value }) => `${name} = ${nameOf(graph, value)}: ${typeTextOf(graph, value)}`,
  );
  return [
    `graph ${graph.name}(${inputs.join(", ")})`,
    ...graph.nodes.map((node) => `  ${printNode(graph, node)}`),
    `  return ${outputs.join(", ")}`,
    "",
  ].join("\n");
}

function printNode(graph: Graph, node: Node): string {
  const results = node.outputs.map((id) => `${nameOf(graph, id)}: ${typeTextOf(graph, id)}`);
  const inputs = node.inputs.map((id) => nameOf(graph, id));
  const attributes = Object.entries(node.attributes).map(
    ([name, value]) => `${name}: ${formatAttribute(value)}`,
  );
  const weights = Object.entries(node.weights).map(
    ([role, name]) => `${role} = ${name} ${formatShape(weightOf(graph, name).shape)}`,
  );
  const head = `${results.join(", ")} = ${node.kind}(${[...inputs, ...attributes].join(", ")})`;
  return weights.length === 0 ? head : `${head} { ${weights.join(", ")} }`;
}

/** As in the language: `same`, `(2, 2)`, `H/2`; null, a parameter left out, is `-`. */
export function formatAttribute(value: AttributeValue): string {
  if (value === null) return "-";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (isList(value)) return `(${value.map(formatAttribute).join(", ")})`;
  return formatDim(value);
}

/** `Array.isArray` does not narrow a union with a readonly array. */
export function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

function nameOf(graph: Graph, id: ValueId): string {
  return valueOf(graph, id).name;
}

function typeTextOf(graph: Graph, id: ValueId): string {
  return formatType(valueOf(graph, id).type);
}
