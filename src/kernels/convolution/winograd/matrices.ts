/**
 * The matrices of Winograd's minimal filtering F(m, r): `y = Aᵀ[(G g) ⊙ (Bᵀ d)]` computes m
 * outputs of a filter g of r taps from m + r - 1 inputs d with as many multiplications.
 * They are made from interpolation points as in Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2015, section 4, and Toom and Cook before them.
 */
import { InternalFault } from "../../../diagnostics/diagnostic.ts";

export type Matrix = readonly (readonly number[])[];

export interface Winograd {
  /** Outputs of a tile along one axis, m. */
  readonly outputs: number;
  /** Taps of the filter along one axis, r. */
  readonly taps: number;
  /** Points, and inputs of a tile along one axis, m + r - 1. */
  readonly size: number;
  /** [size, size] */
  readonly inputTransform: Matrix;
  /** [size, taps] */
  readonly filterTransform: Matrix;
  /** [outputs, size] */
  readonly outputTransform: Matrix;
}

/**
 * The points behind infinity, which is the first: small ones keep the rounding errors small. A
 * shorter list is the beginning of a longer one.
 */
const POINTS = [0, 1, -1, 2, -2, 0.5, -0.5];
/** Without 0 all of eight have a partner with the opposite sign, which halves the transforms' work. */
const EIGHT_POINTS = [1, -1, 2, -2, 0.5, -0.5, 0.75, -0.75];

/**
 * F(outputs, taps) for filters that are transformed as for F(within, taps), with `within` no
 * smaller than `outputs`: of their points it takes the first ones.
 */
export function winograd(outputs: number, taps: number, within = outputs): Winograd {
  const key = `${outputs} ${taps} ${within}`;
  const form = forms.get(key) ?? formOf(outputs, taps, within);
  forms.set(key, form);
  return form;
}

/** Every estimate asks for them. */
const forms = new Map<string, Winograd>();

function formOf(outputs: number, taps: number, within: number): Winograd {
  const size = outputs + taps - 1;
  const points = finitePoints(size - 1);
  const scaling = finitePoints(within + taps - 2);
  if (!points.every((p, i) => p === scaling[i])) {
    throw new InternalFault(`F(${outputs}, ${taps}) has other points than F(${within}, ${taps})`);
  }
  const columns = [last(outputs), ...points.map((p) => powers(p, outputs))];
  return {
    outputs,
    taps,
    size,
    inputTransform: [
      coefficients(points),
      ...points.map((p) => {
        const factor = differences(p, scaling) / differences(p, points);
        return [...coefficients(points.filter((q) => q !== p)).map((c) => factor * c), 0];
      }),
    ],
    filterTransform: [
      last(taps),
      ...points.map((p) => powers(p, taps).map((power) => power / differences(p, scaling))),
    ],
    outputTransform: Array.from({ length: outputs }, (_, i) => columns.map((column) => column[i])),
  };
}

function finitePoints(count: number): readonly number[] {
  if (count === EIGHT_POINTS.length) return EIGHT_POINTS;
  if (count > POINTS.length) throw new InternalFault(`there are no ${count} points`);
  return POINTS.slice(0, count);
}

function powers(p: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => p ** k);
}

/** What the point at infinity picks: the highest power alone. */
function last(count: number): number[] {
  return Array.from({ length: count }, (_, k) => (k === count - 1 ? 1 : 0));
}

/** `Π (p - q)` over the other points. */
function differences(p: number, points: readonly number[]): number {
  return points.reduce((product, q) => (q === p ? product : product * (p - q)), 1);
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
