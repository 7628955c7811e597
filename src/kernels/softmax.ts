/** Softmax and its logarithm along one axis, with the largest score subtracted first. */
import { kernel } from "./builder.ts";
import type { Fold } from "./fold.ts";
import {
  type Kernel,
  type Vector,
  add,
  constant,
  divide,
  max,
  maxOfLanes,
  multiply,
  read,
  subtract,
  sumOfLanes,
} from "./ir.ts";
import { withLanes } from "./lanes.ts";
import type { Machine } from "./machine.ts";
import type { Operand } from "./operand.ts";
import { Rows } from "./rows.ts";
import { exp, log } from "./vector-math.ts";

export interface SoftmaxProblem {
  readonly kind: "softmax" | "log_softmax";
  readonly shape: readonly number[];
  /** The axis of the scores. */
  readonly axis: number;
  readonly input: Operand;
  readonly output: Operand;
}

/** Rows side by side; the exponential alone keeps most registers busy. */
const SIDE_BY_SIDE = 2;

/** Positions among the operands. */
const INPUT = 0;
const OUTPUT = 1;

/** Buffers: input, output, which may be the input's memory. */
export function softmax(problem: SoftmaxProblem, machine: Machine): Kernel {
  const { kind, shape, axis, input, output } = problem;
  const width = machine.vectorWidth;
  return kernel(kind, (b) => {
    const operands = [
      { ...input, buffer: b.buffer("input") },
      { ...output, buffer: b.buffer("output") },
    ];
    const folded = shape.map((_, at) => at === axis);
    const rows = new Rows(b, { shape, folded, operands, vectors: SIDE_BY_SIDE }, width);
    /** Lanes behind the end of a row become `neutral`. */
    const counting = (value: Vector, lanes: number, neutral: Vector): Vector =>
      rows.lanesFolded ? withLanes(value, neutral, lanes, width) : value;
    const lowest = constant(-Infinity);
    const largest: Fold = {
      initial: [lowest],
      step: ([into], piece) => {
        const score = counting(rows.load(INPUT, piece), piece.lanes, lowest);
        b.assign(into, max(read(into), score));
      },
      merge: ([into], [part]) => b.assign(into, max(read(into), read(part))),
    };
    rows.every((row) => {
      const peaks = rows
        .fold(row, largest)
        .map(([peak]) => b.let(rows.lanesFolded ? maxOfLanes(read(peak)) : read(peak)));
      const sums = rows
        .fold(row, {
          initial: [constant(0)],
          step: ([into], piece) => {
            const power = b.let(exp(b, subtract(rows.load(INPUT, piece), peaks[piece.vector])));
            if (kind === "softmax") rows.store(OUTPUT, piece, power);
            b.assign(into, add(read(into), counting(power, piece.lanes, constant(0))));
          },
          merge: ([into], [part]) => b.assign(into, add(read(into), read(part))),
        })
        .map(([sum]) => (rows.lanesFolded ? sumOfLanes(read(sum)) : read(sum)));
      if (kind === "softmax") {
        const factors = sums.map((sum) => b.let(divide(constant(1), sum)));
        rows.everyPiece(row, (piece) =>
          rows.store(OUTPUT, piece, multiply(rows.load(OUTPUT, piece), factors[piece.vector])),
        );
        return;
      }
      const logarithms = sums.map((sum) => b.let(log(b, sum)));
      rows.everyPiece(row, (piece) => {
        const { vector } = piece;
        const score = subtract(rows.load(INPUT, piece), peaks[vector]);
        rows.store(OUTPUT, piece, subtract(score, logarithms[vector]));
      });
    });
  });
}
