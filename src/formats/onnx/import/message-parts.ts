/**
 * Counts what a file of ONNX would become in memory, before it does: two bytes can be a node, which as
 * an object takes hundreds. Numbers in bytes, which is what large files consist of, are skipped.
 */
import { type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { ModelProtoSchema } from "../schema/onnx_pb.ts";

/** A message as an object takes as much memory as so many numbers in an array. */
const MESSAGE = 16;

/** Half a million messages, or as many numbers of 64 bits as take their place. */
const MOST = 500_000 * MESSAGE;

/** Deeper ones are refused where they are decoded. */
const DEEPEST = 100;

/** @throws Error where the bytes are no message */
export function isOfUsualSize(bytes: Uint8Array): boolean {
  return countParts(ModelProtoSchema, new BinaryReader(bytes), bytes.length, DEEPEST) <= MOST;
}

/** @param end where the message ends, in bytes; the reader stands at its start */
function countParts(desc: DescMessage, reader: BinaryReader, end: number, depth: number): number {
  const fields = new Map(desc.fields.map((field) => [field.number, field]));
  let parts = MESSAGE;
  while (reader.pos < end && parts <= MOST) {
    const [number, wire] = reader.tag();
    const field = fields.get(number);
    const start = reader.pos;
    if (field?.message !== undefined && wire === WireType.LengthDelimited && depth > 0) {
      const length = reader.uint32();
      parts += countParts(field.message, reader, reader.pos + length, depth - 1);
      continue;
    }
    reader.skip(wire, number);
    // Packed ones take a byte each at least.
    parts += field !== undefined && BIGINTS.has(field.scalar) ? reader.pos - start : 1;
  }
  return parts;
}

/** Numbers that JavaScript holds as objects. */
const BIGINTS: ReadonlySet<ScalarType | undefined> = new Set([ScalarType.INT64, ScalarType.UINT64]);
