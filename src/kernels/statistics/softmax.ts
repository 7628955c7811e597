/** Softmax and its logarithm along one axis, with the largest score subtracted first. */
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import { type Kernel, type Vector, constant, divide, multiply, subtract } from "../ir/ir.ts";
import type { Piece } from "../loops/fold.ts";
import type { Pace } from "../loops/nest.ts";
import type { Operand } from "../loops/operand.ts";
import { type Row, Rows } from "../loops/rows.ts";
import type { Machine } from "../machine.ts";
import { reducers } from "../vectors/reducers.ts";
import { EXP_FACTOR, expOfDifference, log } from "../vectors/vector-math.ts";

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

/** Short rows are written out: the ends of loops would cost as much as what is done in them. */
const LIGHT: Pace = { written: 16, atOnce: 4 };
/** Of more exponentials at once some would have to leave their registers. */
const EXPONENTIALS: Pace = { written: 8, atOnce: 2 };

/** Buffers: input, output, which may be the input's memory. */
export function softmax(problem: SoftmaxProblem, machine: Machine): Kernel {
  const { kind, shape, axis, input, output } = problem;
  return kernel(kind, (b) => {
    const operands = [
      { ...input, buffer: b.buffer("input") },
      { ...output, buffer: b.buffer("output") },
    ];
    const folded = shape.map((_, at) => at === axis);
    const rows = new Rows(b, { shape, folded, operands }, machine.vectorWidth);
    rows.every((together) => {
      // Before the first exponential, so that a processor finds them while it makes exponentials.
      const scored = rows.oneByOne(together).map((row) => {
        const peaks = rows.reduce(row, reducers.max, (piece) => rows.load(INPUT, piece), LIGHT);
        return {
          row,
          scoreOf: (piece: Piece) => subtract(rows.load(INPUT, piece), peaks[piece.beside]),
        };
      });
      if (kind === "softmax") finishSoftmax(b, rows, scored);
      else finishLogSoftmax(b, rows, scored);
    });
  });
}

/** Rows that are worked on together, and what their scores exceed the largest by. */
interface Scored {
  readonly row: Row;
  scoreOf(piece: Piece): Vector;
}

/** The exponentials wait in the output for their sum, and for the exponentials of the next row. */
function finishSoftmax(b: KernelBuilder, rows: Rows, scored: readonly Scored[]): void {
  let finishLast: (() => void) | undefined;
  for (const { row, scoreOf } of scored) {
    const exponential = (piece: Piece): Vector => {
      const power = b.let(expOfDifference(b, scoreOf(piece)));
      rows.store(OUTPUT, piece, power);
      return power;
    };
    const sums = rows.reduce(row, reducers.sum, exponential, EXPONENTIALS);
    const factors = sums.map((sum) => b.let(divide(constant(1), sum)));
    const finish = (piece: Piece): void =>
      rows.store(OUTPUT, piece, multiply(rows.load(OUTPUT, piece), factors[piece.beside]));
    finishLast?.();
    finishLast = () => rows.everyPiece(row, finish, LIGHT);
  }
  finishLast?.();
}

function finishLogSoftmax(b: KernelBuilder, rows: Rows, scored: readonly Scored[]): void {
  const sums = scored.map(({ row, scoreOf }) =>
    rows.reduce(row, reducers.sum, (piece) => expOfDifference(b, scoreOf(piece)), EXPONENTIALS),
  );
  scored.forEach(({ row, scoreOf }, i) => {
    const logarithms = sums[i].map((sum) => b.let(log(b, multiply(sum, constant(1 / EXP_FACTOR)))));
    const finish = (piece: Piece): void =>
      rows.store(OUTPUT, piece, subtract(scoreOf(piece), logarithms[piece.beside]));
    rows.everyPiece(row, finish, LIGHT);
  });
}
