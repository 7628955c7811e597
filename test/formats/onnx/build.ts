/** ONNX models for tests, written down node by node. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  attributeProto,
  constantProto,
  valueInfo,
} from "../../../src/formats/onnx/export/messages.ts";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type OperatorSetIdProto,
  OperatorSetIdProtoSchema,
  type TensorProto,
  ValueInfoProtoSchema,
} from "../../../src/formats/onnx/schema/onnx_pb.ts";
import { type Dim, named } from "../../../src/graph/dim.ts";
import type { OnnxAttribute } from "../../../src/layers/onnx.ts";

export interface NodeText {
  readonly op: string;
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeText>>;
}

export type AttributeText =
  | OnnxAttribute
  /** A branch. */
  | { readonly graph: GraphText }
  /** The function's attribute of this name. */
  | { readonly reference: string };

export interface GraphText {
  readonly nodes: readonly NodeText[];
  /** Without shapes, as branches have them. */
  readonly out: readonly string[];
  readonly weights?: readonly TensorProto[];
}

export interface FunctionText {
  readonly op: string;
  readonly domain: string;
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly nodes: readonly NodeText[];
  readonly opset?: number;
  readonly defaults?: Readonly<Record<string, OnnxAttribute>>;
}

export interface ModelText {
  /** Of the graph; `net` unless given. */
  readonly name?: string;
  readonly opset?: number;
  /** A text is a name for a size. */
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly nodes: readonly NodeText[];
  readonly weights?: readonly TensorProto[];
  /** Operators that the model defines itself. */
  readonly functions?: readonly FunctionText[];
}

export function onnxModel({
  name = "net",
  opset = 17,
  inputs,
  outputs,
  nodes,
  weights = [],
  functions = [],
}: ModelText): Uint8Array {
  const ports = (shapes: ModelText["inputs"]) =>
    Object.entries(shapes).map(([port, shape]) => valueInfo(port, shape.map(sizeOf)));
  const graph = create(GraphProtoSchema, {
    name,
    input: ports(inputs),
    output: ports(outputs),
    initializer: [...weights],
    node: nodes.map(nodeProto),
  });
  const own = functions.map((text) =>
    create(FunctionProtoSchema, {
      name: text.op,
      domain: text.domain,
      input: [...text.in],
      output: [...text.out],
      node: text.nodes.map(nodeProto),
      attributeProto: Object.entries(text.defaults ?? {}).map(([n, v]) => attributeProto(n, v)),
      opsetImport: [ownOpset(text.opset ?? opset)],
    }),
  );
  const opsetImport = [ownOpset(opset)];
  const model = create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph, functions: own });
  return toBinary(ModelProtoSchema, model);
}

function ownOpset(version: number): OperatorSetIdProto {
  return create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(version) });
}

function nodeProto(node: NodeText): NodeProto {
  return create(NodeProtoSchema, {
    name: node.name ?? "",
    opType: node.op,
    domain: node.domain ?? "",
    input: [...node.in],
    output: [...node.out],
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) =>
      attributeText(name, value),
    ),
  });
}

function attributeText(name: string, value: AttributeText): AttributeProto {
  if ("reference" in value) {
    return create(AttributeProtoSchema, { name, refAttrName: value.reference });
  }
  if (!("graph" in value)) return attributeProto(name, value);
  const { nodes, out, weights = [] } = value.graph;
  const g = create(GraphProtoSchema, {
    name,
    node: nodes.map(nodeProto),
    output: out.map((output) => create(ValueInfoProtoSchema, { name: output })),
    initializer: [...weights],
  });
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.GRAPH, g });
}

function sizeOf(size: number | string): Dim {
  return typeof size === "number" ? size : named(size);
}

/** A stored tensor of floats: given numbers, or others that differ. */
export function floats(
  name: string,
  shape: readonly number[],
  values?: readonly number[],
): TensorProto {
  const count = shape.reduce((product, size) => product * size, 1);
  const numbers = values ?? Array.from({ length: count }, (_, at) => Math.sin(at + 1) / 2);
  return constantProto(name, { kind: "constant", type: "float", shape, values: numbers });
}

export function ints(
  name: string,
  values: readonly number[],
  shape = [values.length],
): TensorProto {
  return constantProto(name, { kind: "constant", type: "int64", shape, values });
}
