/**
 * Bytes to an `OnnxModel`. Everything that the file claims is checked here against its bytes;
 * damaged tensors are reported one by one, a file that is no model at all as a whole.
 */
import { fromBinary } from "@bufbuild/protobuf";
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { requireBytes } from "../../../diagnostics/untyped.ts";
import { excerpt } from "../../excerpt.ts";
import type { StoredArray } from "../../tensors/stored-array.ts";
import {
  type AttributeProto,
  type GraphProto,
  AttributeProto_AttributeType as Type,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type TypeProto,
  type ValueInfoProto,
} from "../schema/onnx_pb.ts";
import { isOfUsualSize } from "./message-parts.ts";
import {
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type Port,
  operatorName,
} from "./model.ts";
import { type ReadExternal, readTensor, typeName } from "./tensor-data.ts";

export interface Decoded {
  readonly model: OnnxModel;
  /** Of single tensors. */
  readonly problems: readonly Problem[];
}

/** The oldest and newest versions of the operators whose meaning is known here. */
const OLDEST_OPSET = 1;
const NEWEST_OPSET = 23;

/** More than any real model has; a hostile one must not fill the memory with messages. */
const MOST_NODES = 100_000;

/** @param file its name in messages */
export function decodeOnnx(
  bytes: Uint8Array,
  file: string,
  external?: ReadExternal,
): Decoded | Problem {
  requireBytes(bytes, `the bytes of ${file}`);
  const invalid = (reason: string): Problem => problem("CNN5002", { file, format: "ONNX", reason });
  if (bytes.length === 0) return invalid("it is empty");
  let proto: ModelProto;
  try {
    if (!isOfUsualSize(bytes)) return invalid("it has more parts than any model");
    proto = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (error) {
    return invalid(excerpt(error instanceof Error ? error.message : String(error)));
  }
  const { graph } = proto;
  if (graph === undefined) {
    return proto.opsetImport.length === 0
      ? invalid("it is no message of ONNX")
      : problem("CNN6016", { file, reason: "there is no graph in it" });
  }
  if (graph.node.length > MOST_NODES) {
    return problem("CNN6016", { file, reason: `${graph.node.length} nodes are no real network` });
  }
  if (graph.output.length === 0) {
    return problem("CNN6016", { file, reason: "its graph has no outputs" });
  }
  const opset = opsetOf(proto);
  if (typeof opset !== "number") return opset;
  const reader = new TensorReader(external);
  const model: OnnxModel = {
    name: graph.name,
    doc: proto.docString === "" ? graph.docString : proto.docString,
    producer: [proto.producerName, proto.producerVersion].filter((text) => text !== "").join(" "),
    opset,
    inputs: graph.input.map(portOf),
    outputs: graph.output.map(portOf),
    nodes: graph.node.map((node, index) => nodeOf(node, index, reader)),
    initializers: new Map(
      graph.initializer.map((tensor) => [tensor.name, reader.read(tensor, tensor.name)]),
    ),
    functions: new Set(
      proto.functions.map(({ name, domain }) => operatorName({ op: name, domain })),
    ),
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
  };
  for (const value of repeated([...graph.initializer, ...graph.input.filter(isNew(graph))])) {
    reader.problems.push(problem("CNN6006", { value: excerpt(value), node: "the model itself" }));
  }
  for (const { values } of graph.sparseInitializer) {
    const tensor = excerpt(values?.name ?? "");
    reader.problems.push(problem("CNN6009", { tensor, reason: "it is sparse, which is not read" }));
  }
  return { model, problems: reader.problems };
}

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

/** The version of ONNX's own operators. */
function opsetOf({ opsetImport }: ModelProto): number | Problem {
  const own = opsetImport.filter(({ domain }) => domain === "" || domain === "ai.onnx");
  const version = Number(own[0]?.version ?? 0n);
  if (version >= OLDEST_OPSET && version <= NEWEST_OPSET) return version;
  const known = `${OLDEST_OPSET} to ${NEWEST_OPSET}`;
  return problem("CNN6010", { domain: "ai.onnx", version: String(version), known });
}

class TensorReader {
  readonly problems: Problem[] = [];
  private readonly external: ReadExternal | undefined;
  private readonly files = new Map<string, Uint8Array | Problem>();

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

  read(tensor: TensorProto, name: string): StoredArray | undefined {
    const array = readTensor(tensor, name, this.external);
    if (!("code" in array)) return array;
    this.problems.push(array);
    return undefined;
  }
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

function nodeOf(node: NodeProto, index: number, reader: TensorReader): OnnxNode {
  const label = node.name === "" ? (node.output[0] ?? `node ${index}`) : node.name;
  return {
    index,
    name: node.name,
    op: node.opType,
    domain: node.domain === "ai.onnx" ? "" : node.domain,
    inputs: node.input,
    outputs: node.output,
    attributes: new Map(
      node.attribute.map((attribute) => [attribute.name, attributeOf(attribute, label, reader)]),
    ),
  };
}

const utf8 = new TextDecoder();

function attributeOf(attribute: AttributeProto, node: string, reader: TensorReader): OnnxAttribute {
  if (attribute.refAttrName !== "") return { kind: "other", value: "a reference" };
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
      return { kind: "tensor", value: reader.read(attribute.t, `${attribute.name} of ${node}`) };
    case Type.GRAPH:
    case Type.GRAPHS:
      return { kind: "other", value: "a graph" };
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
