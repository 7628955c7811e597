/**
 * Where a tensor lies inside its buffer. Maps `[N, C, H, W]` lie with their channels last,
 * filled up to whole vectors, and may have a margin of zeros for the padding of those who
 * read them; `[N, F]` is a map of one pixel. Users give and get plain row-major tensors.
 */
import {
  type Layout,
  type Margin,
  channelsFirst,
  channelsLast,
  noMargin,
} from "../kernels/layout.ts";

export type MapShape = readonly [n: number, c: number, h: number, w: number];

export interface Region {
  readonly shape: MapShape;
  readonly layout: Layout;
  readonly margin: Margin;
  /** Elements from the start of the buffer to the first pixel. */
  readonly origin: number;
  /** Elements of the whole buffer. */
  readonly elements: number;
}

/** `[N, F]` as `[N, F, 1, 1]`; undefined for ranks that have no channels in this sense. */
export function mapShape(shape: readonly number[]): MapShape | undefined {
  if (shape.length === 4) return [shape[0], shape[1], shape[2], shape[3]];
  return shape.length === 2 ? [shape[0], shape[1], 1, 1] : undefined;
}

/** Channels last, `pitch` elements from pixel to pixel. */
export function channelsLastRegion(shape: MapShape, pitch: number, margin = noMargin): Region {
  return regionOf(shape, channelsLast(shape, pitch, margin), margin);
}

/** `[N, C, H, W]` as users see it. */
export function rowMajorRegion(shape: MapShape): Region {
  return regionOf(shape, channelsFirst(shape), noMargin);
}

/** The smallest margin that serves both. */
export function joinMargins(a: Margin, b: Margin): Margin {
  return {
    top: Math.max(a.top, b.top),
    left: Math.max(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.max(a.right, b.right),
  };
}

export function hasMargin({ top, left, bottom, right }: Margin): boolean {
  return top + left + bottom + right > 0;
}

/** Whole vectors of channels. */
export function wholeVectors(channels: number, vectorWidth: number): number {
  return Math.ceil(channels / vectorWidth) * vectorWidth;
}

function regionOf(shape: MapShape, layout: Layout, margin: Margin): Region {
  return {
    shape,
    layout,
    margin,
    origin: margin.top * layout.h + margin.left * layout.w,
    elements: shape[0] * layout.n,
  };
}
