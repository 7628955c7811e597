/**
 * Softmax and its logarithm along one axis. The largest score is subtracted first, so that no
 * exponential overflows. With many scores softmax makes exponentials of the scores as they are,
 * which is a quarter less work, and does those rows again in which one was too large or too small.
 */
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import {
  type Kernel,
  type Vector,
  constant,
  divide,
  multiply,
  or,
  read,
  subtract,
} from "../ir/ir.ts";
import type { Piece } from "../loops/fold.ts";
import type { Pace } from "../loops/nest.ts";
import type { Operand } from "../loops/operand.ts";
import { type Row, Rows } from "../loops/rows.ts";
import type { Machine } from "../machine.ts";
import { reducers } from "../vectors/reducers.ts";
import { LEAST_PLACE, expInWindow, haveStayed } from "../vectors/exp-in-window.ts";
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

/** Scores from which on the code of a second way is worth its bytes. */
const MANY = 4096;

/** How it is computed, in a few words. */
export function softmaxAlgorithm(problem: SoftmaxProblem): string {
  return takesScoresAsTheyAre(problem)
    ? "sum of powers, then quotients; largest first where scores are beyond ±44"
    : "largest, then sum of powers, then quotients";
}

function takesScoresAsTheyAre({ kind, shape }: SoftmaxProblem): boolean {
  // What is left of a logarithm of large scores would have too few digits.
  return kind === "softmax" && shape.reduce((product, size) => product * size, 1) >= MANY;
}

interface Paces {
  readonly light: Pace;
  readonly exponentials: Pace;
}

/**
 * Short rows are written out: the ends of loops would cost as much as what is done in them. Of
 * more exponentials at once some would have to leave their registers.
 */
const FAST: Paces = {
  light: { written: 16, atOnce: 4 },
  exponentials: { written: 16, atOnce: 2 },
};
/** For what is done a second time, which is rare. */
const SHORT: Paces = {
  light: { written: 4, atOnce: 4 },
  exponentials: { written: 2, atOnce: 2 },
};

/** Buffers: input, output, in memory of its own. */
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
      const parts = rows.oneByOne(together);
      if (kind === "log_softmax") logarithms(b, rows, parts);
      else if (takesScoresAsTheyAre(problem)) quotientsOfScores(b, rows, parts);
      else quotientsOfDifferences(b, rows, parts, FAST);
    });
  });
}

/** By how much scores exceed the largest of their row. */
function differences(rows: Rows, row: Row, pace: Pace): (piece: Piece) => Vector {
  const peaks = rows.reduce(row, reducers.max, (piece) => rows.load(INPUT, piece), pace);
  return (piece) => subtract(rows.load(INPUT, piece), peaks[piece.beside]);
}

function quotientsOfDifferences(
  b: KernelBuilder,
  rows: Rows,
  parts: readonly Row[],
  paces: Paces,
): void {
  // Before the first exponential, so that a processor finds them while it makes exponentials.
  const differencesOf = parts.map((row) => differences(rows, row, paces.light));
  quotients(b, rows, parts, paces, (piece, i) => expOfDifference(b, differencesOf[i](piece)));
}

function quotientsOfScores(b: KernelBuilder, rows: Rows, parts: readonly Row[]): void {
  const places = b.variable(LEAST_PLACE);
  const sums = quotients(b, rows, parts, FAST, (piece) => {
    const { power, place } = expInWindow(b, rows.load(INPUT, piece));
    b.assign(places, or(read(places), place));
    return power;
  });
  b.unless(haveStayed(read(places), sums), () => quotientsOfDifferences(b, rows, parts, SHORT));
}

/**
 * Powers over their sums, which it returns. Powers wait in the output for their sum, and for the
 * powers of the next row.
 */
function quotients(
  b: KernelBuilder,
  rows: Rows,
  parts: readonly Row[],
  paces: Paces,
  powerOf: (piece: Piece, part: number) => Vector,
): readonly Vector[] {
  let finishLast: (() => void) | undefined;
  const sums = parts.map((row, i) => {
    const power = (piece: Piece): Vector => {
      const made = b.let(powerOf(piece, i));
      rows.store(OUTPUT, piece, made);
      return made;
    };
    const own = rows.reduce(row, reducers.sum, power, paces.exponentials);
    const factors = own.map((sum) => b.let(divide(constant(1), sum)));
    const finish = (piece: Piece): void =>
      rows.store(OUTPUT, piece, multiply(rows.load(OUTPUT, piece), factors[piece.beside]));
    finishLast?.();
    finishLast = () => rows.everyPiece(row, finish, paces.light);
    return own;
  });
  finishLast?.();
  return sums.flat();
}

function logarithms(b: KernelBuilder, rows: Rows, parts: readonly Row[]): void {
  const differencesOf = parts.map((row) => differences(rows, row, FAST.light));
  const sums = parts.map((row, i) => {
    const exponential = (piece: Piece): Vector => expOfDifference(b, differencesOf[i](piece));
    return rows.reduce(row, reducers.sum, exponential, FAST.exponentials);
  });
  parts.forEach((row, i) => {
    const subtracted = sums[i].map((sum) => b.let(log(b, multiply(sum, constant(1 / EXP_FACTOR)))));
    const finish = (piece: Piece): void =>
      rows.store(OUTPUT, piece, subtract(differencesOf[i](piece), subtracted[piece.beside]));
    rows.everyPiece(row, finish, FAST.light);
  });
}
