/**
 * An ONNX model as text, a line for each node, so that messages can show the node that they are
 * about as they show a line of a program:
 *
 *     model resnet18(input: FLOAT[N, 3, 224, 224])
 *     /conv1/Conv: Conv(input, conv1.weight, kernel_shape: [7, 7]) -> /conv1/Conv_output_0
 */
import type { Source, Span } from "../../../diagnostics/span.ts";
import { excerpt, excerptShape } from "../../excerpt.ts";
import {
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type Port,
  operatorName,
} from "./model.ts";

export interface Listing {
  readonly source: Source;
  /** The model's name. */
  readonly model: Span;
  /** By the input's name. */
  readonly inputs: ReadonlyMap<string, Span>;
  /** By the node's index, those of branches too. */
  readonly nodes: ReadonlyMap<number, NodePlace>;
}

export interface NodePlace {
  /** The operator's name. */
  readonly op: Span;
  readonly attributes: ReadonlyMap<string, Span>;
  /** By place; absent for one that is left out. */
  readonly inputs: readonly (Span | undefined)[];
}

/** Where a problem of a node stands, or of one of its inputs; the model's name for others. */
export function placeOf(
  { nodes, model }: Listing,
  node: OnnxNode | undefined,
  input: number | undefined,
): Span {
  const place = node && nodes.get(node.index);
  return (input === undefined ? undefined : place?.inputs[input]) ?? place?.op ?? model;
}

/** Lists of more numbers say nothing in a message. */
const MOST_SHOWN = 8;

export function listModel(model: OnnxModel, file: string): Listing {
  const writer = new Writer(file);
  writer.write("model ");
  const name = writer.write(excerpt(model.name === "" ? "(without a name)" : model.name));
  writer.write("(");
  const inputs = new Map<string, Span>();
  model.inputs.forEach((port, at) => {
    if (at > 0) writer.write(", ");
    inputs.set(port.name, writer.write(portText(port)));
  });
  writer.write(")\n");
  const nodes = new Map<number, NodePlace>();
  listNodes(model, "", writer, nodes);
  return { source: { name: file, text: writer.text }, model: name, inputs, nodes };
}

/** Branches stand below their node, further in. */
function listNodes(
  { nodes }: OnnxGraph,
  indent: string,
  writer: Writer,
  places: Map<number, NodePlace>,
): void {
  for (const node of nodes) {
    writer.write(indent);
    places.set(node.index, listNode(node, writer));
    for (const [name, { kind, value }] of node.attributes) {
      if (kind !== "graph") continue;
      const results = value.outputs.map((output) => excerpt(output.name)).join(", ");
      writer.write(`${indent}  ${excerpt(name)}: -> ${results}\n`);
      listNodes(value, `${indent}    `, writer, places);
    }
  }
}

function listNode(node: OnnxNode, writer: Writer): NodePlace {
  const outputs = node.outputs.map(excerpt).join(", ");
  if (node.name !== "") writer.write(`${excerpt(node.name)}: `);
  const op = writer.write(excerpt(operatorName(node)));
  writer.write("(");
  let separator = "";
  const inputs = node.inputs.map((input) => {
    writer.write(separator);
    separator = ", ";
    const span = writer.write(input === "" ? "_" : excerpt(input));
    return input === "" ? undefined : span;
  });
  const attributes = new Map<string, Span>();
  for (const [name, value] of node.attributes) {
    writer.write(separator);
    separator = ", ";
    attributes.set(name, writer.write(`${excerpt(name)}: ${attributeText(value)}`));
  }
  writer.write(`) -> ${outputs}\n`);
  return { op, attributes, inputs };
}

class Writer {
  private readonly parts: string[] = [];
  private length = 0;
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  write(text: string): Span {
    const start = this.length;
    this.parts.push(text);
    this.length += text.length;
    return { file: this.file, start, end: this.length };
  }

  get text(): string {
    return this.parts.join("");
  }
}

function portText({ name, type, shape }: Port): string {
  const sizes = shape?.map((size) => (size === undefined ? "?" : excerpt(String(size))));
  return `${excerpt(name)}: ${type}${sizes === undefined ? "" : `[${sizes.join(", ")}]`}`;
}

/** The value as messages and the listing show it. */
export function attributeText(attribute: OnnxAttribute): string {
  switch (attribute.kind) {
    case "int":
    case "float":
      return String(attribute.value);
    case "string":
      return excerpt(attribute.value);
    case "ints":
    case "floats":
    case "strings": {
      const shown = attribute.value.slice(0, MOST_SHOWN).map((item) => excerpt(String(item)));
      return `[${shown.join(", ")}${attribute.value.length > MOST_SHOWN ? ", …" : ""}]`;
    }
    case "tensor":
      return attribute.value === undefined
        ? "a damaged tensor"
        : `${attribute.value.dtype}${excerptShape(attribute.value.shape)}`;
    case "graph":
      return "a graph";
    case "reference":
      return `the attribute ${excerpt(attribute.value)} of a function`;
    case "other":
      return attribute.value;
    default:
      return attribute satisfies never;
  }
}
