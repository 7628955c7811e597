/** Reads a weights file of either format; its first bytes tell which one it is. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { requireBytes } from "../diagnostics/untyped.ts";
import { foreignFile } from "../formats/foreign-file.ts";
import { isNpz, readNpz } from "../formats/tensors/npz.ts";
import { readSafetensors } from "../formats/tensors/safetensors.ts";
import type { StoredArray } from "../formats/tensors/stored-array.ts";
import type { Graph } from "../graph/graph.ts";

/** The bytes, or arrays by PyTorch's names; `name` is for messages. */
export type WeightsFile =
  | Uint8Array
  | { readonly name: string; readonly bytes: Uint8Array }
  | { readonly name: string; readonly arrays: ReadonlyMap<string, StoredArray> };

export interface WeightArrays {
  readonly name: string;
  readonly arrays: ReadonlyMap<string, StoredArray>;
}

/** The arrays for a graph, undecoded; a graph without weights needs no file. */
export function readWeights(graph: Graph, file: WeightsFile | undefined): WeightArrays | Problem {
  if (file === undefined) {
    if (graph.weights.size === 0) return { name: "no weights", arrays: new Map() };
    const { weights: path } = graph.metadata;
    const facts = { model: graph.name, weights: graph.weights.size };
    return problem("CNN5051", path === undefined ? facts : { ...facts, path });
  }
  if (isObject(file) && "arrays" in file) return file;
  const { name, bytes } =
    isObject(file) && "bytes" in file ? file : { name: "weights", bytes: file };
  requireBytes(bytes, name);
  const foreign = foreignFile(bytes, name, "weights");
  if (foreign !== undefined) return foreign;
  const arrays = isNpz(bytes) ? readNpz(bytes, name) : readSafetensors(bytes, name);
  return "code" in arrays ? arrays : { name, arrays };
}

/** Callers without types give texts and null. */
function isObject(file: unknown): file is object {
  return typeof file === "object" && file !== null;
}
