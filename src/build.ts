/**
 * From text to files that run by themselves: what `compile` is for this process, `build` is for
 * any other. Sizes are fixed here; the compiler is not needed any more afterwards.
 */
import { smallestBatch, withBatch } from "./analysis/batch-name.ts";
import { type SizeProblem, instantiate } from "./analysis/instantiate.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { place } from "./diagnostics/place.ts";
import type { Source } from "./diagnostics/span.ts";
import type { Bindings } from "./graph/dim.ts";
import { weightMisfits } from "./runtime/weight-misfits.ts";
import type { WeightsPlace } from "./targets/wasm/package/description.ts";
import { type PackagedModule, packageModule } from "./targets/wasm/package/make-package.ts";
import { type WasmPlanOptions, planForWasm } from "./targets/wasm/plan-graph.ts";
import { type ModelOptions, type TrainedModel, readTrainedModel } from "./trained-model.ts";

/** What a package is made for. Sizes that no engine has to decide are fixed when it is built. */
export interface BuildOptions
  extends ModelOptions, Pick<WasmPlanOptions, "algorithms" | "precise" | "wide"> {
  /** Inputs at once; as few as the model allows unless given. */
  readonly batch?: number;
  /** Of all other named sizes: `{ H: 224, W: 224 }`. */
  readonly sizes?: Bindings;
  /** Threads that share the work, where the host has them; one unless given. */
  readonly threads?: number;
  /** In the module's file unless given. */
  readonly weightsPlace?: WeightsPlace;
  /** No instruction that engines may round in their own way: the same bits on all of them. */
  readonly portable?: boolean;
}

export type Built =
  | {
      readonly built: PackagedModule;
      /** The model's own comment. */
      readonly doc: string | undefined;
      /** Warnings. */
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: readonly Source[];
    }
  | {
      readonly built?: undefined;
      readonly doc?: undefined;
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: readonly Source[];
    };

/** Mistakes of the program, its weights and sizes are values. */
export function tryBuild(source: string | Source, options: BuildOptions = {}): Built {
  const model = readTrainedModel(source, options);
  return model.checked === undefined ? model : buildModel(model, options);
}

/** As `tryBuild`, of a model that has been read. */
export function buildModel(model: TrainedModel, options: BuildOptions): Built {
  const { threads = 1, portable = false, algorithms, precise, wide } = options;
  const { checked, weights, weightsFile, diagnostics, sources } = model;
  const failed = (more: readonly Diagnostic[]): Built => ({
    diagnostics: [...diagnostics, ...more],
    sources,
  });
  const placed = (problems: readonly SizeProblem[]): readonly Diagnostic[] =>
    problems.map(({ problem, node }) => place(problem, node?.span ?? checked.span));

  const { batch, sizes: given } = options;
  const sizes = withBatch(checked.graph, { ...smallestBatch(checked.graph), ...given }, batch);
  const instance = instantiate(checked.graph, sizes);
  if ("problems" in instance) return failed(placed(instance.problems));
  const misfits = weightMisfits(instance.graph, weights, weightsFile);
  if (misfits.length > 0) return failed(misfits);
  const planned = planForWasm(instance.graph, {
    relaxedSimd: !portable,
    threads,
    ...(algorithms && { algorithms }),
    ...(precise !== undefined && { precise }),
    ...(wide !== undefined && { wide }),
  });
  if ("problems" in planned) return failed(placed(planned.problems));
  const built = packageModule(planned, weights, {
    threads,
    relaxedSimd: !portable,
    weights: options.weightsPlace ?? "inside",
  });
  return { built, doc: checked.graph.metadata.doc, diagnostics, sources };
}
