/** How many values become one. */
import { type Vector, add, constant, max, maxOfLanes, sumOfLanes } from "./ir.ts";

export interface Reducer {
  /** Changes nothing when it is combined with a value. */
  readonly initial: Vector;
  combine(a: Vector, b: Vector): Vector;
  acrossLanes(value: Vector): Vector;
}

/** A mean is a sum here; the division is left to the kernel. */
export const reducers: Readonly<Record<"max" | "mean", Reducer>> = {
  max: { initial: constant(-Infinity), combine: max, acrossLanes: maxOfLanes },
  mean: { initial: constant(0), combine: add, acrossLanes: sumOfLanes },
};
