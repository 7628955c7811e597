/**
 * A network that runs: what `compile` returns. Named sizes (`N`, `H`, `W`) get their values from
 * the inputs; what a target prepares for given sizes serves the next calls too.
 */
import { type SizeProblem, instantiate } from "../analysis/instantiate.ts";
import type { SoundModel } from "../check/check-model.ts";
import type { InputContract } from "../check/sizes/contract.ts";
import type { Diagnostic, Problem } from "../diagnostics/diagnostic.ts";
import { place } from "../diagnostics/place.ts";
import { ProgramError } from "../diagnostics/program-error.ts";
import type { Source } from "../diagnostics/span.ts";
import type { Bindings, Dim } from "../graph/dim.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import type { WeightTensors } from "../graph/tensor.ts";
import { type Given, checkInputs, sizesFromInputs } from "./inputs.ts";
import { SessionCache, type Stay } from "./session-cache.ts";
import type { Session } from "./session.ts";
import type { Target } from "./target.ts";
import { weightMisfits } from "./weight-misfits.ts";

/** Numbers in row-major order, maps as `[N, C, H, W]`. */
export interface NetInput {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Numbers in row-major order, maps as `[N, C, H, W]`; the caller's own copy. */
export interface NetOutput {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** An input or output, float32; `[N, C, H, W]` for maps. Its sizes may be named. */
export interface Port {
  readonly name: string;
  readonly shape: readonly Dim[];
}

/** By the names of the model's inputs. */
export type NetInputs = Readonly<Record<string, NetInput>>;
/** By the names of the model's results; a single unnamed one is called `output`. */
export type NetOutputs = Readonly<Record<string, NetOutput>>;

/** A shape for each input, all sizes known: `{ image: [1, 3, 224, 224] }`. */
export type NetShapes = Readonly<Record<string, readonly number[]>>;

/** The outputs, or what is wrong with the inputs. */
export type RunResult =
  | { readonly outputs: NetOutputs; readonly diagnostics: readonly Diagnostic[] }
  | { readonly outputs?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Memory and code for certain sizes, or why the network cannot work at them. */
export type PrepareResult =
  | { readonly session: Session; readonly diagnostics: readonly Diagnostic[] }
  | { readonly session?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** What a network is put together from; `compile` and `compileOnnx` do. */
export interface NetParts {
  readonly checked: SoundModel;
  readonly weights: WeightTensors;
  /** The weights file's name, for messages. */
  readonly weightsFile: string;
  readonly target: Target;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

/**
 * A network with its weights. Everything is made ready once for each set of sizes, and stays: until
 * `close` where `prepare` or `compile` were told the sizes, otherwise while they are among the eight
 * that ran last.
 */
export class Net {
  readonly name: string;
  /** In the order of the program; a single unnamed result is called `output`. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Names of the classes, from `@labels`; empty where the program has none. */
  readonly labels: readonly string[];
  /** For which input sizes the network works. */
  readonly contract: InputContract;
  /** Warnings about the program. */
  readonly diagnostics: readonly Diagnostic[];
  /** The texts that diagnostics point into. */
  readonly sources: readonly Source[];
  /** As checked: sizes may be named. */
  readonly graph: Graph;
  private readonly parts: NetParts;
  private readonly sessions = new SessionCache();
  private isClosed = false;

  constructor(parts: NetParts) {
    const { graph, contract, name } = parts.checked;
    const portOf = (port: string, id: ValueId): Port => ({
      name: port,
      shape: graph.values[id].type.shape,
    });
    this.name = name;
    this.inputs = graph.inputs.map((id) => portOf(graph.values[id].name, id));
    this.outputs = graph.outputs.map((output) => portOf(output.name, output.value));
    this.labels = graph.metadata.labels ?? [];
    this.contract = contract;
    this.diagnostics = parts.diagnostics;
    this.sources = parts.sources;
    this.graph = graph;
    this.parts = parts;
  }

  /**
   * Runs the network: `net.run({ image: { shape: [1, 1, 28, 28], data } }).output.data`.
   * @throws ProgramError where an input is missing or its shape does not fit
   * @throws Error after `close`
   */
  run(inputs: NetInputs): NetOutputs {
    const ran = this.tryRun(inputs);
    if (ran.outputs !== undefined) return ran.outputs;
    throw new ProgramError(ran.diagnostics, this.parts.sources);
  }

  /** As `run`, with what is wrong with the inputs as values. */
  tryRun(inputs: NetInputs): RunResult {
    // Callers without types leave members out.
    const given = Object.entries(inputs ?? {}).map(
      ([name, input]) => [name, { shape: input?.shape, data: input?.data ?? [] }] as const,
    );
    const prepared = this.sessionFor(new Map(given), "recent");
    if (prepared.session === undefined) return prepared;
    const { session, diagnostics } = prepared;
    for (const [name, { data }] of Object.entries(inputs)) session.inputs[name].data.set(data);
    const outputs = Object.entries(session.run()).map(
      ([name, { shape, data }]) => [name, { shape, data: new Float32Array(data) }] as const,
    );
    return { outputs: Object.fromEntries(outputs), diagnostics };
  }

  /**
   * Makes everything ready for inputs of these shapes, and opens the memory that they are read
   * from: to run without copying, and to have nothing left to do when the first input comes.
   * @throws ProgramError where a shape does not fit
   */
  prepare(shapes: NetShapes): Session {
    const prepared = this.tryPrepare(shapes);
    if (prepared.session !== undefined) return prepared.session;
    throw new ProgramError(prepared.diagnostics, this.parts.sources);
  }

  /** As `prepare`, with mistakes and warnings as values. */
  tryPrepare(shapes: NetShapes): PrepareResult {
    const given = Object.entries(shapes ?? {}).map(([name, shape]) => [name, { shape }] as const);
    return this.sessionFor(new Map(given), "kept");
  }

  /**
   * As `prepare`, for the values of all named sizes: `{ N: 1, H: 224, W: 224 }`.
   * @throws ProgramError where a size has no value, or one that does not fit
   */
  prepareAt(sizes: Bindings): Session {
    const prepared = this.tryPrepareAt(sizes);
    if (prepared.session !== undefined) return prepared.session;
    throw new ProgramError(prepared.diagnostics, this.parts.sources);
  }

  /** As `prepareAt`, with mistakes and warnings as values. */
  tryPrepareAt(sizes: Bindings): PrepareResult {
    return this.sessionAt(sizes, "kept");
  }

  /** Ends the network, its sessions and their threads: it must not run any more. */
  close(): void {
    this.isClosed = true;
    this.sessions.close();
    this.parts.target.close();
  }

  private sessionFor(given: ReadonlyMap<string, Given>, stay: Stay): PrepareResult {
    const wrong = checkInputs(this.graph, given);
    if (wrong.length > 0) return this.refuse(wrong);
    return this.sessionAt(sizesFromInputs(this.graph, given), stay);
  }

  private sessionAt(sizes: Bindings, stay: Stay): PrepareResult {
    if (this.isClosed) throw new Error(`${this.name} was closed`);
    const key = Object.entries(sizes).sort().flat().join(" ");
    const known = this.sessions.get(key);
    const prepared =
      known === undefined ? this.newSession(sizes) : { session: known, diagnostics: [] };
    if (prepared.session !== undefined) this.sessions.put(key, prepared.session, stay);
    return prepared;
  }

  private newSession(sizes: Bindings): PrepareResult {
    const { weights, weightsFile, target } = this.parts;
    const instance = instantiate(this.graph, sizes);
    if ("problems" in instance) return { diagnostics: this.place(instance.problems) };
    const misfits = weightMisfits(instance.graph, weights, weightsFile);
    if (misfits.length > 0) return { diagnostics: misfits };
    const made = target.prepare(instance.graph, weights);
    if (made.session === undefined) return { diagnostics: this.place(made.problems) };
    return { session: made.session, diagnostics: [] };
  }

  private refuse(problems: readonly Problem[]): PrepareResult {
    return { diagnostics: this.place(problems.map((found) => ({ problem: found }))) };
  }

  private place(problems: readonly SizeProblem[]): readonly Diagnostic[] {
    const { span } = this.parts.checked;
    return problems.map(({ problem, node }) => place(problem, node?.span ?? span));
  }
}
