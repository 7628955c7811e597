/** Measures runtimes on one network, turn by turn. */
import type { Contender, Here, Peer, Turn, Work } from "./peer.ts";

export interface Times {
  readonly runtime: string;
  /** Milliseconds. */
  readonly min: number;
  readonly median: number;
  readonly runs: number;
  /** Largest difference from the first runtime's output, relative to its largest value. */
  readonly difference: number;
}

export interface Measured extends Times {
  readonly model: string;
  readonly batch: number;
  readonly threads: number;
}

/** Every runtime's turn: so long, and so many runs, that caches are warm as in a stream of images. */
const TURN: Turn = { milliseconds: 20, runs: 3 };
const ONE_RUN: Turn = { milliseconds: 0, runs: 1 };
/** Turns at least, where there is time to measure at all. */
const TURNS = 5;

/** @param seconds for each runtime; 0 runs each once */
export async function measure(
  work: Work,
  peers: readonly Peer[],
  seconds: number,
): Promise<readonly Times[]> {
  const contenders: Contender[] = [];
  for (const peer of peers) {
    const contender = await peer(work);
    if (contender !== undefined) contenders.push(contender);
  }
  const outputs: Float32Array[] = [];
  const times: number[][] = [];
  for (const contender of contenders) {
    times.push([...(await timesOf(contender, ONE_RUN))]);
    outputs.push(Float32Array.from(await contender.output()));
  }
  if (seconds > 0) await interleave(contenders, times, seconds);
  for (const contender of contenders) await contender.release();
  return contenders.map(({ name }, i) => {
    const sorted = times[i].toSorted((a, b) => a - b);
    return {
      runtime: name,
      min: sorted[0],
      median: sorted[Math.floor(sorted.length / 2)],
      runs: sorted.length,
      difference: differenceOf(outputs[0], outputs[i]),
    };
  });
}

async function interleave(
  contenders: readonly Contender[],
  times: readonly number[][],
  seconds: number,
): Promise<void> {
  const end = performance.now() + seconds * 1000 * contenders.length;
  for (let turns = 0; turns < TURNS || performance.now() < end; turns++) {
    for (const [i, contender] of contenders.entries()) {
      times[i].push(...(await timesOf(contender, TURN)));
    }
  }
}

async function timesOf(contender: Contender, turn: Turn): Promise<readonly number[]> {
  return "turn" in contender ? contender.turn(turn) : timesHere(contender, turn);
}

/** A turn in this process: the milliseconds of each run. */
export async function timesHere(
  contender: Here,
  { milliseconds, runs }: Turn,
): Promise<readonly number[]> {
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  while (times.length < runs || performance.now() < end) times.push(await timed(contender));
  return times;
}

async function timed({ run }: Here): Promise<number> {
  const start = performance.now();
  const running = run();
  if (running !== undefined) await running;
  return performance.now() - start;
}

function differenceOf(expected: Float32Array, got: Float32Array): number {
  if (got.length !== expected.length) return Infinity;
  let [difference, largest] = [0, 0];
  expected.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(value - got[i]));
    largest = Math.max(largest, Math.abs(value));
  });
  return difference / largest;
}
