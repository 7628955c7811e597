/** Reads ONNX models and the files beside them that hold their weights. */
import { place, wholeFile } from "../diagnostics/place.ts";
import type { Source } from "../diagnostics/span.ts";
import { importOnnx } from "../formats/onnx/import/import-onnx.ts";
import type { ReadExternal } from "../formats/onnx/import/tensor-data.ts";
import type { Bindings } from "../graph/dim.ts";
import { readBesideModel, readBytes } from "../files/read.ts";
import { tryImportOnnx } from "../import.ts";
import type { NoModel, TrainedModel } from "../trained-model.ts";
import { readTrainedOnnx } from "../trained-onnx.ts";
import type { Io } from "./io.ts";
import type { CheckedFile } from "./program.ts";

/** What `check` finds in a program. */
export function checkOnnx(path: string, sizes: Bindings, io: Io): CheckedFile {
  const read = readOnnx(path, io);
  if (!("bytes" in read)) return { models: [], ...read };
  const { model, diagnostics, sources } = importOnnx(read.bytes, { ...read.options, sizes });
  return { models: model === undefined ? [] : [model], diagnostics, sources };
}

/** The model with its weights. */
export function trainedOnnx(path: string, sizes: Bindings, io: Io): TrainedModel | NoModel {
  const read = readOnnx(path, io);
  return "bytes" in read ? readTrainedOnnx(read.bytes, read.options, sizes) : read;
}

/** The program that `cnn import` writes. */
export async function programOfOnnx(
  path: string,
  sizes: Bindings,
  io: Io,
): Promise<Source | NoModel> {
  const read = readOnnx(path, io);
  if (!("bytes" in read)) return read;
  const options = { ...read.options, sizes, weightsFile: "" };
  const { text, diagnostics, sources } = await tryImportOnnx(read.bytes, options);
  return text === undefined ? { diagnostics, sources } : { name: path, text };
}

interface OnnxFile {
  readonly bytes: Uint8Array;
  readonly options: { readonly file: string; readonly external: ReadExternal };
}

export function readOnnx(path: string, io: Io): OnnxFile | NoModel {
  const bytes = readBytes(path, io);
  if (!(bytes instanceof Uint8Array)) {
    return { diagnostics: [place(bytes, wholeFile(path))], sources: [] };
  }
  const external: ReadExternal = (location) => readBesideModel(location, path, io);
  return { bytes, options: { file: path, external } };
}
