/**
 * The words of shared memory in which the threads of a module meet. Those who print the barrier
 * and those who start the threads read them here.
 */

/** Far more than any machine has. */
export const MOST_THREADS = 256;

const LINE = 64;

/** A cache line for each word, so that a thread that watches one is not woken by another. */
export const CONTROL_BYTES = 4 * LINE;

/** Addresses in bytes. */
export interface Control {
  /** Threads that have come to the barrier. */
  readonly arrived: number;
  /** Number of barriers that all have passed. */
  readonly generation: number;
  /** Threads that sleep or are about to. */
  readonly sleepers: number;
  readonly flags: number;
}

/** Sends the workers home when they start the next time. */
export const STOP = 1;
/** Lets the first thread sleep too, which the main thread of a page must not. */
export const FIRST_MAY_SLEEP = 2;

export function controlAt(address: number): Control {
  return {
    arrived: address,
    generation: address + LINE,
    sleepers: address + 2 * LINE,
    flags: address + 3 * LINE,
  };
}
