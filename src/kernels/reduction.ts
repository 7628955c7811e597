/** Means and maxima over whole axes: `mean`, global pools. */
import { type Activation, applyActivation } from "./activations.ts";
import { kernel } from "./builder.ts";
import { type Kernel, constant, multiply, read } from "./ir.ts";
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

/** Buffers: input, output. */
export function reduction(problem: ReductionProblem, machine: Machine): Kernel {
  const { kind, shape, folded, from, to, activation } = problem;
  const reducer = reducers[kind];
  const { initial, combine } = reducer;
  return kernel(`reduce ${kind}`, (b) => {
    const strides = to.strides.map((stride, axis) => (folded[axis] ? 0 : stride));
    const operands = [
      { ...from, buffer: b.buffer("input") },
      { ...to, strides, buffer: b.buffer("output") },
    ];
    const rows = new Rows(b, { shape, folded, operands }, machine.vectorWidth);
    rows.every((row) => {
      const folds = rows.fold(row, {
        initial: [initial],
        step: ([into], piece) => {
          const value = rows.counting(rows.load(0, piece), piece, initial);
          b.assign(into, combine(read(into), value));
        },
        merge: ([into], [part]) => b.assign(into, combine(read(into), read(part))),
      });
      const results = rows.ofRows(
        folds.map(([result]) => read(result)),
        reducer,
      );
      rows.startsOf(row).forEach((piece, i) => {
        const share = constant(1 / rows.length);
        const value = kind === "mean" ? multiply(results[i], share) : results[i];
        const final = activation ? applyActivation(b, activation, value) : value;
        rows.storeResult(1, piece, final);
      });
    });
  });
}
