/** A network made ready for given sizes: its tensors' memory stands open, nothing is copied. */

/** Numbers in row-major order, maps as `[N, C, H, W]`. */
export interface SessionTensor {
  readonly shape: readonly number[];
  /** The network's own memory, the same for as long as the session lives. */
  readonly data: Float32Array;
}

/** By the names of the model's inputs or results. */
export type SessionTensors = Readonly<Record<string, SessionTensor>>;

/**
 * A network at certain sizes, with its memory open: inputs are written and outputs read in place.
 *
 *     const session = net.prepare({ image: [1, 1, 28, 28] });
 *     session.inputs.image.data.set(pixels);
 *     const { output } = session.run();
 */
export interface Session {
  /** What runs it: `wasm` or `reference`. */
  readonly target: string;
  /** How many threads share the work. */
  readonly threads: number;
  /** To be filled before a run; a run does not change them. */
  readonly inputs: SessionTensors;
  /** What the last run computed; the next one writes over it. */
  readonly outputs: SessionTensors;
  /** Computes `outputs` from `inputs`, and returns them. Allocates nothing on `wasm`. */
  run(): SessionTensors;
  /** Gives up the session's part of the threads; it must not run any more. */
  close(): void;
}
