/**
 * Reads and writes NumPy's `.npy`: a Python dictionary as text, then the elements.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import { sizeOf } from "../../graph/tensor.ts";
import { excerpt, excerptShape } from "../excerpt.ts";
import { type DType, type StoredArray, elementSize } from "./stored-array.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's type codes without their byte-order mark. */
const dtypeOf: Readonly<Record<string, DType>> = {
  f8: "F64",
  f4: "F32",
  f2: "F16",
  i8: "I64",
  i4: "I32",
  i2: "I16",
  i1: "I8",
  u8: "U64",
  u4: "U32",
  u2: "U16",
  u1: "U8",
  b1: "BOOL",
};

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** The array of a file, a view into `bytes` where order allows; `file` is its name in messages. */
export function readNpy(bytes: Uint8Array, file: string): StoredArray | Problem {
  const malformed = (reason: string): Problem =>
    problem("CNN5002", { file, format: "npy", reason });
  if (!isNpy(bytes)) return malformed("it does not begin as an npy file does");
  if (bytes.length < 12) return malformed("it ends inside its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = bytes[6] > 1;
  const headerStart = long ? 12 : 10;
  const dataStart = headerStart + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (dataStart > bytes.length) return malformed("it ends inside its header");
  const header = new TextDecoder("latin1").decode(bytes.subarray(headerStart, dataStart));

  const type = /'descr' *: *'([<>|=]?)([A-Za-z]\d*)'/.exec(header);
  const order = /'fortran_order' *: *(True|False)/.exec(header);
  const shapeText = /'shape' *: *\(([\d, ]*)\)/.exec(header);
  if (!type && header.includes("'descr'")) {
    return problem("CNN5003", { file, found: "records or objects" });
  }
  if (!type || !order || !shapeText) return malformed("its header names no type, order or shape");
  const [, endianness, code] = type;
  if (!Object.hasOwn(dtypeOf, code)) {
    return problem("CNN5003", {
      file,
      found: code === "O" ? "Python objects" : `the type ${excerpt(code)}`,
    });
  }
  const dtype = dtypeOf[code];
  const shape = shapeText[1]
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  const size = elementSize(dtype);
  const needed = sizeOf(shape) * size;
  const data = bytes.subarray(dataStart);
  if (data.length !== needed) {
    return malformed(
      `its shape ${excerptShape(shape)} needs ${needed} bytes, it holds ${data.length}`,
    );
  }
  const little = endianness === ">" ? swapBytes(data, size) : data;
  return { dtype, shape, bytes: order[1] === "True" ? rowMajor(little, shape, size) : little };
}

export function writeNpy({ dtype, shape, bytes }: StoredArray): Uint8Array {
  const code = Object.entries(dtypeOf).find(([, type]) => type === dtype)?.[0];
  if (code === undefined) throw new RangeError(`NumPy has no type for ${dtype}`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const order = elementSize(dtype) === 1 ? "|" : "<";
  const header = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((10 + header.length + 1) / 64) * 64;
  const out = new Uint8Array(start + bytes.length).fill(0x20, 0, start);
  out.set([...MAGIC, 1, 0]);
  new DataView(out.buffer).setUint16(8, start - 10, true);
  out.set(new TextEncoder().encode(header), 10);
  out[start - 1] = 0x0a;
  out.set(bytes, start);
  return out;
}

function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  const swapped = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const inElement = i % size;
    swapped[i - inElement + (size - 1 - inElement)] = bytes[i];
  }
  return swapped;
}

/** Reorders a column-major (Fortran) array, whose first axis varies fastest. */
function rowMajor(bytes: Uint8Array, shape: readonly number[], size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const index = shape.map(() => 0);
  for (let to = 0; to < bytes.length; to += size) {
    const from = index.reduceRight((offset, at, axis) => offset * shape[axis] + at, 0) * size;
    out.set(bytes.subarray(from, from + size), to);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return out;
}
