/** Softmax and its logarithm along one axis, with the largest score subtracted first. */
import { kernel } from "../ir/builder.ts";
import { type Kernel, add, constant, divide, multiply, read, subtract } from "../ir/ir.ts";
import type { Machine } from "../machine.ts";
import type { Operand } from "../loops/operand.ts";
import { reducers } from "../vectors/reducers.ts";
import { Rows } from "../loops/rows.ts";
import { expOfDifference, log } from "../vectors/vector-math.ts";

export interface SoftmaxProblem {
  readonly kind: "softmax" | "log_softmax";
  readonly shape: readonly number[];
  /** The axis of the scores. */
  readonly axis: number;
  readonly input: Operand;
  readonly output: Operand;
}

/** Positions among the operands. */
const INPUT = 0;
const OUTPUT = 1;

/** More rows at once take longer where they come from far (`docs/performance-memory.md`). */
const RUNS_TOGETHER = 2;

/** Buffers: input, output, which may be the input's memory. */
export function softmax(problem: SoftmaxProblem, machine: Machine): Kernel {
  const { kind, shape, axis, input, output } = problem;
  return kernel(kind, (b) => {
    const operands = [
      { ...input, buffer: b.buffer("input") },
      { ...output, buffer: b.buffer("output") },
    ];
    const folded = shape.map((_, at) => at === axis);
    const worked = { shape, folded, operands, runsTogether: RUNS_TOGETHER };
    const rows = new Rows(b, worked, machine.vectorWidth);
    const { initial: lowest, combine: larger } = reducers.max;
    rows.every((row) => {
      const largest = rows.fold(row, {
        initial: [lowest],
        step: ([into], piece) => {
          const score = rows.counting(rows.load(INPUT, piece), piece, lowest);
          b.assign(into, larger(read(into), score));
        },
        merge: ([into], [part]) => b.assign(into, larger(read(into), read(part))),
      });
      const peaks = rows.ofRows(
        largest.map(([peak]) => read(peak)),
        reducers.max,
      );
      const totals = rows.fold(row, {
        initial: [constant(0)],
        step: ([into], piece) => {
          const power = b.let(
            expOfDifference(b, subtract(rows.load(INPUT, piece), peaks[piece.beside])),
          );
          if (kind === "softmax") rows.store(OUTPUT, piece, power);
          b.assign(into, add(read(into), rows.counting(power, piece, constant(0))));
        },
        merge: ([into], [part]) => b.assign(into, add(read(into), read(part))),
      });
      const sums = rows.ofRows(
        totals.map(([sum]) => read(sum)),
        reducers.sum,
      );
      if (kind === "softmax") {
        const factors = sums.map((sum) => b.let(divide(constant(1), sum)));
        rows.everyPiece(row, (piece) =>
          rows.store(OUTPUT, piece, multiply(rows.load(OUTPUT, piece), factors[piece.beside])),
        );
        return;
      }
      const logarithms = sums.map((sum) => b.let(log(b, sum)));
      rows.everyPiece(row, (piece) => {
        const score = subtract(rows.load(INPUT, piece), peaks[piece.beside]);
        rows.store(OUTPUT, piece, subtract(score, logarithms[piece.beside]));
      });
    });
  });
}
