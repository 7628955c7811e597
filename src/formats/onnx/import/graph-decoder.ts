/**
 * Graphs, nodes and attributes of the file as plain data. Everything that they claim is checked
 * against their bytes; what is damaged is kept as a problem, and the rest goes on.
 */
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { excerpt } from "../../excerpt.ts";
import type { StoredArray } from "../../tensors/stored-array.ts";
import {
  type AttributeProto,
  type GraphProto,
  AttributeProto_AttributeType as Type,
  type NodeProto,
  type TensorProto,
  type TypeProto,
  type ValueInfoProto,
} from "../schema/onnx_pb.ts";
import type { OnnxAttribute, OnnxGraph, OnnxNode, Port } from "./model.ts";
import { type ReadExternal, readTensor, typeName } from "./tensor-data.ts";

export class GraphDecoder {
  /** Of single tensors and names. */
  readonly problems: Problem[] = [];
  private readonly external: ReadExternal | undefined;
  private readonly files = new Map<string, Uint8Array | Problem>();
  private nodeCount = 0;

  constructor(external: ReadExternal | undefined) {
    // A model keeps hundreds of tensors in one file, which is read once.
    this.external =
      external &&
      ((location) => {
        const known = this.files.get(location) ?? external(location);
        this.files.set(location, known);
        return known;
      });
  }

  /** @param opset the version of ONNX's own operators */
  graph(graph: GraphProto, opset: number): OnnxGraph {
    for (const value of repeated([...graph.initializer, ...graph.input.filter(isNew(graph))])) {
      this.problems.push(problem("CNN6006", { value: excerpt(value), node: "the model itself" }));
    }
    for (const { values } of graph.sparseInitializer) {
      const tensor = excerpt(values?.name ?? "");
      this.problems.push(problem("CNN6009", { tensor, reason: "it is sparse, which is not read" }));
    }
    return {
      inputs: graph.input.map(portOf),
      outputs: graph.output.map(portOf),
      nodes: this.nodes(graph.node, opset),
      initializers: new Map(
        graph.initializer.map((tensor) => [tensor.name, this.tensor(tensor, tensor.name)]),
      ),
    };
  }

  nodes(nodes: readonly NodeProto[], opset: number): readonly OnnxNode[] {
    return nodes.map((node) => this.node(node, opset));
  }

  private node(node: NodeProto, opset: number): OnnxNode {
    const index = this.nodeCount++;
    const label = node.name === "" ? (node.output[0] ?? `node ${index}`) : node.name;
    return {
      index,
      name: node.name,
      op: node.opType,
      domain: plainDomain(node.domain),
      overload: node.overload,
      opset,
      inputs: node.input,
      outputs: node.output,
      attributes: this.attributes(node.attribute, label, opset),
    };
  }

  /** @param owner what messages call the node or the function that has them */
  attributes(
    attributes: readonly AttributeProto[],
    owner: string,
    opset: number,
  ): ReadonlyMap<string, OnnxAttribute> {
    return new Map(attributes.map((one) => [one.name, this.attribute(one, owner, opset)]));
  }

  private attribute(attribute: AttributeProto, owner: string, opset: number): OnnxAttribute {
    if (attribute.refAttrName !== "") return { kind: "reference", value: attribute.refAttrName };
    switch (attribute.type) {
      case Type.FLOAT:
        return { kind: "float", value: attribute.f };
      case Type.INT:
        return { kind: "int", value: Number(attribute.i) };
      case Type.STRING:
        return { kind: "string", value: utf8.decode(attribute.s) };
      case Type.FLOATS:
        return { kind: "floats", value: attribute.floats };
      case Type.INTS:
        return { kind: "ints", value: attribute.ints.map(Number) };
      case Type.STRINGS:
        return { kind: "strings", value: attribute.strings.map((text) => utf8.decode(text)) };
      case Type.TENSOR:
        if (attribute.t === undefined) return { kind: "other", value: "an empty tensor" };
        return { kind: "tensor", value: this.tensor(attribute.t, `${attribute.name} of ${owner}`) };
      case Type.GRAPH:
        if (attribute.g === undefined) return { kind: "other", value: "an empty graph" };
        return { kind: "graph", value: this.graph(attribute.g, opset) };
      case Type.GRAPHS:
      case Type.UNDEFINED:
      case Type.SPARSE_TENSOR:
      case Type.SPARSE_TENSORS:
      case Type.TENSORS:
      case Type.TYPE_PROTO:
      case Type.TYPE_PROTOS:
        return { kind: "other", value: Type[attribute.type].toLowerCase() };
      default:
        return attribute.type satisfies never;
    }
  }

  private tensor(tensor: TensorProto, name: string): StoredArray | undefined {
    const array = readTensor(tensor, name, this.external);
    if (!("code" in array)) return array;
    this.problems.push(array);
    return undefined;
  }
}

/** ONNX's own operators are of the domain "" or "ai.onnx". */
export function plainDomain(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

const utf8 = new TextDecoder();

/** Inputs that are no initializers: old models list these among the inputs too. */
function isNew({ initializer }: GraphProto): (input: { readonly name: string }) => boolean {
  const stored = new Set(initializer.map(({ name }) => name));
  return ({ name }) => !stored.has(name);
}

/** Names that stand twice. */
function repeated(named: readonly { readonly name: string }[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of named) (seen.has(name) ? twice : seen).add(name);
  return twice;
}

/** How Paddle's exporter writes a size that is open. */
const OPEN = -1n;

function portOf({ name, type }: ValueInfoProto): Port {
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  if (tensor === undefined) return { name, type: otherType(type), shape: undefined };
  const shape = tensor.shape?.dim.map(({ value }) => {
    if (value.case === "dimValue") return value.value === OPEN ? undefined : Number(value.value);
    return value.case === "dimParam" && value.value !== "" ? value.value : undefined;
  });
  return { name, type: typeName(tensor.elemType), shape };
}

function otherType(type: TypeProto | undefined): string {
  switch (type?.value.case) {
    case "sequenceType":
      return "a sequence";
    case "mapType":
      return "a map";
    case "optionalType":
      return "an optional value";
    case "sparseTensorType":
      return "a sparse tensor";
    default:
      return "of no stated type";
  }
}
