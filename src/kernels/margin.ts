/**
 * Zeros around a map, for the padding of those who read it. Memory is shared between tensors
 * that are not alive together, so a map's margin is cleared before the map is written.
 */
import { kernel } from "./builder.ts";
import type { KernelBuilder } from "./builder.ts";
import { type Buffer, type Index, type Kernel, at, constant, origin } from "./ir.ts";
import type { Layout, Margin } from "./layout.ts";

export interface MarginProblem {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly layout: Layout;
  readonly margin: Margin;
}

/** Vectors that are written without a loop. */
const UNROLL = 4;

/** Buffers: the map with its margin, from the margin's first element on. */
export function clearMargin(problem: MarginProblem, vectorWidth: number): Kernel {
  const { batch, height, width, layout, margin } = problem;
  return kernel("clear margin", (b) => {
    const map = b.buffer("map");
    const fill = (start: Index, length: number): void =>
      fillZeros(b, map, start, length, vectorWidth);
    const first = margin.top * layout.h + margin.left * layout.w;
    // From the end of a row to the start of the next: its right and the next's left margin.
    const gap = (margin.left + margin.right) * layout.w;
    const last = margin.bottom * layout.h + margin.right * layout.w;
    b.parallel("image", batch, (image) => {
      const start = image.times(layout.n);
      fill(start, first);
      b.loop("row", gap === 0 ? 0 : height - 1, (row) =>
        fill(start.plus(row.times(layout.h)).plus(first + width * layout.w), gap),
      );
      fill(start.plus(first + (height - 1) * layout.h + width * layout.w), last);
    });
  });
}

function fillZeros(
  b: KernelBuilder,
  buffer: Buffer,
  start: Index,
  length: number,
  vectorWidth: number,
): void {
  const vectors = Math.floor(length / vectorWidth);
  const zero = b.let(constant(0));
  b.unrolled("vector", vectors, UNROLL, (i) =>
    b.store(at(buffer, start.plus(i.times(vectorWidth))), zero),
  );
  const left = length - vectors * vectorWidth;
  if (left > 0) b.store(at(buffer, start.plus(origin.plus(vectors * vectorWidth))), zero, left);
}
