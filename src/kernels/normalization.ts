/**
 * Normalisation by a tensor's own mean and variance: instance, group and layer norm, AdaIN.
 * Each row (the elements that share their statistics) is read twice, once for the statistics
 * and once to be normalised, scaled, shifted and passed through an activation.
 */
import { type Activation, applyActivation } from "./activations.ts";
import { type KernelBuilder, kernel } from "./builder.ts";
import type { Piece } from "./fold.ts";
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
  sumOfLanes,
} from "./ir.ts";
import { withLanes } from "./lanes.ts";
import type { Machine } from "./machine.ts";
import type { Operand } from "./operand.ts";
import { type Row, Rows, type RowsOperand } from "./rows.ts";

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

/** Rows that are normalised side by side; each takes three registers. */
const SIDE_BY_SIDE = 4;

/** Buffers: input, scale and shift if any, output, which may be the input's memory. */
export function normalization(problem: NormalizationProblem, machine: Machine): Kernel {
  return kernel("normalize", (b) => {
    const { input, output, affine } = problem;
    const operands: RowsOperand[] = [{ ...input, buffer: b.buffer("input") }];
    if (affine !== undefined) {
      operands.push({ ...affine.scale, buffer: b.buffer("scale") });
      operands.push({ ...affine.shift, buffer: b.buffer("shift") });
    }
    operands.push({ ...output, buffer: b.buffer("output") });
    new NormalizationGenerator(b, problem, operands, machine.vectorWidth).generate();
  });
}

/** Positions among the operands. */
const INPUT = 0;
const SCALE = 1;
const SHIFT = 2;

/** `(x - pivot) · factor + offset` is the normalised element. */
interface Normalizer {
  readonly pivot: Vector;
  readonly factor: Vector;
  readonly offset: Vector;
}

class NormalizationGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: NormalizationProblem;
  readonly #rows: Rows;
  readonly #width: number;
  readonly #output: number;
  /** Whether a row has one scale and one shift. */
  readonly #affineOfRow: boolean;

  constructor(
    b: KernelBuilder,
    problem: NormalizationProblem,
    operands: readonly RowsOperand[],
    width: number,
  ) {
    this.#b = b;
    this.#problem = problem;
    const { shape, folded, affine } = problem;
    this.#rows = new Rows(b, { shape, folded, operands, vectors: SIDE_BY_SIDE }, width);
    this.#width = width;
    this.#output = operands.length - 1;
    const constantInRow = ({ strides }: Operand): boolean =>
      strides.every((stride, axis) => !folded[axis] || shape[axis] === 1 || stride === 0);
    this.#affineOfRow =
      affine !== undefined && constantInRow(affine.scale) && constantInRow(affine.shift);
  }

  generate(): void {
    const rows = this.#rows;
    const { affine, activation } = this.#problem;
    const b = this.#b;
    rows.every((row) => {
      const normalizers = this.#normalizers(row);
      rows.everyPiece(row, (piece) => {
        const { pivot, factor, offset } = normalizers[piece.vector];
        const normalized = fma(subtract(rows.load(INPUT, piece), pivot), factor, offset);
        const value =
          affine === undefined || this.#affineOfRow
            ? normalized
            : fma(normalized, this.#scale(piece), rows.load(SHIFT, piece));
        rows.store(this.#output, piece, activation ? applyActivation(b, activation, value) : value);
      });
    });
  }

  #scale(piece: Piece): Vector {
    const scale = this.#rows.load(SCALE, piece);
    return this.#problem.affine?.scaleOffset === 1 ? add(scale, constant(1)) : scale;
  }

  /**
   * With sums of `d = x - pivot` and `d²`, the variance is `mean(d²) - mean(d)²`. The pivot is
   * near the mean, so that little is lost in either difference however large the mean is; and
   * the elements are normalised from `d` too.
   */
  #normalizers(row: Row): readonly Normalizer[] {
    const b = this.#b;
    const rows = this.#rows;
    const pivots = this.#pivots(row);
    const sums = rows.fold(row, {
      initial: [constant(0), constant(0)],
      step: ([sum, squares], piece) => {
        const distance = subtract(rows.load(INPUT, piece), pivots[piece.vector]);
        const d = b.let(this.#counting(distance, piece));
        b.assign(sum, add(read(sum), d));
        b.assign(squares, fma(d, d, read(squares)));
      },
      merge: (into, part) => into.forEach((sum, i) => b.assign(sum, add(read(sum), read(part[i])))),
    });
    const share = constant(1 / rows.length);
    return rows.resultsOf(row).map((piece, v) => {
      const [sum, squares] = sums[v].map((total) => this.#wholeRow(read(total)));
      const mean = b.let(multiply(sum, share));
      const square = fma(negate(mean), mean, multiply(squares, share));
      const variance = max(square, constant(0));
      const deviation = sqrt(add(variance, constant(this.#problem.eps)));
      const inverse = b.let(divide(constant(1), deviation));
      if (!this.#affineOfRow) {
        return {
          pivot: pivots[v],
          factor: inverse,
          offset: b.let(negate(multiply(mean, inverse))),
        };
      }
      const factor = b.let(multiply(inverse, this.#scale(piece)));
      const offset = b.let(subtract(rows.load(SHIFT, piece), multiply(mean, factor)));
      return { pivot: pivots[v], factor, offset };
    });
  }

  /** A rough mean: that of a few elements from all over the row. */
  #pivots(row: Row): readonly Vector[] {
    const b = this.#b;
    const samples = this.#rows.samplesOf(row, SAMPLES);
    return this.#rows.resultsOf(row).map(({ vector }) => {
      const own = samples.filter((piece) => piece.vector === vector);
      const [first, ...others] = own.map((piece) => b.let(this.#rows.load(INPUT, piece)));
      const sum = this.#wholeRow(others.reduce(add, first));
      const lanes = this.#rows.lanesFolded ? own[0].lanes : 1;
      return b.let(multiply(sum, constant(1 / (own.length * lanes))));
    });
  }

  /** Zeros in lanes that are behind the row's end. */
  #counting(value: Vector, { lanes }: Piece): Vector {
    return this.#rows.lanesFolded ? withLanes(value, constant(0), lanes, this.#width) : value;
  }

  #wholeRow(value: Vector): Vector {
    return this.#rows.lanesFolded ? sumOfLanes(value) : value;
  }
}

/** Places that a rough mean is taken from. */
const SAMPLES = 16;
