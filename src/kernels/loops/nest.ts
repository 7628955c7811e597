/** Loops over the axes that several operands share, each operand with a place of its own. */
import type { KernelBuilder } from "../ir/builder.ts";
import { type Index, origin } from "../ir/ir.ts";
import type { Axis } from "./tiles.ts";

/** Where each operand is read or written next, relative to its buffer. */
export type Places = readonly Index[];

export function startPlaces(operands: readonly unknown[]): Places {
  return operands.map(() => origin);
}

/** The places `by` steps further along an axis. */
export function moved(places: Places, { strides }: Axis, by: Index | number): Places {
  const steps = typeof by === "number" ? origin.plus(by) : by;
  return places.map((place, i) => place.plus(steps.times(strides[i])));
}

export type LoopKind = "loop" | "parallel";

/** Every combination of the axes, the first one slowest; `parallel` shares out the first. */
export function everyPlace(
  b: KernelBuilder,
  loop: LoopKind,
  axes: readonly Axis[],
  places: Places,
  body: (places: Places) => void,
): void {
  const [axis, ...rest] = axes;
  if (axis === undefined) {
    if (loop === "parallel") b.parallel("all", 1, () => body(places));
    else body(places);
    return;
  }
  b[loop]("i", axis.extent, (i) => everyPlace(b, "loop", rest, moved(places, axis, i), body));
}

/** How a loop over independent steps is written out. */
export interface Pace {
  /** Steps in its body. */
  readonly written: number;
  /** Of these, how many have their operations take turns: fewer if each fills many registers. */
  readonly atOnce: number;
}

export const USUAL_PACE: Pace = { written: 4, atOnce: 4 };

/** `count` steps, each of some computations that do not depend on each other. */
export function everyStep(
  b: KernelBuilder,
  loop: LoopKind,
  count: number,
  { written, atOnce }: Pace,
  parts: (step: Index) => readonly (() => void)[],
): void {
  const rounds = Math.floor(count / written);
  const write = (from: Index, steps: number): void => {
    for (let first = 0; first < steps; first += atOnce) {
      const together = range(Math.min(atOnce, steps - first));
      b.interleaved(together.flatMap((i) => parts(from.plus(first + i))));
    }
  };
  b[loop]("i", rounds, (round) => write(round.times(written), written));
  const left = count - rounds * written;
  if (left === 0) return;
  const rest = (): void => write(origin.plus(rounds * written), left);
  if (loop === "parallel") b.parallel("rest", 1, rest);
  else rest();
}

/**
 * A run of elements in vectors: whole ones, then what is left. `parallel` shares out rounds
 * of several vectors.
 */
export function everyVector(
  b: KernelBuilder,
  loop: LoopKind,
  elements: number,
  width: number,
  body: (first: Index, lanes: number) => void,
): void {
  const whole = Math.floor(elements / width);
  everyStep(b, loop, whole, USUAL_PACE, (v) => [() => body(v.times(width), width)]);
  const left = elements - whole * width;
  if (left === 0) return;
  const rest = (): void => body(origin.plus(whole * width), left);
  if (loop === "parallel") b.parallel("rest", 1, rest);
  else rest();
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
