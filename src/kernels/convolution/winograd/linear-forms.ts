/**
 * Multiplies small constant matrices with vectors in as few operations as their symmetry
 * allows: rows (or columns) that agree up to signs, as those of the points p and -p do,
 * share the sums of their equal and of their opposite parts.
 */
import type { KernelBuilder } from "../../ir/builder.ts";
import { type Vector, add, constant, fma, multiply, negate, subtract } from "../../ir/ir.ts";
import type { Matrix } from "./matrices.ts";

/** The rows of a matrix, those that share their parts together. */
export function rowGroups(matrix: Matrix): readonly (readonly number[])[] {
  const groups: number[][] = [];
  matrix.forEach((row, i) => {
    if (groups.some((group) => group.includes(i))) return;
    const partner = matrix.findIndex((other, k) => k > i && mirrored(row, other));
    groups.push(partner < 0 ? [i] : [i, partner]);
  });
  return groups;
}

/**
 * The given rows, one group, of `matrix · input`. An input is asked for once in every row or
 * pair that needs it.
 */
export function rowsOf(
  b: KernelBuilder,
  matrix: Matrix,
  rows: readonly number[],
  input: (k: number) => Vector,
): readonly Vector[] {
  const [row, other] = rows.map((i) => matrix[i]);
  if (other === undefined) return [b.let(combination(row, input))];
  const even = b.let(
    combination(
      row.map((c, k) => (c === other[k] ? c : 0)),
      input,
    ),
  );
  const odd = b.let(
    combination(
      row.map((c, k) => (c === other[k] ? 0 : c)),
      input,
    ),
  );
  return [b.let(add(even, odd)), b.let(subtract(even, odd))];
}

/** `matrix · inputs`, pairing columns: for matrices that sum many inputs into few results. */
export function byColumns(
  b: KernelBuilder,
  matrix: Matrix,
  inputs: readonly Vector[],
): readonly Vector[] {
  const columns = inputs.map((_, k) => matrix.map((row) => row[k]));
  const terms: { readonly value: Vector; readonly column: readonly number[] }[] = [];
  for (const [i, partner] of rowGroups(columns)) {
    const column = columns[i];
    if (partner === undefined) {
      terms.push({ value: inputs[i], column });
      continue;
    }
    const other = columns[partner];
    const same = column.map((c, k) => (c === other[k] ? c : 0));
    const opposite = column.map((c, k) => (c === other[k] ? 0 : c));
    terms.push({ value: b.let(add(inputs[i], inputs[partner])), column: same });
    terms.push({ value: b.let(subtract(inputs[i], inputs[partner])), column: opposite });
  }
  return matrix.map((_, i) =>
    b.let(
      combination(
        terms.map(({ column }) => column[i]),
        (k) => terms[k].value,
      ),
    ),
  );
}

/** Operations of all `rowsOf`. */
export function operationsByRows(matrix: Matrix): number {
  return rowGroups(matrix).reduce((sum, [i, partner]) => {
    const used = matrix[i].filter((c) => c !== 0).length;
    return sum + (partner === undefined ? used - 1 : used);
  }, 0);
}

/** Operations of `byColumns`. */
export function operationsByColumns(matrix: Matrix): number {
  const columns = matrix[0].map((_, k) => matrix.map((row) => row[k]));
  const terms = matrix.map((row) => row.filter((c) => c !== 0).length - 1);
  return rowGroups(columns).reduce(
    (sum, [i, partner]) => {
      if (partner === undefined) return sum;
      const shared = columns[i].filter((c) => c !== 0).length;
      return sum + 2 - shared;
    },
    terms.reduce((a, b) => a + b, 0),
  );
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

/** `Σ coefficients[k] · value(k)`, beginning where the coefficient is 1. */
function combination(coefficients: readonly number[], value: (k: number) => Vector): Vector {
  const terms = coefficients
    .map((coefficient, k) => ({ coefficient, k }))
    .filter(({ coefficient }) => coefficient !== 0)
    .sort((x, y) => Math.abs(x.coefficient - 1) - Math.abs(y.coefficient - 1));
  const [first, ...rest] = terms;
  if (first === undefined) return constant(0);
  return rest.reduce<Vector>(
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
