/** Writes the zeros around a map that stand for the padding of the layers that read it. */
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import { type Address, type Index, type Kernel, at, constant } from "../ir/ir.ts";
import type { Margin } from "../loops/layout.ts";
import type { Machine } from "../machine.ts";

export interface MarginProblem {
  /** Images with channels last, images times channels with channels first. */
  readonly planes: number;
  /** Height and width of the map without its margin. */
  readonly size: readonly [number, number];
  /** Elements of a pixel. */
  readonly pitch: number;
  readonly margin: Margin;
}

/** Buffers: the tensor with its margin. */
export function zeroMargin(problem: MarginProblem, machine: Machine): Kernel {
  const { planes, size, pitch, margin } = problem;
  const [height, width] = size;
  const rowPixels = margin.left + width + margin.right;
  const pixels = (margin.top + height + margin.bottom) * rowPixels;
  return kernel("zero margin", (b) => {
    const buffer = b.buffer("output");
    const fill = (from: Index, count: number): void =>
      zeros(b, at(buffer, from), count * pitch, machine.vectorWidth);
    b.parallel("plane", planes, (plane) => {
      const start = plane.times(pixels * pitch);
      const firstPixel = margin.top * rowPixels + margin.left;
      fill(start, firstPixel);
      // What is right of one row and left of the next lies together.
      b.loop("row", height - 1, (y) =>
        fill(
          start.plus(
            y
              .times(rowPixels)
              .plus(firstPixel + width)
              .times(pitch),
          ),
          margin.right + margin.left,
        ),
      );
      const behind = firstPixel + (height - 1) * rowPixels + width;
      fill(start.plus(behind * pitch), pixels - behind);
    });
  });
}

/** Estimated cycles on one core. */
export function zeroMarginEstimate(
  { planes, size, pitch, margin }: MarginProblem,
  machine: Machine,
): number {
  const [height, width] = size;
  const rowPixels = margin.left + width + margin.right;
  const pixels = (margin.top + height + margin.bottom) * rowPixels - height * width;
  return (planes * pixels * pitch * BYTES) / machine.scattered;
}

const BYTES = 4;
const UNROLL = 4;

function zeros(
  b: KernelBuilder,
  { buffer, index }: Address,
  elements: number,
  width: number,
): void {
  const whole = Math.floor(elements / width);
  b.unrolled("i", whole, UNROLL, (i) =>
    b.store(at(buffer, index.plus(i.times(width))), constant(0)),
  );
  const left = elements - whole * width;
  if (left > 0) b.store(at(buffer, index.plus(whole * width)), constant(0), left);
}
