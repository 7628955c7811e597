/**
 * An ONNX model as a graph of this language's layers with its weights: decoded, its own functions
 * written out, turned into layers node by node, recognised where several nodes are one layer, and
 * named.
 */
import type { SoundModel } from "../../../check/check-model.ts";
import { inputContract } from "../../../check/sizes/contract.ts";
import { Reporter } from "../../../check/reporter.ts";
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { wholeFile } from "../../../diagnostics/place.ts";
import type { Source } from "../../../diagnostics/span.ts";
import type { Bindings } from "../../../graph/dim.ts";
import type { Metadata } from "../../../graph/graph.ts";
import { removeDeadNodes } from "../../../optimize/remove-dead-nodes.ts";
import type { StoredArray } from "../../tensors/stored-array.ts";
import { decodeOnnx } from "./decode.ts";
import { inlineFunctions } from "./inline-functions.ts";
import { listModel, placeOf } from "./listing.ts";
import { Lowering } from "./lower.ts";
import type { OnnxModel } from "./model.ts";
import { modelName } from "./names.ts";
import { recogniseAll } from "./patterns/index.ts";
import { nameLayers } from "./rename.ts";
import type { ReadExternal } from "./tensor-data.ts";

/** How an ONNX model is read. */
export interface ImportOptions {
  /** The file's name, for messages and for a model without a name of its own. */
  readonly file?: string;
  /** Gives the bytes of a file beside the model, where large models keep their weights. */
  readonly external?: ReadExternal;
  /** Values for named sizes of the inputs: `{ H: 224, W: 224 }`. */
  readonly sizes?: Bindings;
  /** Inputs of the model that are known: their values become constants. */
  readonly constants?: ReadonlyMap<string, StoredArray>;
  /** False leaves every node a layer of its own, where the layers that it is with others are not looked for. */
  readonly recognise?: boolean;
}

export interface Imported {
  /** Absent after errors. */
  readonly model?: SoundModel;
  /** The weights by their names in the graph; most are views into the file. */
  readonly arrays: ReadonlyMap<string, StoredArray>;
  readonly diagnostics: readonly Diagnostic[];
  /** The model as a text, a line for each node, that the diagnostics point into. */
  readonly sources: readonly Source[];
}

export function importOnnx(bytes: Uint8Array, options: ImportOptions = {}): Imported {
  const { file = "model.onnx", external, sizes = {}, constants = new Map() } = options;
  const reporter = new Reporter();
  const decoded = decodeOnnx(bytes, file, external);
  if ("code" in decoded) {
    reporter.report(decoded, wholeFile(file));
    return { arrays: new Map(), diagnostics: reporter.diagnostics, sources: [] };
  }
  const { model, problem: notInlined } = inlineFunctions(withConstants(decoded.model, constants));
  const listing = listModel(model, file);
  const failed = (): Imported => ({
    arrays: new Map(),
    diagnostics: reporter.diagnostics,
    sources: [listing.source],
  });
  decoded.problems.forEach((problem, at) => {
    // Tensors have no line: each message has a place of its own, so that none hides another.
    reporter.report(problem, { file, start: listing.model.start, end: listing.model.end + at });
  });
  if (notInlined !== undefined) {
    const { problem, node, input } = notInlined;
    reporter.report(problem, placeOf(listing, node, input));
    return failed();
  }
  const { emission, outputs } = new Lowering(model, listing, reporter).run(sizes);
  if (outputs === undefined) return failed();

  const name = modelName(model.name, file);
  const { elaboration } = emission;
  const whole = elaboration.builder.finish(name, outputs, metadataOf(model));
  const plain = { ...emission, graph: removeDeadNodes.run(whole) };
  const draft = options.recognise === false ? plain : recogniseAll(plain);
  const { graph, arrays } = nameLayers(draft);
  const contract = inputContract(graph, elaboration.assumed);
  return {
    model: { name, graph, contract, span: listing.model },
    arrays,
    diagnostics: reporter.diagnostics,
    sources: [listing.source],
  };
}

function withConstants(model: OnnxModel, constants: ReadonlyMap<string, StoredArray>): OnnxModel {
  if (constants.size === 0) return model;
  return { ...model, initializers: new Map([...model.initializers, ...constants]) };
}

function metadataOf({ doc, producer, metadata }: OnnxModel): Metadata {
  const lines = [doc.trim(), producer === "" ? "" : `Imported from ONNX, made by ${producer}.`];
  const text = lines.filter((line) => line !== "").join("\n\n");
  const labels = labelsOf(metadata.get("labels") ?? "");
  return { ...(text !== "" && { doc: text }), ...(labels.length > 0 && { labels }) };
}

/** A JSON list, as this project writes it, or names with commas or line breaks between. */
function labelsOf(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list.filter((label) => typeof label === "string");
  } catch {
    // It is the other form.
  }
  return text.split(/\s*[,\n]\s*/).filter((label) => label !== "");
}
