/** A runtime that is measured: this project's, or one that it is compared with. */
import type { Graph } from "../src/graph/graph.ts";
import type { WeightTensors } from "../src/graph/tensor.ts";

export interface Work {
  /** As checked, with known sizes; not optimised. */
  readonly graph: Graph;
  readonly weights: WeightTensors;
  /** Row-major, one input. */
  readonly input: Float32Array;
  readonly threads: number;
  /** The file that the graph was imported from. */
  readonly onnx?: Uint8Array;
}

export interface Contender {
  readonly name: string;
  /** Runs the network once; the result of `output` after it is row-major. */
  run(): Promise<void> | void;
  output(): Float32Array | Promise<Float32Array>;
  release(): Promise<void> | void;
}

/** Undefined where the runtime does not know this network or number of threads. */
export type Peer = (work: Work) => Promise<Contender | undefined>;
