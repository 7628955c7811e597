/** A stored tensor of an ONNX file as an array: its claims are checked against its bytes. */
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { excerpt } from "../../excerpt.ts";
import { type DType, type StoredArray, elementSize } from "../../tensors/stored-array.ts";
import {
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from "../schema/onnx_pb.ts";

/**
 * Gives the bytes of a file beside the model.
 * @param location a path below the model's folder, checked not to lead out of it
 */
export type ReadExternal = (location: string) => Uint8Array | Problem;

const TYPES: Readonly<Record<number, DType | undefined>> = {
  [TensorProto_DataType.FLOAT]: "F32",
  [TensorProto_DataType.DOUBLE]: "F64",
  [TensorProto_DataType.FLOAT16]: "F16",
  [TensorProto_DataType.BFLOAT16]: "BF16",
  [TensorProto_DataType.INT64]: "I64",
  [TensorProto_DataType.INT32]: "I32",
  [TensorProto_DataType.INT16]: "I16",
  [TensorProto_DataType.INT8]: "I8",
  [TensorProto_DataType.UINT64]: "U64",
  [TensorProto_DataType.UINT32]: "U32",
  [TensorProto_DataType.UINT16]: "U16",
  [TensorProto_DataType.UINT8]: "U8",
  [TensorProto_DataType.BOOL]: "BOOL",
};

/** `FLOAT`, or the number of a type that has no name here. */
export function typeName(type: number): string {
  return TensorProto_DataType[type] ?? `type ${type}`;
}

/** The element type by ONNX's number, as in the attribute `to` of Cast. */
export function dtypeOf(type: number): DType | undefined {
  return TYPES[type];
}

/** Larger tensors fit into no array of bytes. */
const MOST_BYTES = 2 ** 33;

/** As many as NumPy's arrays may have. */
export const MOST_AXES = 64;

export function readTensor(
  tensor: TensorProto,
  name: string,
  external: ReadExternal | undefined,
): StoredArray | Problem {
  const label = excerpt(name);
  const damaged = (reason: string): Problem => problem("CNN6009", { tensor: label, reason });
  const dtype = dtypeOf(tensor.dataType);
  if (dtype === undefined) {
    return damaged(`it is of the type ${typeName(tensor.dataType)}, which is not read here`);
  }
  if (tensor.dims.length > MOST_AXES) return damaged(`it has ${tensor.dims.length} axes`);
  const shape = tensor.dims.map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    return damaged(`its shape [${excerpt(tensor.dims.join(", "))}] is not one of whole numbers`);
  }
  const size = elementSize(dtype);
  const length = shape.reduce((product, dim) => product * dim, size);
  if (length > MOST_BYTES)
    return damaged(`its shape [${shape.join(", ")}] is larger than any file`);
  if (tensor.segment !== undefined) return damaged("it is stored in segments, which nobody writes");
  const bytes =
    tensor.dataLocation === TensorProto_DataLocation.EXTERNAL
      ? externalBytes(tensor, label, length, external)
      : storedBytes(tensor, dtype);
  if ("code" in bytes) return bytes;
  if (bytes.length !== length) {
    const [has, needs] = [bytes.length / size, length / size];
    return damaged(`its shape [${shape.join(", ")}] needs ${needs} numbers, the file has ${has}`);
  }
  return { dtype, shape, bytes };
}

/** Little-endian bytes: the file's own, or made of a list of numbers. */
function storedBytes(tensor: TensorProto, dtype: DType): Uint8Array {
  if (tensor.rawData.length > 0) return tensor.rawData;
  switch (dtype) {
    case "F32":
      return viewed(Float32Array.from(tensor.floatData));
    case "F64":
      return viewed(Float64Array.from(tensor.doubleData));
    case "I64":
      return viewed(BigInt64Array.from(tensor.int64Data));
    case "U64":
      return viewed(BigUint64Array.from(tensor.uint64Data));
    case "U32":
      return viewed(Uint32Array.from(tensor.uint64Data, Number));
    case "I32":
      return viewed(Int32Array.from(tensor.int32Data));
    case "I16":
    case "U16":
    case "F16":
    case "BF16":
      return viewed(Uint16Array.from(tensor.int32Data));
    case "I8":
    case "U8":
    case "BOOL":
      return viewed(Uint8Array.from(tensor.int32Data));
    default:
      return dtype satisfies never;
  }
}

/** All machines that run this are little-endian. */
function viewed({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function externalBytes(
  { externalData }: TensorProto,
  tensor: string,
  length: number,
  external: ReadExternal | undefined,
): Uint8Array | Problem {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  const refuse = (reason: string): Problem =>
    problem("CNN6008", { tensor, location: excerpt(location), reason });
  if (location === "") return refuse("no file is named");
  if (leadsOut(location)) return refuse("the path leads out of the model's folder");
  if (external === undefined) return refuse("only the bytes of the model itself were given");
  const file = external(location);
  if ("code" in file) return file;
  const offset = wholeNumber(entries.get("offset") ?? "0");
  const stated = wholeNumber(entries.get("length") ?? String(length));
  if (offset === undefined || stated === undefined) return refuse("its offset is no whole number");
  if (offset + stated > file.length) {
    const range = `the bytes ${offset} to ${offset + stated} of a file of ${file.length}`;
    return refuse(`it claims ${range}; is it cut short?`);
  }
  return file.subarray(offset, offset + stated);
}

/** Absolute paths of any system, and those with a step up. */
function leadsOut(location: string): boolean {
  if (/^([/\\]|[A-Za-z]:)/.test(location) || location.includes("\0")) return true;
  return location.split(/[/\\]/).includes("..");
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
