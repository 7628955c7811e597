/**
 * Arrays as files hold them: raw little-endian bytes beside their element type and shape.
 * Readers of weights and inputs share this one form, so that a file is checked without
 * turning all of it into numbers, and only what a model uses is decoded.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { type Tensor, type WeightTensor, sizeOf } from "../../graph/tensor.ts";

/** safetensors' names; NumPy's types are mapped to them. */
export type DType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U64"
  | "U32"
  | "U16"
  | "U8"
  | "BOOL";

/** An array as a file holds it, before it is decoded. */
export interface StoredArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Little-endian, row-major; a view into the file, at any alignment. */
  readonly bytes: Uint8Array;
}

interface ElementType {
  /** In bytes. */
  readonly size: number;
  read(view: DataView, at: number): number;
}

const elementTypes: Readonly<Record<DType, ElementType>> = {
  F64: { size: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { size: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) },
  BF16: { size: 2, read: (view, at) => bfloatToNumber(view.getUint16(at, true)) },
  I64: { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  I32: { size: 4, read: (view, at) => view.getInt32(at, true) },
  I16: { size: 2, read: (view, at) => view.getInt16(at, true) },
  I8: { size: 1, read: (view, at) => view.getInt8(at) },
  U64: { size: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  U32: { size: 4, read: (view, at) => view.getUint32(at, true) },
  U16: { size: 2, read: (view, at) => view.getUint16(at, true) },
  U8: { size: 1, read: (view, at) => view.getUint8(at) },
  BOOL: { size: 1, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
};

export function isDType(text: string): text is DType {
  return Object.hasOwn(elementTypes, text);
}

export function isFloat(dtype: DType): boolean {
  return dtype === "F64" || dtype === "F32" || dtype === "F16" || dtype === "BF16";
}

/** Bytes of one element. */
export function elementSize(dtype: DType): number {
  return elementTypes[dtype].size;
}

/** The numbers of an array; 64-bit integers beyond 2^53 are rounded. */
export function toTensor(array: StoredArray): Tensor {
  const { shape } = array;
  return { shape, data: decode(array, new Float64Array(sizeOf(shape))) };
}

/** The numbers of an array of floats, where they lie if they are float32 and can be read there. */
export function toWeight(array: StoredArray): WeightTensor {
  const { dtype, shape, bytes } = array;
  if (dtype === "F64") return toTensor(array);
  const inPlace = dtype === "F32" && LITTLE_ENDIAN && bytes.byteOffset % 4 === 0;
  const data = inPlace
    ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    : decode(array, new Float32Array(sizeOf(shape)));
  return { shape, data };
}

function decode<Numbers extends Float64Array | Float32Array>(
  { dtype, shape, bytes }: StoredArray,
  into: Numbers,
): Numbers {
  const { size, read } = elementTypes[dtype];
  if (bytes.length !== into.length * size) {
    throw new InternalFault(
      `${bytes.length} bytes hold an array [${shape.join(", ")}] of ${dtype}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < into.length; i++) into[i] = read(view, i * size);
  return into;
}

/** Of this machine's typed arrays; files are always so. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The tensor rounded to float32. */
export function fromTensor({ shape, data }: WeightTensor): StoredArray {
  const bytes = new Uint8Array(data.length * 4);
  const view = new DataView(bytes.buffer);
  data.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return { dtype: "F32", shape, bytes };
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function bfloatToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}
