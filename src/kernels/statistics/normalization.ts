/**
 * Normalisation by a tensor's own mean and variance: instance, group and layer norm, AdaIN.
 * Each row (the elements that share their statistics) is read twice, once for the statistics
 * and once to be normalised, scaled, shifted and passed through an activation.
 */
import { type Activation, applyActivation } from "../vectors/activations.ts";
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import type { Folded, Piece } from "../loops/fold.ts";
import {
  type Kernel,
  type Vector,
  add,
  constant,
  divide,
  fma,
  max,
  multiply,
  negate,
  read,
  sqrt,
  subtract,
} from "../ir/ir.ts";
import type { Machine } from "../machine.ts";
import type { Operand } from "../loops/operand.ts";
import { reducers } from "../vectors/reducers.ts";
import { type Row, Rows } from "../loops/rows.ts";

export interface NormalizationProblem {
  /** Groups of channels are an axis of their own: `[N, G, C / G, H, W]`. */
  readonly shape: readonly number[];
  /** By axis, whether its elements share their statistics. */
  readonly folded: readonly boolean[];
  readonly input: Operand;
  readonly output: Operand;
  readonly eps: number;
  readonly affine?: NormalizationAffine;
  readonly activation?: Activation;
}

/** `normalised · (scale + scaleOffset) + shift`. */
export interface NormalizationAffine {
  /** Along the axes of the problem, 0 where a number serves many elements. */
  readonly scale: Operand;
  readonly shift: Operand;
  /** 1 for AdaIN, whose style says by how much the scale differs from 1. */
  readonly scaleOffset: 0 | 1;
}

/**
 * Buffers: input, scale and shift if any, output, which may be the input's memory; then, for
 * rows that are scattered over a large map, working memory.
 */
export function normalization(problem: NormalizationProblem, machine: Machine): Kernel {
  return kernel("normalize", (b) => {
    const { shape, folded, input, output, affine } = problem;
    const operands = [
      { ...input, buffer: b.buffer("input") },
      ...(affine ? [{ ...affine.scale, buffer: b.buffer("scale") }] : []),
      ...(affine ? [{ ...affine.shift, buffer: b.buffer("shift") }] : []),
      { ...output, buffer: b.buffer("output") },
    ];
    const { caches, vectorWidth, threads } = machine;
    const rows = new Rows(b, { shape, folded, operands }, vectorWidth);
    if (rows.isScattered(caches.l2)) {
      const working = rows.withWorkingMemory(["pivot", "sum", "squares"]);
      new Normalizer(b, problem, working).inPieces(threads);
    } else new Normalizer(b, problem, rows).wholeRows();
  });
}

/** Positions among the operands. */
const INPUT = 0;
const SCALE = 1;
const SHIFT = 2;

/** `(x - pivot) · factor + offset` is the normalised element. */
interface Factors {
  readonly pivot: Vector;
  readonly factor: Vector;
  readonly offset: Vector;
}

/**
 * With sums of `d = x - pivot` and `d²`, the variance is `mean(d²) - mean(d)²`. The pivot is
 * near the mean, so that little is lost in either difference however large the mean is; and
 * the elements are normalised from `d` too.
 */
class Normalizer {
  readonly #b: KernelBuilder;
  readonly #problem: NormalizationProblem;
  readonly #rows: Rows;
  readonly #output: number;
  /** Whether scale and shift can be taken into the factors of a row. */
  readonly #affineHeld: boolean;

  constructor(b: KernelBuilder, problem: NormalizationProblem, rows: Rows) {
    this.#b = b;
    this.#problem = problem;
    this.#rows = rows;
    this.#output = problem.affine ? SHIFT + 1 : INPUT + 1;
    this.#affineHeld = problem.affine !== undefined && rows.isHeld(SCALE) && rows.isHeld(SHIFT);
  }

