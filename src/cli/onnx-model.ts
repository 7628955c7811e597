/** Reads ONNX models and the files beside them that hold their weights. */
import { place, wholeFile } from "../diagnostics/place.ts";
import { type Imported, importOnnx } from "../formats/onnx/import/import-onnx.ts";
import type { ReadExternal } from "../formats/onnx/import/tensor-data.ts";
import type { Bindings } from "../graph/dim.ts";
import { besideProgram, readBytes } from "../files/read.ts";
import type { Io } from "./io.ts";

export function readOnnxModel(path: string, sizes: Bindings, io: Io): Imported {
  const bytes = readBytes(path, io);
  if (bytes instanceof Uint8Array) {
    return importOnnx(bytes, { file: path, sizes, external: externalFrom(path, io) });
  }
  return { arrays: new Map(), diagnostics: [place(bytes, wholeFile(path))], sources: [] };
}

/** Files of weights lie in the model's folder. */
export function externalFrom(model: string, io: Io): ReadExternal {
  return (location) => readBytes(besideProgram(location, model), io);
}
