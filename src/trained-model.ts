/** From text and a weights file to a checked model with its weights: what all targets begin with. */
import { type CheckOptions, check } from "./check/check.ts";
import type { SoundModel } from "./check/check-model.ts";
import { chooseModel } from "./check/choose-model.ts";
import type { Diagnostic, Problem } from "./diagnostics/diagnostic.ts";
import { place } from "./diagnostics/place.ts";
import { type Source, sourceOf } from "./diagnostics/span.ts";
import type { WeightTensors } from "./graph/tensor.ts";
import { bindWeights } from "./runtime/weights.ts";
import { type WeightsFile, readWeights } from "./runtime/weights-file.ts";

/** Which model of a program, with which weights. */
export interface ModelOptions extends CheckOptions {
  /** Which model, where the file declares several. */
  readonly model?: string;
  /**
   * A safetensors or npz file, or what finds the file that the model's `@weights` names; only a
   * network without weights needs none.
   */
  readonly weights?: WeightsFile | FindWeights;
}

/**
 * Finds the weights that a model names; a problem where they cannot be read.
 * @param path as it stands in the program, whose file is `program`
 */
export type FindWeights = (path: string, program: string) => WeightsFile | Problem;

export interface NoModel {
  readonly checked?: undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The texts that the diagnostics point into. */
  readonly sources: readonly Source[];
}

interface CheckedProgram {
  readonly checked: SoundModel;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

export interface UntrainedModel extends CheckedProgram {
  readonly weights?: undefined;
}

export interface TrainedModel extends CheckedProgram {
  readonly weights: WeightTensors;
  /** The weights file's name, for messages. */
  readonly weightsFile: string;
}

export function readModel(
  source: string | Source,
  options: ModelOptions,
): UntrainedModel | NoModel {
  const { models, diagnostics, sources } = check(source, options);
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics, sources };
  const checked = chooseModel(models, sourceOf(source).name, options.model);
  if ("code" in checked) return { diagnostics: [...diagnostics, checked], sources };
  return { checked, diagnostics, sources };
}

export function readTrainedModel(
  source: string | Source,
  options: ModelOptions,
): TrainedModel | NoModel {
  const model = readModel(source, options);
  if (model.checked === undefined) return model;
  const { checked, diagnostics, sources } = model;
  const failed = (more: readonly Diagnostic[]): NoModel => ({
    diagnostics: [...diagnostics, ...more],
    sources,
  });
  const given = weightsFor(checked, options.weights);
  const file = isProblem(given) ? given : readWeights(checked.graph, given);
  if ("code" in file) return failed([place(file, checked.span)]);
  const bound = bindWeights(checked.graph, file.arrays, file.name);
  if (bound.diagnostics.length > 0) return failed(bound.diagnostics);
  return { checked, weights: bound.weights, weightsFile: file.name, diagnostics, sources };
}

/** Callers without types give texts and null, which `readWeights` refuses. */
function isProblem(found: WeightsFile | Problem | undefined): found is Problem {
  return typeof found === "object" && found !== null && "code" in found;
}

function weightsFor(
  { graph, span }: SoundModel,
  weights: WeightsFile | FindWeights | undefined,
): WeightsFile | Problem | undefined {
  if (typeof weights !== "function") return weights;
  const { weights: path } = graph.metadata;
  return path === undefined ? undefined : weights(path, span.file);
}
