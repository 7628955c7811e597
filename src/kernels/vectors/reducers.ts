/** How many values become one. */
import {
  type Vector,
  add,
  constant,
  max,
  maxOfLanes,
  min,
  multiply,
  negate,
  shuffle,
  sumOfLanes,
} from "../ir/ir.ts";

export type ReducerKind = "sum" | "max" | "min" | "product";

export interface Reducer {
  /** Changes nothing when it is combined with a value. */
  readonly initial: Vector;
  combine(a: Vector, b: Vector): Vector;
  /** The combination of the vector's lanes, in all of them. */
  acrossLanes(value: Vector, width: number): Vector;
}

export const reducers: Readonly<Record<ReducerKind, Reducer>> = {
  sum: { initial: constant(0), combine: add, acrossLanes: sumOfLanes },
  max: { initial: constant(-Infinity), combine: max, acrossLanes: maxOfLanes },
  min: {
    initial: constant(Infinity),
    combine: min,
    acrossLanes: (value) => negate(maxOfLanes(negate(value))),
  },
  product: {
    initial: constant(1),
    combine: multiply,
    acrossLanes: (value, width) => {
      let product = value;
      for (let distance = 1; distance < width; distance *= 2) {
        const pattern = Array.from({ length: width }, (_, lane) => lane ^ distance);
        product = multiply(product, shuffle(product, product, pattern));
      }
      return product;
    },
  },
};
