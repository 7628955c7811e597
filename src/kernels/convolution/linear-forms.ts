/**
 * Multiplies small constant matrices with vectors in as few operations as their symmetry
 * allows: rows (or columns) that agree up to signs, as those of the points p and -p do,
 * share the sums of their equal and of their opposite parts.
 */
import type { KernelBuilder } from "../builder.ts";
import { type Vector, add, constant, fma, multiply, negate, subtract } from "../ir.ts";
import type { Matrix } from "./winograd-matrices.ts";

/** `matrix · inputs`, pairing rows: for matrices with more rows than columns matter. */
export function byRows(b: KernelBuilder, matrix: Matrix, inputs: readonly Vector[]): Vector[] {
  const results: Vector[] = [];
  matrix.forEach((row, i) => {
    if (results[i] !== undefined) return;
    const partner = matrix.findIndex((other, k) => k > i && mirrored(row, other));
    if (partner < 0) {
      results[i] = b.let(combination(row, inputs));
      return;
    }
    const other = matrix[partner];
    const even = b.let(
      combination(
        row.map((c, k) => (c === other[k] ? c : 0)),
        inputs,
      ),
    );
    const odd = b.let(
      combination(
        row.map((c, k) => (c === other[k] ? 0 : c)),
        inputs,
      ),
    );
    results[i] = b.let(add(even, odd));
    results[partner] = b.let(subtract(even, odd));
  });
  return results;
}

/** `matrix · inputs`, pairing columns: for matrices that sum many inputs into few results. */
export function byColumns(b: KernelBuilder, matrix: Matrix, inputs: readonly Vector[]): Vector[] {
  const terms: { readonly value: Vector; readonly column: readonly number[] }[] = [];
  const done = new Set<number>();
  inputs.forEach((input, i) => {
    if (done.has(i)) return;
    const column = matrix.map((row) => row[i]);
    const columnOf = (k: number): number[] => matrix.map((row) => row[k]);
    const partner = inputs.findIndex((_, k) => k > i && mirrored(column, columnOf(k)));
    if (partner < 0) {
      terms.push({ value: input, column });
      return;
    }
    done.add(partner);
    const other = columnOf(partner);
    const same = column.map((c, k) => (c === other[k] ? c : 0));
    const opposite = column.map((c, k) => (c === other[k] ? 0 : c));
    terms.push({ value: b.let(add(input, inputs[partner])), column: same });
    terms.push({ value: b.let(subtract(input, inputs[partner])), column: opposite });
  });
  const values = terms.map(({ value }) => value);
  return matrix.map((_, i) =>
    b.let(
      combination(
        terms.map(({ column }) => column[i]),
        values,
      ),
    ),
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

/** `Σ coefficients[k] · values[k]`, beginning where the coefficient is 1. */
function combination(coefficients: readonly number[], values: readonly Vector[]): Vector {
  const terms = coefficients
    .map((coefficient, k) => ({ coefficient, value: values[k] }))
    .filter(({ coefficient }) => coefficient !== 0)
    .sort((x, y) => Math.abs(x.coefficient - 1) - Math.abs(y.coefficient - 1));
  const [first, ...rest] = terms;
  if (first === undefined) return constant(0);
  return rest.reduce<Vector>(
    (sum, { coefficient, value }) => {
      if (coefficient === 1) return add(sum, value);
      if (coefficient === -1) return subtract(sum, value);
      return fma(value, constant(coefficient), sum);
    },
    scaled(first.coefficient, first.value),
  );
}

function scaled(coefficient: number, value: Vector): Vector {
  if (coefficient === 1) return value;
  return coefficient === -1 ? negate(value) : multiply(value, constant(coefficient));
}
