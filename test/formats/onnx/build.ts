/** ONNX models for tests, written down node by node. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  attributeProto,
  constantProto,
  valueInfo,
} from "../../../src/formats/onnx/export/messages.ts";
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  type TensorProto,
} from "../../../src/formats/onnx/schema/onnx_pb.ts";
import { type Dim, named } from "../../../src/graph/dim.ts";
import type { OnnxAttribute } from "../../../src/layers/onnx.ts";

export interface NodeText {
  readonly op: string;
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface ModelText {
  readonly opset?: number;
  /** A text is a name for a size. */
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly nodes: readonly NodeText[];
  readonly weights?: readonly TensorProto[];
  /** Operators that the model defines itself, by their domains. */
  readonly functions?: Readonly<Record<string, string>>;
}

export function onnxModel({
  opset = 17,
  inputs,
  outputs,
  nodes,
  weights = [],
  functions = {},
}: ModelText): Uint8Array {
  const ports = (shapes: ModelText["inputs"]) =>
    Object.entries(shapes).map(([name, shape]) => valueInfo(name, shape.map(sizeOf)));
  const graph = create(GraphProtoSchema, {
    name: "net",
    input: ports(inputs),
    output: ports(outputs),
    initializer: [...weights],
    node: nodes.map((node) =>
      create(NodeProtoSchema, {
        name: node.name ?? "",
        opType: node.op,
        domain: node.domain ?? "",
        input: [...node.in],
        output: [...node.out],
        attribute: Object.entries(node.attributes ?? {}).map(([name, value]) =>
          attributeProto(name, value),
        ),
      }),
    ),
  });
  const opsetImport = [{ domain: "", version: BigInt(opset) }];
  const own = Object.entries(functions).map(([domain, name]) => ({ domain, name }));
  const model = create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph, functions: own });
  return toBinary(ModelProtoSchema, model);
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
