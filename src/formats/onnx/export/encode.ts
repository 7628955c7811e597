/**
 * A model as the bytes of its file, in parts: weights stay where they lie in memory, which an
 * encoder of whole messages would copy several times. Fields of a protobuf message may stand in
 * any order, so that initializers come last.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "../schema/onnx_pb.ts";

type Parts = readonly Uint8Array[];

/** @param model without its graph, @param graph without its initializers */
export function encodeModel(
  model: ModelProto,
  graph: GraphProto,
  initializers: readonly TensorProto[],
): Parts {
  const { initializer } = GraphProtoSchema.field;
  const whole = [
    toBinary(GraphProtoSchema, graph),
    ...initializers.flatMap((tensor) => field(initializer.number, encodeTensor(tensor))),
  ];
  return [toBinary(ModelProtoSchema, model), ...field(ModelProtoSchema.field.graph.number, whole)];
}

function encodeTensor(tensor: TensorProto): Parts {
  const { rawData } = tensor;
  const described = create(TensorProtoSchema, { ...tensor, rawData: new Uint8Array() });
  const head = toBinary(TensorProtoSchema, described);
  return rawData.length === 0
    ? [head]
    : [head, ...field(TensorProtoSchema.field.rawData.number, [rawData])];
}

/** A field of bytes or of a message: its number, its length, its content. */
function field(number: number, content: Parts): Parts {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const head = new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(length).finish();
  return [head, ...content];
}
