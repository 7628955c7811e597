/**
 * The text of a graph: one line a node, in the graph's order. Snapshots compare it and
 * `--emit graph` shows it, so equal graphs give equal texts, and a small change a small
 * difference.
 */
import { ownInputs, valueOf, weightOf } from "./access.ts";
import type { AttributeValue, Attributes } from "./attributes.ts";
import { formatDim, formatShape } from "./dim.ts";
import type { EpilogueStep, Graph, Node, ValueId } from "./graph.ts";
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
  const inputs = ownInputs(node).map((id) => nameOf(graph, id));
  const attributes = printAttributes(node.attributes);
  const weights = Object.entries(node.weights).map(
    ([role, name]) => `${role} = ${name} ${formatShape(weightOf(graph, name).shape)}`,
  );
  const call = `${results.join(", ")} = ${node.kind}(${[...inputs, ...attributes].join(", ")})`;
  const steps = (node.epilogue ?? []).map((step) => ` -> ${printStep(graph, step)}`);
  return call + (weights.length === 0 ? "" : ` { ${weights.join(", ")} }`) + steps.join("");
}

function printStep(graph: Graph, { kind, attributes, inputs }: EpilogueStep): string {
  const read = inputs.map((id) => (id === "result" ? id : nameOf(graph, id)));
  return `${kind}(${[...read, ...printAttributes(attributes)].join(", ")})`;
}

function printAttributes(attributes: Attributes): readonly string[] {
  return Object.entries(attributes).map(([name, value]) => `${name}: ${formatAttribute(value)}`);
}

/** As in the language: `same`, `(2, 2)`, `H/2`; null, a parameter left out, is `-`. */
export function formatAttribute(value: AttributeValue): string {
  if (value === null) return "-";
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "number") return String(value);
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
