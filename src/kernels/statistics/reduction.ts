/** Sums, maxima and the like over whole axes: `mean`, `amax`, global pools. */
import type { Element } from "../../graph/element.ts";
import { applyActivation } from "../vectors/activations.ts";
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import {
  type Kernel,
  type Vector,
  abs,
  add,
  constant,
  less,
  multiply,
  select,
  subtract,
} from "../ir/ir.ts";
import type { Machine } from "../machine.ts";
import type { Operand } from "../loops/operand.ts";
import { type ReducerKind, reducers } from "../vectors/reducers.ts";
import { type Row, Rows } from "../loops/rows.ts";
import { EXP_FACTOR, expOfDifference, log } from "../vectors/vector-math.ts";

export interface ReductionProblem {
  /** `logSumExp` is the logarithm of the sum of exponentials. */
  readonly kind: ReducerKind | "logSumExp";
  /** Of the input. */
  readonly shape: readonly number[];
  /** By axis, whether it is reduced to one place. */
  readonly folded: readonly boolean[];
  readonly from: Operand;
  /** Along the same axes; strides of those that are reduced do not count. */
  readonly to: Operand;
  /** Done to every element before it is reduced. */
  readonly each?: Element;
  /** Done to the results. */
  readonly final?: Element;
}

/** Buffers: input, output; then, for rows that are scattered over a large map, working memory. */
export function reduction(problem: ReductionProblem, machine: Machine): Kernel {
  const { kind, shape, folded, from, to } = problem;
  return kernel(`reduce ${kind}`, (b) => {
    const strides = to.strides.map((stride, axis) => (folded[axis] ? 0 : stride));
    const operands = [
      { ...from, buffer: b.buffer("input") },
      { ...to, strides, buffer: b.buffer("output") },
    ];
    const rows = new Rows(b, { shape, folded, operands }, machine.vectorWidth);
    if (kind === "logSumExp") {
      rows.every((row) => {
        const reducer = new RowReducer(b, rows, row, problem);
        reducer.store(reducer.logSumExp());
      });
    } else if (rows.isScattered(machine.caches.l2)) {
      inPieces(b, rows.withWorkingMemory(["total", "lost"]), { ...problem, kind }, machine.threads);
    } else {
      rows.every((row) => {
        const reducer = new RowReducer(b, rows, row, problem);
        reducer.store(reducer.reduced(kind));
      });
    }
  });
}

/** Positions among the operands. */
const INPUT = 0;
const OUTPUT = 1;
const TOTAL = 2;
const LOST = 3;

/** What is known of every row is kept in working memory from block to block. */
function inPieces(
  b: KernelBuilder,
  rows: Rows,
  problem: ReductionProblem & { readonly kind: ReducerKind },
  threads: number,
): void {
  const { kind } = problem;
  const { initial, combine } = reducers[kind];
  rows.everyInPieces(threads, {
    before: (row) => {
      const start = (operand: number, value: Vector): void => {
        const values = row.space.beside.map(() => value);
        rows.storeOf(row, operand, values);
      };
      start(TOTAL, initial);
      start(LOST, constant(0));
    },
    first: (row) => {
      const parts = new RowReducer(b, rows, row, problem).reduced(kind);
      const totals = rows.loadOf(row, TOTAL);
      if (kind !== "sum") {
        const combined = parts.map((part, i) => combine(totals[i], part));
        rows.storeOf(row, TOTAL, combined);
        return;
      }
      // What rounding took from the sum is given back with the next part (W. Kahan).
      const lost = rows.loadOf(row, LOST);
      const added = parts.map((part, i) => b.let(subtract(part, lost[i])));
      const sums = added.map((part, i) => b.let(add(totals[i], part)));
      const rounding = sums.map((sum, i) => subtract(subtract(sum, totals[i]), added[i]));
      rows.storeOf(row, TOTAL, sums);
      rows.storeOf(row, LOST, rounding);
    },
    between: (row) => new RowReducer(b, rows, row, problem).store(rows.loadOf(row, TOTAL)),
  });
}

/** Above it is only infinity. */
const LARGEST = 3.4028234e38;

/** Rows that are reduced side by side. */
class RowReducer {
  readonly #b: KernelBuilder;
  readonly #rows: Rows;
  readonly #row: Row;
  readonly #problem: ReductionProblem;

  constructor(b: KernelBuilder, rows: Rows, row: Row, problem: ReductionProblem) {
    this.#b = b;
    this.#rows = rows;
    this.#row = row;
    this.#problem = problem;
  }

  /** For each of the rows side by side; `change` is done to its elements, beside `each`. */
  reduced(
    kind: ReducerKind,
    change: (value: Vector, beside: number) => Vector = (value) => value,
  ): readonly Vector[] {
    const [b, rows] = [this.#b, this.#rows];
    const { each } = this.#problem;
    return rows.reduce(this.#row, reducers[kind], (piece) => {
      const loaded = rows.load(INPUT, piece);
      const element = each ? applyActivation(b, each, loaded) : loaded;
      return change(element, piece.beside);
    });
  }

  /** Stores a result for each of the rows. */
  store(results: readonly Vector[]): void {
    const { final } = this.#problem;
    this.#rows.startsOf(this.#row).forEach((piece, i) => {
      const value = final ? applyActivation(this.#b, final, results[i]) : results[i];
      this.#rows.storeResult(OUTPUT, piece, value);
    });
  }

  /** With the largest element subtracted first; where that is infinite, it is the result. */
  logSumExp(): readonly Vector[] {
    const b = this.#b;
    const peaks = this.reduced("max").map((peak) => b.let(peak));
    const sums = this.reduced("sum", (value, beside) =>
      expOfDifference(b, subtract(value, peaks[beside])),
    );
    return sums.map((sum, i) => {
      const finite = less(abs(peaks[i]), constant(LARGEST));
      return select(
        finite,
        add(peaks[i], log(b, multiply(sum, constant(1 / EXP_FACTOR)))),
        peaks[i],
      );
    });
  }
}
