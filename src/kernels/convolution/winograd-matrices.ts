/**
 * The matrices of Winograd's minimal filtering F(m, r): `y = Aᵀ[(G g) ⊙ (Bᵀ d)]` computes m
 * outputs of a filter g of r taps from m + r - 1 inputs d with as many multiplications.
 * They are made from interpolation points as in Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2015, section 4, and Toom and Cook before them.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";

export type Matrix = readonly (readonly number[])[];

export interface Winograd {
  /** Outputs of a tile along one axis, m. */
  readonly outputs: number;
  /** Taps of the filter along one axis, r. */
  readonly taps: number;
  /** Inputs of a tile along one axis, m + r - 1. */
  readonly size: number;
  /** [size, size] */
  readonly inputTransform: Matrix;
  /** [size, taps] */
  readonly filterTransform: Matrix;
  /** [outputs, size] */
  readonly outputTransform: Matrix;
}

/** Small points keep the rounding errors small; the last point is infinity. */
const POINTS = [0, 1, -1, 2, -2, 0.5, -0.5];
/** Without 0 all of eight have a partner with the opposite sign, which halves the transforms' work. */
const EIGHT_POINTS = [1, -1, 2, -2, 0.5, -0.5, 0.75, -0.75];

export function winograd(outputs: number, taps: number): Winograd {
  const size = outputs + taps - 1;
  const points = size - 1 === EIGHT_POINTS.length ? EIGHT_POINTS : POINTS.slice(0, size - 1);
  if (points.length < size - 1) throw new InternalFault(`F(${outputs}, ${taps}) needs more points`);
  const others = (j: number): number[] => points.filter((_, l) => l !== j);
  const columns = [...points.map((p) => powers(p, outputs)), last(outputs)];
  return {
    outputs,
    taps,
    size,
    inputTransform: [
      ...points.map((_, j) => [...coefficients(others(j)), 0]),
      coefficients(points),
    ],
    filterTransform: [
      ...points.map((p, j) => {
        const scale = others(j).reduce((product, q) => product * (p - q), 1);
        return powers(p, taps).map((power) => power / scale);
      }),
      last(taps),
    ],
    outputTransform: Array.from({ length: outputs }, (_, i) => columns.map((column) => column[i])),
  };
}

function powers(p: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => p ** k);
}

/** What the point at infinity picks: the highest power alone. */
function last(count: number): number[] {
  return Array.from({ length: count }, (_, k) => (k === count - 1 ? 1 : 0));
}

/** Of the polynomial with these roots, the constant first. */
function coefficients(roots: readonly number[]): number[] {
  let product = [1];
  for (const root of roots) {
    const next = [...product.map((c) => -root * c), 0];
    product.forEach((c, k) => (next[k + 1] += c));
    product = next.map((c) => c + 0);
  }
  return product;
}
