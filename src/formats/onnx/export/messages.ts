/** Single messages of ONNX's schema, from plain data. */
import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { type Dim, formatDim, isKnown } from "../../../graph/dim.ts";
import type { OnnxAttribute, OnnxConstant } from "../../../layers/onnx.ts";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type StringStringEntryProto,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorProto_DataType as DataType,
  type TensorShapeProto_Dimension,
  TensorShapeProto_DimensionSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../schema/onnx_pb.ts";

const encoder = new TextEncoder();

export function attributeProto(name: string, attribute: OnnxAttribute): AttributeProto {
  return create(AttributeProtoSchema, { ...attributeValue(attribute), name });
}

function attributeValue(attribute: OnnxAttribute): MessageInitShape<typeof AttributeProtoSchema> {
  if ("int" in attribute) return { type: AttributeType.INT, i: BigInt(attribute.int) };
  if ("float" in attribute) return { type: AttributeType.FLOAT, f: attribute.float };
  if ("string" in attribute) {
    return { type: AttributeType.STRING, s: encoder.encode(attribute.string) };
  }
  if ("ints" in attribute) return { type: AttributeType.INTS, ints: attribute.ints.map(BigInt) };
  return { type: AttributeType.FLOATS, floats: [...attribute.floats] };
}

/** A float32 tensor, with its data or the place of it. */
export function floatTensorProto(
  name: string,
  shape: readonly number[],
  data: Pick<
    MessageInitShape<typeof TensorProtoSchema>,
    "rawData" | "dataLocation" | "externalData"
  >,
): TensorProto {
  const dims = shape.map(BigInt);
  return create(TensorProtoSchema, { ...data, name, dims, dataType: DataType.FLOAT });
}

export function constantProto(name: string, { type, shape, values }: OnnxConstant): TensorProto {
  const dims = shape.map(BigInt);
  switch (type) {
    case "float":
      return create(TensorProtoSchema, {
        name,
        dims,
        dataType: DataType.FLOAT,
        rawData: bytesOf(Float32Array.from(values)),
      });
    case "int64":
      return create(TensorProtoSchema, {
        name,
        dims,
        dataType: DataType.INT64,
        rawData: bytesOf(BigInt64Array.from(values, BigInt)),
      });
    case "bool":
      return create(TensorProtoSchema, {
        name,
        dims,
        dataType: DataType.BOOL,
        rawData: Uint8Array.from(values),
      });
    default:
      return type satisfies never;
  }
}

/** Little-endian, as every machine that runs JavaScript engines is. */
export function bytesOf(data: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A float32 value; its symbolic sizes become `dim_param`s. */
export function valueInfo(name: string, shape: readonly Dim[]): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: { elemType: DataType.FLOAT, shape: { dim: shape.map(dimension) } },
      },
    },
  });
}

function dimension(size: Dim): TensorShapeProto_Dimension {
  return create(TensorShapeProto_DimensionSchema, {
    value: isKnown(size)
      ? { case: "dimValue", value: BigInt(size) }
      : { case: "dimParam", value: formatDim(size) },
  });
}

export function entries(values: Readonly<Record<string, string>>): StringStringEntryProto[] {
  return Object.entries(values).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
}
