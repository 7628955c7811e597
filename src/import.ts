/**
 * From another runtime's model file to a program: an ONNX model as text of this language, with
 * its weights as safetensors. The text is checked: it has no errors and means what was imported.
 */
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { ProgramError } from "./diagnostics/program-error.ts";
import type { Source } from "./diagnostics/span.ts";
import type { ImportOptions } from "./formats/onnx/import/import-onnx.ts";
import { writeProgram } from "./formats/program/write-program.ts";
import { safetensorsParts } from "./formats/tensors/safetensors.ts";
import type { Graph } from "./graph/graph.ts";

/** How an ONNX model is read, and what its program calls the file of its weights. */
export interface ImportOnnxOptions extends Omit<ImportOptions, "constants"> {
  /** The name of the weights file, which the program says; `model.safetensors` unless given. */
  readonly weightsFile?: string;
}

/** The program and the weights of an ONNX model. */
export interface OnnxImport {
  /** Formatted. */
  readonly text: string;
  readonly graph: Graph;
  /** A safetensors file in parts, most of them views into the model; empty without weights. */
  readonly weights: readonly Uint8Array[];
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

/** The program of an ONNX model, or why it has none. */
export type OnnxImported =
  | OnnxImport
  | {
      readonly text?: undefined;
      readonly diagnostics: readonly Diagnostic[];
      /** The model as a text, a line for each node, that the diagnostics point into. */
      readonly sources: readonly Source[];
    };

/**
 * Reads an ONNX model as a program of this language with a safetensors file of its weights.
 * @param bytes an `.onnx` file; `external` gives the files beside it that hold large weights
 * @throws ProgramError with all diagnostics where it is damaged or has operators that no layer
 *   expresses
 */
export async function importOnnx(
  bytes: Uint8Array,
  options: ImportOnnxOptions = {},
): Promise<OnnxImport> {
  const imported = await tryImportOnnx(bytes, options);
  if (imported.text !== undefined) return imported;
  throw new ProgramError(imported.diagnostics, imported.sources);
}

/** As `importOnnx`, with the mistakes as values. */
export async function tryImportOnnx(
  bytes: Uint8Array,
  { weightsFile = "model.safetensors", ...options }: ImportOnnxOptions = {},
): Promise<OnnxImported> {
  const reader = await import("./formats/onnx/import/import-onnx.ts");
  const { model, arrays, diagnostics, sources } = reader.importOnnx(bytes, options);
  if (model === undefined) return { diagnostics, sources };
  const { metadata } = model.graph;
  const named = arrays.size === 0 ? metadata : { ...metadata, weights: weightsFile };
  const written = await writeProgram({ ...model.graph, metadata: named });
  const stored = [...written.weights].flatMap(([name, from]) => {
    const array = arrays.get(from);
    return array === undefined ? [] : [[name, array] as const];
  });
  return {
    text: written.text,
    graph: written.graph,
    weights: stored.length === 0 ? [] : safetensorsParts(new Map(stored)),
    diagnostics,
    sources,
  };
}
