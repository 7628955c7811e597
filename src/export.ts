/**
 * From text to another runtime's model: a program with its weights as an ONNX model, or its
 * structure as a PyTorch module. Named sizes stay names, except those that are given values.
 */
import { withBatch } from "./analysis/batch-name.ts";
import { freshWeights } from "./analysis/fresh-weights.ts";
import { instantiatePartly } from "./analysis/instantiate.ts";
import type { SoundModel } from "./check/check-model.ts";
import { type Diagnostic, problem } from "./diagnostics/diagnostic.ts";
import { place } from "./diagnostics/place.ts";
import { ProgramError } from "./diagnostics/program-error.ts";
import type { Source } from "./diagnostics/span.ts";
import { joinBytes } from "./formats/join-bytes.ts";
import { exportOnnxParts } from "./formats/onnx/export/export-onnx.ts";
import { blockNames, exportPytorchModule } from "./formats/pytorch/export-pytorch.ts";
import { weightOf } from "./graph/access.ts";
import { type Bindings, formatShape, isKnown, namesIn } from "./graph/dim.ts";
import type { Graph } from "./graph/graph.ts";
import type { WeightTensors } from "./graph/tensor.ts";
import type { Opset } from "./layers/onnx.ts";
import { optimizeWithWeights } from "./optimize/with-weights.ts";
import { weightMisfits } from "./runtime/weight-misfits.ts";
import {
  type ModelOptions,
  type TrainedModel,
  type UntrainedModel,
  readModel,
  readTrainedModel,
} from "./trained-model.ts";

/** Sizes that are fixed in what is written; the others keep their names. */
interface SizedOptions {
  /** Inputs at once; any number unless given. */
  readonly batch?: number;
  /** Of other named sizes: `{ H: 224, W: 224 }`. */
  readonly sizes?: Bindings;
}

/** The form of an ONNX model, whatever its weights. */
export interface OnnxFormOptions extends SizedOptions {
  /** 17 unless given. */
  readonly opset?: Opset;
  /** With batch_norm folded and without dropout: for inference only. */
  readonly optimized?: boolean;
  /**
   * Name of a file for the weights beside the model, where it is asked for or must be;
   * `model.onnx.data` unless given.
   */
  readonly dataFile?: string;
  /** Puts the weights into `dataFile` even if they fit into the model. */
  readonly external?: boolean;
  /** Bytes of weights that the model's file may hold; nearly 2 GiB, all that it can, unless given. */
  readonly embedUpTo?: number;
  /** This package's version, for the model's producer. */
  readonly version?: string;
}

/** How an ONNX model is written, and the weights that go into it. */
export interface OnnxExportOptions extends OnnxFormOptions, ModelOptions {
  /** A seed for weights as before any training, in place of a weights file. */
  readonly fresh?: number;
}

