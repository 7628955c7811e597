/**
 * Recognises files of other programs, by their first bytes or by their names, where weights or a
 * program belong: a PyTorch checkpoint is a valid zip file, and none that NumPy wrote.
 */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import type { ForeignKind, Wanted } from "../diagnostics/foreign-kinds.ts";

/** A file of another kind than was asked for; undefined where nothing is known of it. */
export function foreignFile(bytes: Uint8Array, file: string, wanted: Wanted): Problem | undefined {
  const kind = kindOf(bytes, file);
  if (kind === undefined || (kind === "tensors" && wanted === "weights")) return undefined;
  return problem("CNN5008", { file, kind, wanted });
}

function kindOf(bytes: Uint8Array, file: string): ForeignKind | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  if (start.startsWith("PK")) return kindOfZip(bytes);
  if (start.startsWith("\u0080") && bytes[1] <= 5 && /\.(pt|pth|pkl|bin|ckpt)$/i.test(file)) {
    return "checkpoint";
  }
  if (start.startsWith("\u0089HDF")) return "hdf5";
  if (start.slice(4) === "TFL3") return "tflite";
  if (start.startsWith("\u0093NUMPY")) return "npy";
  if (/^\u0089PNG|^\u00ff\u00d8\u00ff/.test(start)) return "image";
  if (/\.onnx$/i.test(file)) return "onnx";
  return /\.safetensors$/i.test(file) ? "tensors" : undefined;
}

/** Where a zip file's first entry has the length of its name, and its name. */
const [LENGTH_AT, NAME_AT] = [26, 30];

/** By the first of its parts, where every writer puts the same one. */
function kindOfZip(bytes: Uint8Array): ForeignKind {
  const length = bytes[LENGTH_AT] + 256 * bytes[LENGTH_AT + 1];
  const first = new TextDecoder("latin1").decode(bytes.subarray(NAME_AT, NAME_AT + length));
  if (/(^|\/)(data\.pkl|version|byteorder|\.format_version)$/.test(first)) return "checkpoint";
  return /^(metadata|config)\.json$/.test(first) ? "keras" : "tensors";
}
