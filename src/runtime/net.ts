/**
 * A network that runs: what `compile` returns. Named sizes (`N`, `H`, `W`) get their values from
 * the inputs; what a target prepares for given sizes is kept for the next call.
 */
import { instantiate } from "../analysis/instantiate.ts";
import type { CheckedModel } from "../check/check-model.ts";
import type { InputContract } from "../check/contract.ts";
import type { Diagnostic, Problem } from "../diagnostics/diagnostic.ts";
import { place } from "../diagnostics/place.ts";
import { ProgramError } from "../diagnostics/program-error.ts";
import type { Source } from "../diagnostics/span.ts";
import type { Bindings, Dim } from "../graph/dim.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { type Tensor, tensor } from "../graph/tensor.ts";
import { type Tensors, checkInputs, sizesFromInputs } from "./inputs.ts";
import type { Executable, Target } from "./target.ts";
import { weightMisfits } from "./weight-misfits.ts";

/** Numbers in row-major order, maps as `[N, C, H, W]`. */
export interface NetInput {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface NetOutput {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** An input or output; its sizes may be named. */
export interface Port {
  readonly name: string;
  readonly shape: readonly Dim[];
}

export type NetInputs = Readonly<Record<string, NetInput>>;
export type NetOutputs = Readonly<Record<string, NetOutput>>;

export type Ran =
  | { readonly outputs: NetOutputs }
  | { readonly outputs?: undefined; readonly diagnostics: readonly Diagnostic[] };

export interface NetParts {
  readonly checked: CheckedModel;
  readonly weights: Tensors;
  /** The weights file's name, for messages. */
  readonly weightsFile: string;
  readonly target: Target;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

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
  private readonly prepared = new Map<string, Executable>();

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
   */
  run(inputs: NetInputs): NetOutputs {
    const ran = this.tryRun(inputs);
    if (ran.outputs !== undefined) return ran.outputs;
    throw new ProgramError(ran.diagnostics, this.parts.sources);
  }

  /** As `run`, with what is wrong with the inputs as values. */
  tryRun(inputs: NetInputs): Ran {
    const given = new Map(
      Object.entries(inputs).map(([name, { shape, data }]) => [name, tensor(shape, data)]),
    );
    const wrong = checkInputs(this.graph, given);
    if (wrong.length > 0) return this.refuse(wrong);
    const executable = this.executableFor(sizesFromInputs(this.graph, given));
    if (typeof executable !== "function") return executable;
    const outputs = [...executable(given)].map(([name, value]) => [name, rounded(value)]);
    return { outputs: Object.fromEntries(outputs) };
  }

  private executableFor(sizes: Bindings): Executable | Ran {
    const key = Object.entries(sizes).flat().join(" ");
    const known = this.prepared.get(key);
    if (known !== undefined) return known;
    const { weights, weightsFile, target, checked } = this.parts;
    const instance = instantiate(this.graph, sizes);
    if ("problems" in instance) {
      const diagnostics = instance.problems.map(({ problem, node }) =>
        place(problem, node?.span ?? checked.model.name.span),
      );
      return { diagnostics };
    }
    const misfits = weightMisfits(instance.graph, weights, weightsFile);
    if (misfits.length > 0) return { diagnostics: misfits };
    const executable = target.prepare(instance.graph, weights);
    this.prepared.set(key, executable);
    return executable;
  }

  private refuse(problems: readonly Problem[]): Ran {
    const { name } = this.parts.checked.model;
    return { diagnostics: problems.map((problem) => place(problem, name.span)) };
  }
}

function rounded({ shape, data }: Tensor): NetOutput {
  return { shape, data: Float32Array.from(data) };
}