/** What an export gives; `Model` is how the file of the model stands in memory. */
interface OnnxFiles<Model> {
  readonly model: Model;
  /** The content of `dataFile`, in parts; empty where there is none. */
  readonly data: readonly Uint8Array[];
  readonly graph: Graph;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

/** What is wrong instead. */
interface NoOnnxFiles {
  readonly model?: undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

/** The bytes of an ONNX model, and of the file beside it where there is one. */
export type OnnxExport = OnnxFiles<Uint8Array>;

/** An ONNX model, or what is wrong with the program, its weights or the sizes. */
export type OnnxExported = OnnxExport | NoOnnxFiles;

/** The model's file in parts, which are not copied. */
export type OnnxExportedParts = OnnxFiles<readonly Uint8Array[]> | NoOnnxFiles;

/** A protobuf message has less than 2 GiB: its lengths are int32. Some is left for the structure. */
const LARGEST_EMBEDDED = 2 ** 31 - 2 ** 26;

/**
 * Writes a program and its weights as an ONNX model (onnx.ai, IR and operators of the `opset`),
 * whose inputs and outputs are float32, maps `[N, C, H, W]`. Names of sizes become names of axes.
 * @throws ProgramError with all diagnostics where the program, its weights or sizes are wrong, or a
 *   layer cannot be said in ONNX
 */
export function exportOnnx(source: string | Source, options: OnnxExportOptions = {}): OnnxExport {
  const exported = tryExportOnnx(source, options);
  if (exported.model !== undefined) return exported;
  throw new ProgramError(exported.diagnostics, exported.sources);
}

/** As `exportOnnx`, with the mistakes as values. */
export function tryExportOnnx(
  source: string | Source,
  options: OnnxExportOptions = {},
): OnnxExported {
  const { fresh } = options;
  const model =
    fresh === undefined ? readTrainedModel(source, options) : readModel(source, options);
  if (model.checked === undefined) return model;
  const exported = exportModel(model, options, fresh);
  return exported.model === undefined
    ? exported
    : { ...exported, model: joinBytes(exported.model) };
}

/**
 * As `tryExportOnnx`, of a model that has been read.
 * @param seed for weights as before any training, where the model has none
 */
export function exportModel(
  model: TrainedModel | UntrainedModel,
  options: OnnxFormOptions,
  seed?: number,
): OnnxExportedParts {
  const { opset = 17, version, dataFile = "model.onnx.data" } = options;
  const { embedUpTo = LARGEST_EMBEDDED } = options;
  const { checked, diagnostics, sources } = model;
  const failed = (more: readonly Diagnostic[]): OnnxExportedParts => ({
    diagnostics: [...diagnostics, ...more],
    sources,
  });
  const sized = withGivenSizes(checked, options);
  if ("diagnostics" in sized) return failed(sized.diagnostics);
  const weighted = weightsFor(sized.graph, model, seed);
  if ("diagnostics" in weighted) return failed(weighted.diagnostics);
  const { graph, weights } =
    options.optimized === true
      ? optimizeWithWeights(sized.graph, weighted.weights)
      : { graph: sized.graph, weights: weighted.weights };
  const outside = options.external === true || bytesOf(weights) > embedUpTo;
  const exported = exportOnnxParts(graph, weights, {
    opset,
    sources,
    ...(version !== undefined && { version }),
    ...(outside && { external: dataFile }),
  });
  if (exported.model === undefined) return failed(exported.diagnostics);
  return { model: exported.model, data: exported.external, graph, diagnostics, sources };
}

/** How a PyTorch module is written. */
export interface PytorchExportOptions extends SizedOptions, ModelOptions {
  /** First lines of the file, as a comment. */
  readonly header?: string;
}

/** A Python file with a `torch.nn.Module`, or what is wrong with the program or the sizes. */
export type PytorchExported =
  | {
      readonly text: string;
      /** Warnings. */
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: readonly Source[];
    }
  | {
      readonly text?: undefined;
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: readonly Source[];
    };

/**
 * Writes a program as a Python file with a `torch.nn.Module`. A module needs no weights: it loads
 * the file that the program loads. Channels and features have to be numbers: `sizes` makes them so.
 * @throws ProgramError with all diagnostics where the program or its sizes are wrong, or a layer
 *   cannot be said in PyTorch
 */
export function exportPytorch(source: string | Source, options: PytorchExportOptions = {}): string {
  const exported = tryExportPytorch(source, options);
  if (exported.text !== undefined) return exported.text;
  throw new ProgramError(exported.diagnostics, exported.sources);
}

/** As `exportPytorch`, with the mistakes as values. */
export function tryExportPytorch(
  source: string | Source,
  options: PytorchExportOptions = {},
): PytorchExported {
  const model = readModel(source, options);
  if (model.checked === undefined) return model;
  const { checked, diagnostics, sources } = model;
  const sized = withGivenSizes(checked, options);
  const { header } = options;
  const exported =
    "diagnostics" in sized
      ? sized
      : exportPytorchModule(sized.graph, {
          blockAt: blockNames(sources),
          ...(header !== undefined && { header }),
        });
  if ("diagnostics" in exported) {
    return { diagnostics: [...diagnostics, ...exported.diagnostics], sources };
  }
  return { text: exported.text, diagnostics, sources };
}

function withGivenSizes(
  checked: SoundModel,
  { sizes = {}, batch }: SizedOptions,
): { readonly graph: Graph } | { readonly diagnostics: readonly Diagnostic[] } {
  const instance = instantiatePartly(checked.graph, withBatch(checked.graph, sizes, batch));
  if ("graph" in instance) return instance;
  const diagnostics = instance.problems.map((found) =>
    place(found.problem, (found.node ?? checked).span),
  );
  return { diagnostics };
}

/** The weights of a file or of a seed, which must have known shapes: ONNX holds no others. */
function weightsFor(
  graph: Graph,
  model: TrainedModel | UntrainedModel,
  seed = 0,
): { readonly weights: WeightTensors } | { readonly diagnostics: readonly Diagnostic[] } {
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
function bytesOf(weights: WeightTensors): number {
  return [...weights.values()].reduce((bytes, { data }) => bytes + 4 * data.length, 0);
}
