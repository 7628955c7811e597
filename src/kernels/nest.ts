/** Loops over the axes that several operands share, each operand with a place of its own. */
import type { KernelBuilder } from "./builder.ts";
import { type Index, origin } from "./ir.ts";
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

/** Steps of one vector that are written out in a loop's body. */
export const UNROLL = 4;

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
  const rounds = Math.floor(whole / UNROLL);
  const rest = (from: number): void => {
    for (let i = from; i < whole; i++) body(origin.plus(i * width), width);
    if (whole * width < elements) body(origin.plus(whole * width), elements - whole * width);
  };
  b[loop]("i", rounds, (round) => {
    for (let i = 0; i < UNROLL; i++) body(round.times(UNROLL).plus(i).times(width), width);
  });
  if (rounds * UNROLL * width === elements) return;
  if (loop === "parallel") b.parallel("rest", 1, () => rest(rounds * UNROLL));
  else rest(rounds * UNROLL);
}
