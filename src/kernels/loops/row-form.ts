/**
 * How the rows of a tensor lie in memory, which decides what the vectors of a kernel hold. What
 * is folded together is a row; vectors run along the axis on which elements lie next to each
 * other:
 *
 * - `run`: it is folded. A row is runs of vectors, whose lanes are combined at its end.
 * - `lane`: it is kept. Every lane of a vector is a row of its own.
 * - `group`: it is folded, but short, and rows lie behind one another: a row is some of the
 *   lanes of a vector, or some vectors.
 */
import type { Buffer } from "../ir/ir.ts";
import { type Operand, axesOf, fastestAxis } from "./operand.ts";
import type { Axis } from "./tiles.ts";

/** A tensor in memory, along the axes of the problem. */
export interface RowsOperand extends Operand {
  readonly buffer: Buffer;
}

export interface RowsProblem {
  readonly shape: readonly number[];
  /** By axis, whether it is folded. */
  readonly folded: readonly boolean[];
  /** The first decides along which axis vectors run. */
  readonly operands: readonly RowsOperand[];
}

export type RowForm =
  | { readonly kind: "run"; readonly run: Axis }
  | { readonly kind: "lane" }
  /** Elements of a row along the vectors' axis. */
  | { readonly kind: "group"; readonly span: number };

/** The axes of a problem by what becomes of them, each from slow to fast. */
export interface RowArrangement {
  readonly form: RowForm;
  readonly kept: readonly Axis[];
  /** Without the run. */
  readonly folded: readonly Axis[];
  /** The axis along which rows, or vectors of them, lie side by side. */
  readonly beside: Axis;
}

/** Vectors, or runs unless said otherwise, that are worked on side by side. */
export const SIDE_BY_SIDE = 4;

/** @param width lanes of a vector */
export function arrangeRows(
  { shape, folded, operands }: RowsProblem,
  width: number,
): RowArrangement {
  const [input] = operands;
  const exact = operands.map(({ strides }) => ({ strides, wholeVectors: false }));
  const only = (chosen: boolean): readonly number[] =>
    shape.map((size, axis) => (folded[axis] === chosen ? size : 1));
  const foldedAxes = axesOf(only(true), exact, exact[0], width);
  // What fills channels up is no part of a row.
  const filled = folded[fastestAxis(shape, input)] === true ? exact : operands;
  const keptAxes = axesOf(only(false), filled, filled[0], width);
  const [run, kept] = [foldedAxes.at(-1), keptAxes.at(-1)];
  const one = { extent: 1, strides: operands.map(() => 1) };
  if (run?.strides[0] !== 1) {
    const adjacent = kept?.strides[0] === 1;
    return {
      form: { kind: "lane" },
      folded: foldedAxes,
      beside: adjacent ? kept : one,
      kept: adjacent ? keptAxes.slice(0, -1) : keptAxes,
    };
  }
  const span = run.extent;
  const follows = kept?.strides.every((stride, i) => stride === span * run.strides[i]) ?? false;
  const fits = span < width ? width % span === 0 : span % width === 0;
  const outer = { folded: foldedAxes.slice(0, -1), kept: keptAxes.slice(0, -1) };
  if (kept !== undefined && follows && fits && span <= SIDE_BY_SIDE * width) {
    const beside = { extent: kept.extent * span, strides: run.strides };
    return { ...outer, form: { kind: "group", span }, beside };
  }
  return { ...outer, form: { kind: "run", run }, beside: kept ?? one };
}

/** Strides of an operand with an element for each that lies side by side and no other axis. */
export function besideStrides({
  shape,
  folded,
  operands: [input],
}: RowsProblem): readonly number[] {
  const lanes = fastestAxis(shape, input);
  const span = shape[lanes];
  return shape.map((_, axis) => {
    if (axis === lanes) return 1;
    const isGroup = folded[lanes] && !folded[axis] && input.strides[axis] === span;
    return isGroup ? span : 0;
  });
}
