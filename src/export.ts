/**
 * From text to another runtime's model file: a program with its weights as an ONNX model. Named
 * sizes stay names, except those that are given values.
 */
import { withBatch } from "./analysis/batch-name.ts";
import { freshWeights } from "./analysis/fresh-weights.ts";
import { instantiatePartly } from "./analysis/instantiate.ts";
import { type Diagnostic, problem } from "./diagnostics/diagnostic.ts";
import { place } from "./diagnostics/place.ts";
import type { Source } from "./diagnostics/span.ts";
import { exportOnnx } from "./formats/onnx/export/export-onnx.ts";
import { weightOf } from "./graph/access.ts";
import { type Bindings, formatShape, isKnown, namesIn } from "./graph/dim.ts";
import type { Graph } from "./graph/graph.ts";
import type { Opset } from "./layers/onnx.ts";
import { optimizeWithWeights } from "./optimize/with-weights.ts";
import type { Tensors } from "./runtime/inputs.ts";
import { weightMisfits } from "./runtime/weight-misfits.ts";
import {
  type ModelOptions,
  type TrainedModel,
  type UntrainedModel,
  readModel,
  readTrainedModel,
} from "./trained-model.ts";

export interface OnnxExportOptions extends ModelOptions {
  /** 17 unless given. */
  readonly opset?: Opset;
  /** Inputs at once; any number unless given. */
  readonly batch?: number;
  /** Of other named sizes: `{ H: 224, W: 224 }`. */
  readonly sizes?: Bindings;
  /** With batch_norm folded and without dropout: for inference only. */
  readonly optimized?: boolean;
  /** A seed for weights as before any training, in place of a weights file. */
  readonly fresh?: number;
  /** Name of a file for the weights beside the model; used where it is asked for or must be. */
  readonly dataFile: string;
  /** Puts the weights into `dataFile` even if they fit into the model. */
  readonly external?: boolean;
  /** This package's version, for the model's producer. */
  readonly version?: string;
}

export type OnnxExported =
  | {
      readonly model: Uint8Array;
      /** The content of `dataFile`, in parts; empty where there is none. */
      readonly data: readonly Uint8Array[];
      readonly graph: Graph;
      /** Warnings. */
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: readonly Source[];
    }
  | {
      readonly model?: undefined;
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: readonly Source[];
    };

/** A protobuf message has less than 2 GiB: its lengths are int32. Some is left for the structure. */
const LARGEST_EMBEDDED = 2 ** 31 - 2 ** 26;

/** Mistakes of the program, its weights and sizes are values. */
export function tryExportOnnx(source: Source, options: OnnxExportOptions): OnnxExported {
  const { fresh, batch, opset = 17, version } = options;
  const model =
    fresh === undefined ? readTrainedModel(source, options) : readModel(source, options);
  if (model.checked === undefined) return model;
  const { checked, diagnostics, sources } = model;
  const failed = (more: readonly Diagnostic[]): OnnxExported => ({
    diagnostics: [...diagnostics, ...more],
    sources,
  });
  const sizes = withBatch(checked.graph, options.sizes ?? {}, batch);
  const instance = instantiatePartly(checked.graph, sizes);
  if ("problems" in instance) {
    return failed(
      instance.problems.map((found) => place(found.problem, (found.node ?? checked).span)),
    );
  }
  const weighted = weightsFor(instance.graph, model, fresh);
  if ("diagnostics" in weighted) return failed(weighted.diagnostics);
  const { graph, weights } =
    options.optimized === true
      ? optimizeWithWeights(instance.graph, weighted.weights)
      : { graph: instance.graph, weights: weighted.weights };
  const outside = options.external === true || bytesOf(weights) > LARGEST_EMBEDDED;
  const exported = exportOnnx(graph, weights, {
    opset,
    sources,
    ...(version !== undefined && { version }),
    ...(outside && { external: options.dataFile }),
  });
  if (exported.model === undefined) return failed(exported.diagnostics);
  return { model: exported.model, data: exported.external, graph, diagnostics, sources };
}

/** The weights of a file or of a seed, which must have known shapes: ONNX holds no others. */
function weightsFor(
  graph: Graph,
  model: TrainedModel | UntrainedModel,
  seed = 0,
): { readonly weights: Tensors } | { readonly diagnostics: readonly Diagnostic[] } {
  const open = unknownWeights(graph);
  if (open.length > 0) return { diagnostics: open };
  if (model.weights === undefined) return { weights: freshWeights(graph, seed) };
  const misfits = weightMisfits(graph, model.weights, model.weightsFile);
  return misfits.length > 0 ? { diagnostics: misfits } : { weights: model.weights };
}

function unknownWeights(graph: Graph): readonly Diagnostic[] {
  const [first] = graph.nodes.flatMap((node) => {
    const weights = Object.values(node.weights).map((name) => weightOf(graph, name));
    const open = weights.find(({ shape }) => !shape.every(isKnown));
    return open === undefined ? [] : [{ node, open }];
  });
  if (first === undefined) return [];
  const { node, open } = first;
  const names = new Set(open.shape.flatMap((size) => [...namesIn(size)]));
  const facts = {
    layer: node.kind,
    reason: `its weight \`${open.name}\` is ${formatShape(open.shape)}`,
    remedy: `give values: ${[...names].map((name) => `\`--set ${name}=…\``).join(", ")}`,
  };
  return [place(problem("CNN5080", facts), node.span)];
}

/** As float32. */
function bytesOf(weights: Tensors): number {
  return [...weights.values()].reduce((bytes, { data }) => bytes + 4 * data.length, 0);
}
