/** A runtime that is measured: this project's, or one that it is compared with. */
import type { Graph } from "../src/graph/graph.ts";
import type { WeightTensors } from "../src/graph/tensor.ts";

export interface Work {
  /** That of a model in `models.ts`; with the batch it says all of this work. */
  readonly model: string;
  readonly batch: number;
  /** As checked, with known sizes; not optimised. */
  readonly graph: Graph;
  readonly weights: WeightTensors;
  /** Row-major, one input. */
  readonly input: Float32Array;
  readonly threads: number;
  /** The file that the graph was imported from. */
  readonly onnx?: Uint8Array;
}

export type Contender = Here | Elsewhere;

interface Common {
  readonly name: string;
  /** Of the last run; row-major. */
  output(): Float32Array | Promise<Float32Array>;
  release(): Promise<void> | void;
}

/** Runs in this process. */
export interface Here extends Common {
  /** Runs the network once. */
  run(): Promise<void> | void;
}

/** Runs in a process of its own, which takes the times. */
export interface Elsewhere extends Common {
  /** @returns the milliseconds of each run */
  turn(turn: Turn): Promise<readonly number[]>;
}

/** Ends when both are reached. */
export interface Turn {
  readonly milliseconds: number;
  readonly runs: number;
}

/** Undefined where the runtime does not know this network or number of threads. */
export type Peer = (work: Work) => Promise<Contender | undefined>;
