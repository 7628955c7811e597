/**
 * Reads and writes safetensors: a JSON header of names, types, shapes and byte ranges,
 * then the bytes. Every claim of the header is checked against the file before anything is
 * used, since weights are downloaded from anywhere.
 * Format: https://huggingface.co/docs/safetensors
 */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import { excerpt, excerptShape } from "../excerpt.ts";
import { duplicateKey } from "../json/keys.ts";
import { type StoredArray, elementSize, isDType } from "./stored-array.ts";

/** The limit of the format's own implementation, in bytes. */
const LONGEST_HEADER = 100_000_000;
const LENGTH_BYTES = 8;
const METADATA = "__metadata__";

interface Entry {
  readonly name: string;
  readonly array: StoredArray;
  readonly begin: number;
  readonly end: number;
}

/** The arrays of a file by name, as views into `bytes`; `file` is its name in messages. */
export function readSafetensors(
  bytes: Uint8Array,
  file: string,
): ReadonlyMap<string, StoredArray> | Problem {
  const header = headerOf(bytes);
  if (typeof header === "string") return malformed(file, header);
  const entries: Entry[] = [];
  for (const [name, description] of Object.entries(header.entries)) {
    if (name === METADATA) continue;
    const entry = entryOf(name, description, header.data);
    if (typeof entry === "string") return malformed(file, `tensor \`${excerpt(name)}\` ${entry}`);
    entries.push(entry);
  }
  const fault = faultIn(entries, header.data.length);
  if (fault !== undefined) return malformed(file, fault);
  return new Map(entries.map(({ name, array }) => [name, array]));
}

/** A file in parts, one behind the other: its header, and the arrays' own bytes. */
export function safetensorsParts(arrays: ReadonlyMap<string, StoredArray>): readonly Uint8Array[] {
  let offset = 0;
  const entries = [...arrays].map(([name, { dtype, shape, bytes }]) => {
    const range = [offset, offset + bytes.length];
    offset += bytes.length;
    return [name, { dtype, shape, data_offsets: range }];
  });
  const json = JSON.stringify(Object.fromEntries([[METADATA, { format: "pt" }], ...entries]));
  const text = new TextEncoder().encode(json);
  const header = new Uint8Array(LENGTH_BYTES + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - LENGTH_BYTES), true);
  header.set(text, LENGTH_BYTES);
  return [header, ...[...arrays.values()].map(({ bytes }) => bytes)];
}

function malformed(file: string, reason: string): Problem {
  return problem("CNN5002", { file, format: "safetensors", reason });
}

interface Header {
  readonly entries: object;
  /** What follows the header; byte ranges count from its start. */
  readonly data: Uint8Array;
}

/** The header, or what is wrong with it. */
function headerOf(bytes: Uint8Array): Header | string {
  if (bytes.length < LENGTH_BYTES) return `it has ${bytes.length} bytes, too few for a header`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > LONGEST_HEADER || length > bytes.length - LENGTH_BYTES) {
    return `its header claims ${length} bytes, the file has ${bytes.length - LENGTH_BYTES} more`;
  }
  const start = LENGTH_BYTES + length;
  let text: string;
  let entries: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, start));
    entries = JSON.parse(text);
  } catch {
    return "its header is not JSON";
  }
  if (typeof entries !== "object" || entries === null || Array.isArray(entries)) {
    return "its header is not a JSON object";
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) return `it holds two tensors called \`${excerpt(twice)}\``;
  return { entries, data: bytes.subarray(start) };
}

/** One tensor, or what is wrong with its description. */
function entryOf(name: string, description: unknown, data: Uint8Array): Entry | string {
  if (typeof description !== "object" || description === null) return "is not described";
  if (!("dtype" in description) || typeof description.dtype !== "string") return "has no type";
  const { dtype } = description;
  if (!isDType(dtype)) return `has the type ${excerpt(dtype)}, which is not known here`;
  const shape = "shape" in description ? sizes(description.shape) : undefined;
  if (shape === undefined) return "has no shape of whole numbers";
  const range = "data_offsets" in description ? sizes(description.data_offsets) : undefined;
  if (range?.length !== 2) return "has no byte range";
  const [begin, end] = range;
  if (begin > end || end > data.length) {
    return `claims the bytes ${begin} to ${end}, the file holds ${data.length} (is it cut short?)`;
  }
  const needed = shape.reduce((product, size) => product * size, elementSize(dtype));
  if (needed !== end - begin) {
    return `has ${end - begin} bytes, its shape ${excerptShape(shape)} needs ${needed}`;
  }
  return { name, array: { dtype, shape, bytes: data.subarray(begin, end) }, begin, end };
}

function sizes(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  const numbers = items.filter((item) => typeof item === "number");
  const valid = numbers.every((item) => Number.isSafeInteger(item) && item >= 0);
  return valid && numbers.length === items.length ? numbers : undefined;
}

/** The format wants the ranges to fill the file without overlap or hole. */
function faultIn(entries: readonly Entry[], length: number): string | undefined {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin < at) return `tensor \`${excerpt(name)}\` overlaps another one`;
    if (begin > at)
      return `${begin - at} bytes before tensor \`${excerpt(name)}\` belong to no tensor`;
    at = end;
  }
  return at === length ? undefined : `the last ${length - at} bytes belong to no tensor`;
}
