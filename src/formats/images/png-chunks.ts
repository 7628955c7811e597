/**
 * The structure of a PNG: its chunks, its header, and whether the pixel data unpacks to
 * exactly the size that the header declares. Decoding begins only where all that holds.
 * Format: https://www.w3.org/TR/png-3/
 */
import { unzlibSync } from "fflate";
import { joinBytes } from "../join-bytes.ts";

type Colour = "grey" | "rgb" | "indexed" | "grey-alpha" | "rgb-alpha";

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  readonly colour: Colour;
  /** Samples of a pixel; an index into a palette is one. */
  readonly channels: number;
  readonly interlaced: boolean;
}

export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** With its length, type and checksum. */
  readonly whole: Uint8Array;
}

export const SIGNATURE_BYTES = 8;

interface ColourType {
  readonly colour: Colour;
  readonly channels: number;
  /** Bits of a sample that it allows. */
  readonly depths: readonly number[];
}

/** By their number in the IHDR chunk. */
const colourTypes = new Map<number, ColourType>([
  [0, { colour: "grey", channels: 1, depths: [1, 2, 4, 8, 16] }],
  [2, { colour: "rgb", channels: 3, depths: [8, 16] }],
  [3, { colour: "indexed", channels: 1, depths: [1, 2, 4, 8] }],
  [4, { colour: "grey-alpha", channels: 2, depths: [8, 16] }],
  [6, { colour: "rgb-alpha", channels: 4, depths: [8, 16] }],
]);

/** All chunks up to IEND, or what is wrong. */
export function chunksOf(bytes: Uint8Array): readonly Chunk[] | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    chunks.push({ type, data, whole: bytes.subarray(at, end) });
    if (type === "IEND") return chunks;
    at = end;
  }
  return "it is cut short";
}

export function headerOf(chunks: readonly Chunk[]): PngHeader | string {
  const [{ type, data }] = chunks;
  const headers = chunks.filter((chunk) => chunk.type === "IHDR").length;
  if (type !== "IHDR" || headers !== 1 || data.length !== 13) return "its header is damaged";
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height, depth] = [view.getUint32(0), view.getUint32(4), data[8]];
  const colourType = colourTypes.get(data[9]);
  if (width === 0 || height === 0) return "it says that it has no pixels";
  if (!colourType?.depths.includes(depth) || data[10] !== 0 || data[11] !== 0 || data[12] > 1) {
    return "its header is damaged";
  }
  const { colour, channels } = colourType;
  return { width, height, depth, colour, channels, interlaced: data[12] === 1 };
}

/** DEFLATE makes of one byte at most this many. */
const HIGHEST_RATIO = 1032;

/** What is wrong with palette or pixel data. */
export function damageIn(chunks: readonly Chunk[], header: PngHeader): string | undefined {
  const palette = chunks.findIndex(({ type }) => type === "PLTE");
  const firstData = chunks.findIndex(({ type }) => type === "IDAT");
  if (firstData < 0) return "it holds no pixel data";
  if (header.colour === "indexed" && (palette < 0 || palette > firstData)) {
    return "its palette is missing";
  }
  const packed = joinBytes(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const size = unpackedSize(header);
  if (size > packed.length * HIGHEST_RATIO) return "its pixel data is cut short";
  try {
    // With a buffer given, fflate writes no further than its end; one byte more shows an excess.
    const unpacked = unzlibSync(packed, { out: new Uint8Array(size + 1) });
    if (unpacked.length === size) return undefined;
    return unpacked.length < size
      ? "its pixel data is cut short"
      : "it holds more pixel data than its size says";
  } catch {
    return "its pixel data is damaged";
  }
}

/** Bytes of the filtered rows: each has one byte for its filter. */
function unpackedSize({ width, height, depth, channels, interlaced }: PngHeader): number {
  const bytesOf = (columns: number, rows: number): number =>
    columns === 0 ? 0 : rows * (1 + Math.ceil((columns * channels * depth) / 8));
  if (!interlaced) return bytesOf(width, height);
  let size = 0;
  for (const [x, y, xStep, yStep] of adam7) {
    size += bytesOf(
      Math.max(0, Math.ceil((width - x) / xStep)),
      Math.max(0, Math.ceil((height - y) / yStep)),
    );
  }
  return size;
}

/** First column, first row, column step and row step of the seven passes. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
