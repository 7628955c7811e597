/**
 * From text to a network that runs: the table of contents of the compiler.
 *
 *     const net = await compile(source, { weights });
 *     const { output } = net.run({ image: { shape: [1, 1, 28, 28], data } });
 *
 * 1. `readTrainedModel` reads the text (`syntax/`), checks it and evaluates its model to a graph
 *    (`check/`, `layers/`), and gives this the tensors of the weights file (`formats/tensors/`).
 * 2. `chooseTarget` finds what will run it, and starts the threads (`runtime/`).
 * 3. A `Net` takes inputs. For each new set of sizes it fixes the graph's names (`analysis/instantiate.ts`)
 *    and lets the target prepare a session.
 * 4. For WebAssembly this is `planForWasm`: passes rewrite the graph (`optimize/`), then algorithms are
 *    chosen and every tensor gets its place (`plan/`), by kernels in the loop language (`kernels/`).
 *    `printPlan` makes one module of them (`targets/wasm/`), into whose memory the weights are packed.
 */
import { withBatch } from "./analysis/batch-name.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { place } from "./diagnostics/place.ts";
import { ProgramError } from "./diagnostics/program-error.ts";
import type { Source } from "./diagnostics/span.ts";
import type { Bindings } from "./graph/dim.ts";
import { type TargetOptions, chooseTarget } from "./runtime/choose-target.ts";
import { Net } from "./runtime/net.ts";
import { type ModelOptions, type TrainedModel, readTrainedModel } from "./trained-model.ts";

/** Which model of a program, its weights, and where and for which sizes it is to run. */
export interface CompileOptions extends ModelOptions, TargetOptions {
  /** Makes everything ready for so many inputs at once; another batch is made ready when it comes. */
  readonly batch?: number;
  /** As `batch`, for all named sizes: `{ N: 1, H: 224, W: 224 }`. */
  readonly sizes?: Bindings;
}

/** A network that runs, or what is wrong: with the program, its weights or the sizes asked for. */
export type Compiled =
  | { readonly net: Net }
  | {
      readonly net?: undefined;
      readonly diagnostics: readonly Diagnostic[];
      /** The texts that the diagnostics point into. */
      readonly sources: readonly Source[];
    };

/**
 * Compiles the model of a program. Asynchronous, since threads take a moment to start.
 * Inputs and outputs of the network are float32, maps `[N, C, H, W]`, pixels as in the training.
 * @param source the program's text, or a file of it with the name that messages give
 * @param options the weights (a safetensors or npz file, named as a PyTorch `state_dict`), the
 *   model where there are several, the target and its threads, and sizes to be ready for
 * @throws ProgramError with all diagnostics where the program, its weights or sizes are wrong
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
  const model = readTrainedModel(source, options);
  return model.checked === undefined ? model : openNet(model, options);
}

/** Where and for which sizes a network is to run. */
export type NetOptions = TargetOptions & Pick<CompileOptions, "batch" | "sizes">;

/** A model with its weights on the target that is asked for, ready for the sizes that are given. */
export async function openNet(model: TrainedModel, options: NetOptions): Promise<Compiled> {
  const { target, warnings } = await chooseTarget(options);
  const placed = warnings.map((warning) => place(warning, model.checked.span));
  const net = new Net({ ...model, target, diagnostics: [...model.diagnostics, ...placed] });

  const { batch, sizes } = options;
  if (batch === undefined && sizes === undefined) return { net };
  const prepared = net.tryPrepareAt(withBatch(net.graph, sizes ?? {}, batch));
  if (prepared.session !== undefined) return { net };
  net.close();
  return { diagnostics: [...net.diagnostics, ...prepared.diagnostics], sources: net.sources };
}
