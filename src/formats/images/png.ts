/**
 * Decodes a PNG into samples of 0..1. `fast-png` decodes; it is handed only the chunks that
 * make up the picture, of files whose structure holds, since it trusts what it reads.
 */
import { type DecodedPng, convertIndexedToRgb, decode, hasPngSignature } from "fast-png";
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import { joinBytes } from "../join-bytes.ts";
import { type PngHeader, SIGNATURE_BYTES, chunksOf, damageIn, headerOf } from "./png-chunks.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Pixel after pixel, row after row, each sample in 0..1. */
  readonly samples: Float64Array;
}

/** The chunks that make up the picture; others (texts, colour profiles) are not read. */
const PICTURE_CHUNKS = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

/** Size and kind, without decoding anything; `file` is its name in messages. */
export function readPngHeader(bytes: Uint8Array, file: string): PngHeader | Problem {
  if (!hasPngSignature(bytes)) return problem("CNN5005", { file, found: kindOf(bytes) });
  const chunks = chunksOf(bytes);
  const header = typeof chunks === "string" ? chunks : headerOf(chunks);
  return typeof header === "string" ? malformed(file, header) : header;
}

export function readPng(bytes: Uint8Array, file: string): Picture | Problem {
  const header = readPngHeader(bytes, file);
  if ("code" in header) return header;
  const chunks = chunksOf(bytes);
  if (typeof chunks === "string") return malformed(file, chunks);
  if (header.interlaced && header.depth < 8) {
    return malformed(file, "it is interlaced with fewer than 8 bits a sample, which is not read");
  }
  const damage = damageIn(chunks, header);
  if (damage !== undefined) return malformed(file, damage);
  const picture = chunks.filter(({ type }) => PICTURE_CHUNKS.has(type)).map(({ whole }) => whole);
  try {
    const png = decode(joinBytes([bytes.subarray(0, SIGNATURE_BYTES), ...picture]));
    return pictureOf(png, header);
  } catch {
    return malformed(file, "its pixel data or palette is damaged");
  }
}

function malformed(file: string, reason: string): Problem {
  return problem("CNN5002", { file, format: "PNG", reason });
}

/** What a file that is no PNG begins like. */
function kindOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith("\u00ff\u00d8\u00ff")) return "a JPEG image";
  if (start.startsWith("GIF8")) return "a GIF image";
  if (start.startsWith("BM")) return "a BMP image";
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "a WebP image";
  if (start.startsWith("II*\0") || start.startsWith("MM\0*")) return "a TIFF image";
  return "not an image";
}

function pictureOf(png: DecodedPng, { colour }: PngHeader): Picture {
  const { width, height, depth, transparency } = png;
  if (colour === "indexed") {
    const samples = Float64Array.from(convertIndexedToRgb(png), (value) => value / 255);
    return { width, height, channels: png.palette?.[0].length === 4 ? 4 : 3, samples };
  }
  const raw = depth < 8 ? unpackBits(png.data, width, height, depth) : png.data;
  const scale = 2 ** depth - 1;
  const opaque: Picture = {
    width,
    height,
    channels: channelsOf(png.channels),
    samples: Float64Array.from(raw, (value) => value / scale),
  };
  return transparency === undefined ? opaque : withTransparentColour(opaque, raw, transparency);
}

function channelsOf(channels: number): Picture["channels"] {
  if (channels === 1 || channels === 2 || channels === 3 || channels === 4) return channels;
  throw new RangeError(`a PNG has 1 to 4 channels, not ${channels}`);
}

/** Grey samples of 1, 2 or 4 bits; rows begin at whole bytes. */
function unpackBits(
  packed: ArrayLike<number>,
  width: number,
  height: number,
  depth: number,
): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const mask = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = packed[Math.floor(i / width) * rowBytes + (bit >> 3)];
    return (byte >> (8 - depth - (bit & 7))) & mask;
  });
}

/** Adds an alpha channel: 0 where a pixel has the one colour that the tRNS chunk names. */
function withTransparentColour(
  { width, height, channels, samples }: Picture,
  raw: ArrayLike<number>,
  colour: ArrayLike<number>,
): Picture {
  const out = new Float64Array(width * height * (channels + 1));
  for (let pixel = 0; pixel < width * height; pixel++) {
    let same = true;
    for (let c = 0; c < channels; c++) {
      out[pixel * (channels + 1) + c] = samples[pixel * channels + c];
      same &&= raw[pixel * channels + c] === colour[c];
    }
    out[pixel * (channels + 1) + channels] = same ? 0 : 1;
  }
  return { width, height, channels: channels === 1 ? 2 : 4, samples: out };
}
