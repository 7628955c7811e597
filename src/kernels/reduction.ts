/** Means and maxima over whole axes: `mean`, global pools. */
import { type Activation, applyActivation } from "./activations.ts";
import { kernel } from "./builder.ts";
import { type Kernel, constant, multiply, read } from "./ir.ts";
import { withLanes } from "./lanes.ts";
import type { Machine } from "./machine.ts";
import type { Operand } from "./operand.ts";
import { reducers } from "./reducers.ts";
import { Rows } from "./rows.ts";

export interface ReductionProblem {
  readonly kind: "mean" | "max";
  /** Of the input. */
  readonly shape: readonly number[];
  /** By axis, whether it is reduced to one place. */
  readonly folded: readonly boolean[];
  readonly from: Operand;
  /** Along the same axes; strides of those that are reduced do not count. */
  readonly to: Operand;
  readonly activation?: Activation;
}

/** Vectors of results side by side: their sums do not wait for each other. */
const SIDE_BY_SIDE = 4;

/** Buffers: input, output. */
export function reduction(problem: ReductionProblem, machine: Machine): Kernel {
  const { kind, shape, folded, from, to, activation } = problem;
  const width = machine.vectorWidth;
  const { initial, combine, acrossLanes } = reducers[kind];
  return kernel(`reduce ${kind}`, (b) => {
    const strides = to.strides.map((stride, axis) => (folded[axis] ? 0 : stride));
    const operands = [
      { ...from, buffer: b.buffer("input") },
      { ...to, strides, buffer: b.buffer("output") },
    ];
    const rows = new Rows(b, { shape, folded, operands, vectors: SIDE_BY_SIDE }, width);
    rows.every((row) => {
      const results = rows.fold(row, {
        initial: [initial],
        step: ([into], piece) => {
          const loaded = rows.load(0, piece);
          const value = rows.lanesFolded ? withLanes(loaded, initial, piece.lanes, width) : loaded;
          b.assign(into, combine(read(into), value));
        },
        merge: ([into], [part]) => b.assign(into, combine(read(into), read(part))),
      });
      rows.resultsOf(row).forEach((piece, v) => {
        const [result] = results[v];
        const whole = rows.lanesFolded ? acrossLanes(read(result)) : read(result);
        const value = kind === "mean" ? multiply(whole, constant(1 / rows.length)) : whole;
        rows.store(1, piece, activation ? applyActivation(b, activation, value) : value);
      });
    });
  });
}
