/** Recognises weights that another framework has laid out in another order of axes. */
import type { Dim } from "../graph/dim.ts";

interface Layout {
  /** Axis `i` of the file's tensor is axis `order[i]` of PyTorch's. */
  readonly order: readonly number[];
  readonly hint: string;
}

const layouts: readonly Layout[] = [
  {
    order: [1, 0],
    hint: "the file has [in, out], as Keras keeps it; PyTorch's order is [out, in]: save `w.T`",
  },
  {
    order: [2, 3, 1, 0],
    hint: "the file has [height, width, in, out], as Keras keeps it: save `w.transpose(3, 2, 0, 1)`",
  },
  {
    order: [0, 2, 3, 1],
    hint: "the file has its input channels last: save `w.transpose(0, 3, 1, 2)`",
  },
];

/** What to do where the file's shape is the wanted one with its axes in another order. */
export function layoutHint(wanted: readonly Dim[], given: readonly number[]): string | undefined {
  return layouts.find(
    ({ order }) =>
      order.length === wanted.length &&
      order.length === given.length &&
      order.every((axis, i) => wanted[axis] === given[i]),
  )?.hint;
}
