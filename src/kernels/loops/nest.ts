/** Loops over the axes that several operands share, each operand with a place of its own. */
import type { KernelBuilder } from "../ir/builder.ts";
import { type Index, origin } from "../ir/ir.ts";
import type { Axis } from "./tiles.ts";
import { range } from "../range.ts";

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

/** Axes to walk over, the first one slowest, from some places on. */
export interface Walk {
  readonly axes: readonly Axis[];
  readonly places: Places;
}

/** Every combination of the axes; `parallel` shares out the first. */
export function everyPlace(
  b: KernelBuilder,
  loop: LoopKind,
  { axes: [axis, ...rest], places }: Walk,
  body: (places: Places) => void,
): void {
  if (axis === undefined) b[loop]("all", 1, () => body(places));
  else {
    b[loop]("i", axis.extent, (i) =>
      everyPlace(b, "loop", { axes: rest, places: moved(places, axis, i) }, body),
    );
  }
}

/** The same, shared out among the threads; without any axis they share what the body does. */
export function sharedPlaces(
  b: KernelBuilder,
  walk: Walk,
  body: (places: Places, loop: LoopKind) => void,
): void {
  if (walk.axes.length === 0) body(walk.places, "parallel");
  else everyPlace(b, "parallel", walk, (places) => body(places, "loop"));
}

/** How a loop over independent steps is written out. */
export interface Pace {
  /** Steps in its body. */
  readonly written: number;
  /** Of these, how many have their operations take turns: fewer if each fills many registers. */
  readonly atOnce: number;
}

export const USUAL_PACE: Pace = { written: 4, atOnce: 4 };

/** Independent steps, and how they are written out. */
interface Steps extends Pace {
  readonly count: number;
}

/** Steps of some computations that do not depend on each other. */
export function everyStep(
  b: KernelBuilder,
  loop: LoopKind,
  { count, written, atOnce }: Steps,
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
  if (left > 0) b[loop]("rest", 1, () => write(origin.plus(rounds * written), left));
}

/** Elements that lie in a row, and lanes of a vector. */
interface ElementRun {
  readonly elements: number;
  readonly width: number;
}

/**
 * A run of elements in vectors: whole ones, then what is left. `parallel` shares out rounds
 * of several vectors.
 */
export function everyVector(
  b: KernelBuilder,
  loop: LoopKind,
  { elements, width }: ElementRun,
  body: (first: Index, lanes: number) => void,
): void {
  const count = Math.floor(elements / width);
  everyStep(b, loop, { count, ...USUAL_PACE }, (v) => [() => body(v.times(width), width)]);
  const left = elements - count * width;
  if (left > 0) b[loop]("rest", 1, () => body(origin.plus(count * width), left));
}