  wholeRows(): void {
    const b = this.#b;
    this.#rows.every((row) => {
      const pivots = this.#pivots(row);
      const sums = this.#sums(row, pivots);
      const totals = [0, 1].map((which) => sums.map((accumulators) => read(accumulators[which])));
      const factors = this.#factors(row, pivots, totals).map(({ pivot, factor, offset }) => ({
        pivot,
        factor: b.let(factor),
        offset: b.let(offset),
      }));
      this.#rows.everyPiece(row, (piece) => this.#normalize(piece, factors[piece.beside]));
    });
  }

  /** What is known of every row is kept in working memory from block to block. */
  inPieces(threads: number): void {
    const rows = this.#rows;
    const [pivot, sum, squares] = [1, 2, 3].map((i) => this.#output + i);
    rows.everyInPieces(threads, {
      before: (row) => {
        const zeros = row.space.beside.map(() => constant(0));
        rows.storeOf(row, pivot, this.#pivots(row));
        rows.storeOf(row, sum, zeros);
        rows.storeOf(row, squares, zeros);
      },
      first: (row) => {
        const sums = this.#sums(row, rows.loadOf(row, pivot));
        [sum, squares].forEach((operand, which) => {
          const before = rows.loadOf(row, operand);
          const after = sums.map((accumulators, i) => add(before[i], read(accumulators[which])));
          rows.storeOf(row, operand, after);
        });
      },
      between: (row) => {
        const totals = [sum, squares].map((operand) => rows.loadOf(row, operand));
        const factors = this.#factors(row, rows.loadOf(row, pivot), totals);
        const [scaled, moved] = [factors.map((f) => f.factor), factors.map((f) => f.offset)];
        rows.storeOf(row, sum, scaled);
        rows.storeOf(row, squares, moved);
      },
      second: (piece) => {
        const [p, factor, offset] = [pivot, sum, squares].map((o) => rows.load(o, piece));
        this.#normalize(piece, { pivot: p, factor, offset });
      },
    });
  }

  #sums(row: Row, pivots: readonly Vector[]): Folded {
    const b = this.#b;
    const rows = this.#rows;
    return rows.fold(row, {
      initial: [constant(0), constant(0)],
      step: ([sum, squares], piece) => {
        const distance = subtract(rows.load(INPUT, piece), pivots[piece.beside]);
        const d = b.let(rows.counting(distance, piece, constant(0)));
        b.assign(sum, add(read(sum), d));
        b.assign(squares, fma(d, d, read(squares)));
      },
      merge: (into, part) => into.forEach((sum, i) => b.assign(sum, add(read(sum), read(part[i])))),
    });
  }

  #factors(
    row: Row,
    pivots: readonly Vector[],
    totals: readonly (readonly Vector[])[],
  ): readonly Factors[] {
    const b = this.#b;
    const rows = this.#rows;
    const [sums, squares] = totals.map((values) => rows.ofRows(values, reducers.sum));
    const share = constant(1 / rows.length);
    return rows.startsOf(row).map((piece, i) => {
      const pivot = pivots[i];
      const mean = b.let(multiply(sums[i], share));
      const square = fma(negate(mean), mean, multiply(squares[i], share));
      const variance = max(square, constant(0));
      const deviation = sqrt(add(variance, constant(this.#problem.eps)));
      const inverse = b.let(divide(constant(1), deviation));
      if (!this.#affineHeld) {
        return { pivot, factor: inverse, offset: negate(multiply(mean, inverse)) };
      }
      const factor = b.let(multiply(inverse, this.#scale(piece)));
      return { pivot, factor, offset: subtract(rows.load(SHIFT, piece), multiply(mean, factor)) };
    });
  }

  #normalize(piece: Piece, { pivot, factor, offset }: Factors): void {
    const b = this.#b;
    const rows = this.#rows;
    const { affine, activation } = this.#problem;
    const normalized = fma(subtract(rows.load(INPUT, piece), pivot), factor, offset);
    const value =
      affine === undefined || this.#affineHeld
        ? normalized
        : fma(normalized, this.#scale(piece), rows.load(SHIFT, piece));
    rows.store(this.#output, piece, activation ? applyActivation(b, activation, value) : value);
  }

  #scale(piece: Piece): Vector {
    const scale = this.#rows.load(SCALE, piece);
    return this.#problem.affine?.scaleOffset === 1 ? add(scale, constant(1)) : scale;
  }

  /** A rough mean: that of a few elements from all over the row. */
  #pivots(row: Row): readonly Vector[] {
    const b = this.#b;
    const rows = this.#rows;
    const places = Math.max(FEWEST_PLACES, Math.ceil(SAMPLED / rows.elementsOfSample));
    const samples = rows.samplesOf(row, places);
    const sums = row.space.beside.map((_, i) => {
      const own = samples.filter(({ beside }) => beside === i);
      return sumOf(own.map((piece) => b.let(rows.load(INPUT, piece))));
    });
    const count = (samples.length / row.space.beside.length) * rows.elementsOfSample;
    return rows.ofRows(sums, reducers.sum).map((sum) => b.let(multiply(sum, constant(1 / count))));
  }
}

/** Elements that a rough mean is taken from, and places of them. */
const SAMPLED = 16;
const FEWEST_PLACES = 4;

/** By halves, so that the additions do not wait for each other. */
function sumOf(values: readonly Vector[]): Vector {
  if (values.length === 1) return values[0];
  const middle = Math.floor(values.length / 2);
  return add(sumOf(values.slice(0, middle)), sumOf(values.slice(middle)));
}
