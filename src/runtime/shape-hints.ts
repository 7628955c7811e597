/** What the difference between two shapes of one weight says about its cause. */
import { type Dim, formatDim } from "../graph/dim.ts";

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

/** What to do where axes stand in another order, or where only outputs or only inputs differ. */
export function shapeHint(wanted: readonly Dim[], given: readonly number[]): string | undefined {
  const layout = layouts.find(
    ({ order }) =>
      order.length === wanted.length &&
      order.length === given.length &&
      order.every((axis, i) => wanted[axis] === given[i]),
  );
  if (layout !== undefined) return layout.hint;
  if (wanted.length !== given.length || wanted.length < 2) return undefined;
  const [first, ...others] = wanted.flatMap((size, axis) => (size === given[axis] ? [] : [axis]));
  if (others.length > 0) return undefined;
  if (first === 0)
    return `the file's layer has ${given[0]} outputs: write ${given[0]}, or train anew`;
  if (first === 1) {
    const [trained, here] = [given[1], formatDim(wanted[1])];
    return `it was trained on ${trained} inputs and gets ${here} here: compare the layers before it`;
  }
  return undefined;
}
