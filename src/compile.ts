/**
 * From text to a network that runs: the table of contents of the compiler. Each step is a folder
 * of its own, and hands data to the next.
 *
 *     const net = await compile(source, { weights });
 *     const { output } = net.run({ image: { shape: [1, 1, 28, 28], data } });
 */
import { batchName } from "./analysis/batch-name.ts";
import { type CheckOptions, check } from "./check/check.ts";
import type { CheckedModel } from "./check/check-model.ts";
import { chooseModel } from "./check/choose-model.ts";
import type { Diagnostic, Problem } from "./diagnostics/diagnostic.ts";
import { place } from "./diagnostics/place.ts";
import { ProgramError } from "./diagnostics/program-error.ts";
import type { Source } from "./diagnostics/span.ts";
import type { Bindings } from "./graph/dim.ts";
import type { Graph } from "./graph/graph.ts";
import { type TargetOptions, chooseTarget } from "./runtime/choose-target.ts";
import { Net } from "./runtime/net.ts";
import { bindWeights } from "./runtime/weights.ts";
import { type WeightsFile, readWeights } from "./runtime/weights-file.ts";

export interface CompileOptions extends CheckOptions, TargetOptions {
  /** Which model, where the file declares several. */
  readonly model?: string;
  /**
   * A safetensors or npz file, or what finds the file that the model's `@weights` names; only a
   * network without weights needs none.
   */
  readonly weights?: WeightsFile | FindWeights;
  /** Makes everything ready for so many inputs at once; another batch is made ready when it comes. */
  readonly batch?: number;
  /** As `batch`, for all named sizes: `{ N: 1, H: 224, W: 224 }`. */
  readonly sizes?: Bindings;
}

/** @param path as it stands in the program, whose file is `program` */
export type FindWeights = (path: string, program: string) => WeightsFile | Problem;

export type Compiled =
  | { readonly net: Net }
  | {
      readonly net?: undefined;
      readonly diagnostics: readonly Diagnostic[];
      /** The texts that the diagnostics point into. */
      readonly sources: readonly Source[];
    };

/**
 * Compiles the model of a program. Asynchronous, since a target may compile beside the caller.
 * @throws ProgramError with all diagnostics where the program or its weights are wrong
 */
export async function compile(source: string | Source, options: CompileOptions = {}): Promise<Net> {
  const compiled = await tryCompile(source, options);
  if (compiled.net !== undefined) return compiled.net;
  throw new ProgramError(compiled.diagnostics, compiled.sources);
}

/** As `compile`, with the mistakes as values. */
export async function tryCompile(
  source: string | Source,
  options: CompileOptions = {},
): Promise<Compiled> {
  const text = typeof source === "string" ? { name: "model.cnn", text: source } : source;
  const { models, diagnostics, sources } = check(text, options);
  const failed = (more: readonly Diagnostic[]): Compiled => ({
    diagnostics: [...diagnostics, ...more],
    sources,
  });
  if (diagnostics.some(({ severity }) => severity === "error")) return failed([]);

  const checked = chooseModel(models, text.name, options.model);
  if ("code" in checked) return failed([checked]);

  const given = weightsFor(checked, options.weights);
  const file = given !== undefined && "code" in given ? given : readWeights(checked.graph, given);
  if ("code" in file) return failed([place(file, checked.model.name.span)]);
  const bound = bindWeights(checked.graph, file.arrays, file.name);
  if (bound.diagnostics.length > 0) return failed(bound.diagnostics);

  const { target, warning } = await chooseTarget(options);
  const found = warning === undefined ? [] : [place(warning, checked.model.name.span)];
  const net = new Net({
    checked,
    weights: bound.weights,
    weightsFile: file.name,
    target,
    diagnostics: [...diagnostics, ...found],
    sources,
  });
  const sizes = sizesFor(checked.graph, options);
  const ready = sizes === undefined ? undefined : net.tryPrepareAt(sizes);
  if (ready === undefined || ready.session !== undefined) return { net };
  net.close();
  return failed(ready.diagnostics);
}

/** The sizes that are known beforehand; undefined where none are given. */
function sizesFor(graph: Graph, { batch, sizes }: CompileOptions): Bindings | undefined {
  if (batch === undefined) return sizes;
  return { ...sizes, [batchName(graph) ?? "N"]: batch };
}

function weightsFor(
  { graph, model }: CheckedModel,
  weights: WeightsFile | FindWeights | undefined,
): WeightsFile | Problem | undefined {
  if (typeof weights !== "function") return weights;
  const { weights: path } = graph.metadata;
  return path === undefined ? undefined : weights(path, model.span.file);
}
