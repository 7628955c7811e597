/**
 * Multiplies small constant matrices with vectors in as few operations as their symmetry
 * allows: rows (or columns) that agree up to signs, as those of the points p and -p do,
 * share the sums of their equal and of their opposite parts.
 */
import type { KernelBuilder } from "../../ir/builder.ts";
import { type Vector, add, constant, fma, multiply, negate, subtract } from "../../ir/ir.ts";
import type { Matrix } from "./matrices.ts";

/** Rows of a matrix that share their parts: one, or two that agree up to signs. */
export interface RowGroup {
  readonly rows: readonly number[];
  /** Of one row the whole, of two what is equal and what is opposite in the second. */
  readonly sums: readonly Sum[];
}

/** `Σ coefficient · input(k)`, of no terms 0. */
interface Sum {
  readonly first?: Term;
  readonly others: readonly Term[];
}

interface Term {
  readonly coefficient: number;
  readonly k: number;
}

export const rowGroups = onceForEach((matrix): readonly RowGroup[] =>
  pairsOf(matrix).map((rows): RowGroup => {
    const [row, other] = rows.map((i) => matrix[i]);
    const sums = other === undefined ? [row] : partsOf(row, other);
    return { rows, sums: sums.map(sumOf) };
  }),
);

/**
 * The rows of a group of `matrix · input`. An input is asked for once in every row or pair that
 * needs it.
 */
export function rowsOf(
  b: KernelBuilder,
  { sums }: RowGroup,
  input: (k: number) => Vector,
): readonly Vector[] {
  const [even, odd] = sums.map((sum) => b.let(combination(sum, input)));
  return odd === undefined ? [even] : [b.let(add(even, odd)), b.let(subtract(even, odd))];
}

/** `matrix · inputs`, pairing columns: for matrices that sum many inputs into few results. */
export function byColumns(
  b: KernelBuilder,
  matrix: Matrix,
  inputs: readonly Vector[],
): readonly Vector[] {
  const { pairs, rows } = columnSums(matrix);
  const terms = pairs.flatMap(([i, partner]) =>
    partner === undefined
      ? [inputs[i]]
      : [b.let(add(inputs[i], inputs[partner])), b.let(subtract(inputs[i], inputs[partner]))],
  );
  return rows.map((sum) => b.let(combination(sum, (k) => terms[k])));
}

interface ColumnSums {
  /** Columns, each by itself or two whose sum and difference are used instead. */
  readonly pairs: readonly (readonly number[])[];
  /** Of the single columns, sums and differences. */
  readonly rows: readonly Sum[];
}

const columnSums = onceForEach((matrix): ColumnSums => {
  const columns = matrix[0].map((_, k) => matrix.map((row) => row[k]));
  const pairs = pairsOf(columns);
  const terms = pairs.flatMap(([i, partner]) =>
    partner === undefined ? [columns[i]] : partsOf(columns[i], columns[partner]),
  );
  return { pairs, rows: matrix.map((_, i) => sumOf(terms.map((column) => column[i]))) };
});

/** Estimates and kernels ask for the same matrices again and again. */
function onceForEach<Found>(find: (matrix: Matrix) => Found): (matrix: Matrix) => Found {
  const known = new WeakMap<Matrix, Found>();
  return (matrix) => {
    const found = known.get(matrix) ?? find(matrix);
    known.set(matrix, found);
    return found;
  };
}

/** Operations of all `rowsOf`. */
export const operationsByRows = onceForEach((matrix) =>
  pairsOf(matrix).reduce((sum, [i, partner]) => {
    const used = matrix[i].filter((c) => c !== 0).length;
    return sum + (partner === undefined ? used - 1 : used);
  }, 0),
);

/** Operations of `byColumns`. */
export const operationsByColumns = onceForEach((matrix) => {
  const columns = matrix[0].map((_, k) => matrix.map((row) => row[k]));
  const terms = matrix.map((row) => row.filter((c) => c !== 0).length - 1);
  return pairsOf(columns).reduce(
    (sum, [i, partner]) => {
      if (partner === undefined) return sum;
      const shared = columns[i].filter((c) => c !== 0).length;
      return sum + 2 - shared;
    },
    terms.reduce((a, b) => a + b, 0),
  );
});

/** The rows of a matrix, each by itself or with one that agrees up to signs. */
function pairsOf(matrix: Matrix): readonly (readonly number[])[] {
  const pairs: number[][] = [];
  matrix.forEach((row, i) => {
    if (pairs.some((pair) => pair.includes(i))) return;
    const partner = matrix.findIndex((other, k) => k > i && mirrored(row, other));
    pairs.push(partner < 0 ? [i] : [i, partner]);
  });
  return pairs;
}

/** Equal up to the signs of some entries, with something to share on both sides. */
function mirrored(a: readonly number[], b: readonly number[]): boolean {
  const used = a.map((c, k) => [c, b[k]] as const).filter(([x, y]) => x !== 0 || y !== 0);
  return (
    used.every(([x, y]) => Math.abs(x) === Math.abs(y)) &&
    used.some(([x, y]) => x === y) &&
    used.some(([x, y]) => x !== y)
  );
}

/** What two rows that agree up to signs have in common, and what is opposite. */
function partsOf(row: readonly number[], other: readonly number[]): readonly (readonly number[])[] {
  return [row.map((c, k) => (c === other[k] ? c : 0)), row.map((c, k) => (c === other[k] ? 0 : c))];
}

/** Beginning where the coefficient is 1. */
function sumOf(coefficients: readonly number[]): Sum {
  const [first, ...others] = coefficients
    .map((coefficient, k) => ({ coefficient, k }))
    .filter(({ coefficient }) => coefficient !== 0)
    .sort((x, y) => Math.abs(x.coefficient - 1) - Math.abs(y.coefficient - 1));
  return first === undefined ? { others } : { first, others };
}

function combination({ first, others }: Sum, value: (k: number) => Vector): Vector {
  if (first === undefined) return constant(0);
  return others.reduce<Vector>(
    (sum, { coefficient, k }) => {
      if (coefficient === 1) return add(sum, value(k));
      if (coefficient === -1) return subtract(sum, value(k));
      return fma(value(k), constant(coefficient), sum);
    },
    scaled(first.coefficient, value(first.k)),
  );
}

function scaled(coefficient: number, value: Vector): Vector {
  if (coefficient === 1) return value;
  return coefficient === -1 ? negate(value) : multiply(value, constant(coefficient));
}
