/**
 * Where a tensor lies in memory: its first element and a distance along each axis, so that
 * slices, permutations and most changes of shape are other distances and no copies. Maps
 * `[N, C, H, W]` usually lie with their channels last, filled up to whole vectors, and may have
 * a margin of zeros for the padding of those who read them.
 */
import { type Layout, type Margin, noMargin } from "../../kernels/loops/layout.ts";
import { type Operand, fastestAxis, operandOf } from "../../kernels/loops/operand.ts";
import { joinAxes } from "../../kernels/loops/tiles.ts";
import type { BufferId, Place } from "../plan.ts";

export type MapShape = readonly [n: number, c: number, h: number, w: number];

export interface Placed {
  readonly shape: readonly number[];
  readonly operand: Operand;
  /** Zeros around the height and width of a map. */
  readonly margin: Margin;
  readonly buffer: BufferId;
  /** Elements from the start of the buffer to the tensor's first. */
  readonly first: number;
}

/** A tensor seen as a map. */
export interface PlacedMap extends Placed {
  readonly shape: MapShape;
  readonly layout: Layout;
}

export function firstElement({ buffer, first }: Placed): Place {
  return { buffer, offset: first };
}

/** How the elements of a tensor lie in a buffer of their own. */
export interface Arranged {
  readonly operand: Operand;
  readonly margin: Margin;
  readonly first: number;
  /** Of the whole buffer. */
  readonly elements: number;
}

/** Axes from the slowest to the fastest. */
export type Order = readonly number[];

/** The axis of a map's channels. */
export const CHANNEL = 1;
const CHANNELS_LAST: Order = [0, 2, 3, 1];

/** Maps have their channels last, all else is row-major. */
export function usualOrder(rank: number): Order {
  return rank === 4 ? CHANNELS_LAST : rowMajorOrder(rank);
}

export function rowMajorOrder(rank: number): Order {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** The order in which a tensor lies; of axes that are one element long, that of their numbers. */
export function orderOf({ shape, operand: { strides } }: Placed): Order {
  const slow = (axis: number): number => (shape[axis] === 1 ? Infinity : strides[axis]);
  return rowMajorOrder(shape.length).toSorted((a, b) =>
    slow(a) === slow(b) ? a - b : slow(b) - slow(a),
  );
}

/** Without gaps, as users give and get tensors. */
export function rowMajorArranged(shape: readonly number[]): Arranged {
  return inOrder(shape, rowMajorOrder(shape.length), {});
}

/**
 * In the given order; channels that come last are filled up to whole vectors, unless they are
 * so few that rows are better one run in memory. Only maps have a margin.
 */
export function arranged(
  shape: readonly number[],
  order: Order,
  vectorWidth: number,
  margin = noMargin,
): Arranged {
  const fill = (size: number, axis: number): number =>
    axis === CHANNEL && size >= vectorWidth ? wholeVectors(size, vectorWidth) : size;
  return inOrder(shape, order, { fill, margin, vectorWidth });
}

/** Channels lie next to each other, however few, and without gaps. */
export function channelsLastExact(shape: MapShape, margin: Margin, vectorWidth: number): Arranged {
  return inOrder(shape, CHANNELS_LAST, { margin, vectorWidth });
}

interface Spread {
  /** What the fastest axis is filled up to. */
  readonly fill?: (size: number, axis: number) => number;
  readonly margin?: Margin;
  /** Absent where a vector must not reach beyond the fastest axis. */
  readonly vectorWidth?: number;
}

function inOrder(
  shape: readonly number[],
  order: Order,
  { fill = (size) => size, margin = noMargin, vectorWidth = Infinity }: Spread,
): Arranged {
  const strides = shape.map(() => 1);
  const fastest = order.at(-1);
  let next = 1;
  for (const axis of order.toReversed()) {
    strides[axis] = next;
    next *= (axis === fastest ? fill(shape[axis], axis) : shape[axis]) + around(margin, axis);
  }
  const size = fastest === undefined ? 1 : shape[fastest];
  const filled = fastest !== undefined && fill(size, fastest) > size;
  return {
    operand: { strides, wholeVectors: filled || size % vectorWidth === 0 },
    margin,
    first: hasMargin(margin) ? margin.top * strides[2] + margin.left * strides[3] : 0,
    elements: next,
  };
}

function around({ top, left, bottom, right }: Margin, axis: number): number {
  if (axis === 2) return top + bottom;
  return axis === 3 ? left + right : 0;
}

/**
 * The same elements, in the same row-major order, under another shape; undefined where no
 * distances give them.
 */
export function reshaped(placed: Placed, shape: readonly number[]): Placed | undefined {
  const { operand } = placed;
  const from = placed.shape.flatMap((size, axis) =>
    size === 1 ? [] : [{ size, stride: operand.strides[axis] }],
  );
  const strides = shape.map(() => 1);
  let [next, axis] = [0, 0];
  while (axis < shape.length && next < from.length) {
    let [oldSize, newSize] = [from[next].size, shape[axis]];
    let [oldEnd, newEnd] = [next + 1, axis + 1];
    while (oldSize !== newSize) {
      if (newSize < oldSize) newSize *= shape[newEnd++];
      else oldSize *= from[oldEnd++].size;
    }
    for (let i = next; i < oldEnd - 1; i++) {
      if (from[i].stride !== from[i + 1].size * from[i + 1].stride) return undefined;
    }
    let { stride } = from[oldEnd - 1];
    for (let i = newEnd - 1; i >= axis; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    [next, axis] = [oldEnd, newEnd];
  }
  const view = { ...placed, shape, operand: { strides, wholeVectors: false }, margin: noMargin };
  return keepingFill(placed, view);
}

/** The axes in another order: axis `i` of the result is axis `order[i]`. */
export function permuted(placed: Placed, order: Order): Placed {
  const { strides, wholeVectors: filled } = placed.operand;
  return {
    ...placed,
    shape: order.map((axis) => placed.shape[axis]),
    operand: { strides: order.map((axis) => strides[axis]), wholeVectors: filled },
    margin: noMargin,
  };
}

export interface Range {
  readonly start: number;
  readonly size: number;
  readonly step: number;
}

/** Every `step`-th place of an axis; of channels, the zeros around the map stay. */
export function sliced(placed: Placed, axis: number, { start, size, step }: Range): Placed {
  const { operand, margin, first } = placed;
  const stride = operand.strides[axis];
  const along = { ...operand, strides: operand.strides.with(axis, stride * step) };
  const cut = { ...placed, shape: placed.shape.with(axis, size), first: first + start * stride };
  if (axis !== fastestAxis(placed.shape, operand)) {
    return { ...cut, operand: along, margin: axis < 2 ? margin : noMargin };
  }
  const view = { ...cut, operand: { ...along, wholeVectors: false } };
  return { ...view, margin: axis === CHANNEL ? margin : noMargin };
}

/** Of a view: whether its fastest axis is that of the whole, with what fills it up. */
function keepingFill(whole: Placed, view: Placed): Placed {
  const size = ({ shape, operand }: Placed): number | undefined =>
    shape.at(fastestAxis(shape, operand));
  const same = size(whole) === size(view);
  const { strides } = view.operand;
  return { ...view, operand: { strides, wholeVectors: same && whole.operand.wholeVectors } };
}

/** A map as it is, and `[N, F]` as a map of one pixel; undefined for other ranks. */
export function asMap(placed: Placed): PlacedMap | undefined {
  const { shape, operand } = placed;
  const [batch, channels, height = 1, width = 1] = shape;
  if (shape.length !== 2 && shape.length !== 4) return undefined;
  const [n, c, h = n, w = n] = operand.strides;
  // What fills another axis up says nothing about boxes of pixels.
  const filled = operand.wholeVectors && fastestAxis(shape, operand) === CHANNEL;
  const layout = { n, c, h, w, wholeVectors: filled };
  return { ...placed, shape: [batch, channels, height, width], operand: operandOf(layout), layout };
}

/**
 * The last axis as channels and all others as pixels: each as an axis of the map where they are
 * up to three, as one where they are more; undefined where these are not one axis in memory.
 */
export function asPixels(placed: Placed): PlacedMap | undefined {
  const { shape, operand } = placed;
  const last = shape.length - 1;
  const axes = shape.map((extent, axis) => ({ extent, stride: operand.strides[axis] }));
  const outer = last > 3 ? joined(axes.slice(0, -1)) : axes.slice(0, -1);
  if (outer === undefined) return undefined;
  const [n = ONE, h = ONE, w = ONE] = outer;
  const fast = operand.wholeVectors && fastestAxis(shape, operand) === last;
  const layout = {
    n: n.stride,
    c: operand.strides[last],
    h: h.stride,
    w: w.stride,
    wholeVectors: fast,
  };
  const pixels: MapShape = [n.extent, shape[last], h.extent, w.extent];
  return { ...placed, shape: pixels, operand: operandOf(layout), layout };
}

interface StridedAxis {
  readonly extent: number;
  readonly stride: number;
}

/** As one axis. */
function joined(axes: readonly StridedAxis[]): readonly StridedAxis[] | undefined {
  const one = joinAxes(axes.map(({ extent, stride }) => ({ extent, strides: [stride] })));
  if (one.length > 1) return undefined;
  return one.map(({ extent, strides: [stride] }) => ({ extent, stride }));
}

const ONE: StridedAxis = { extent: 1, stride: 0 };

/** The smallest margin that serves both. */
export function joinMargins(a: Margin, b: Margin): Margin {
  return {
    top: Math.max(a.top, b.top),
    left: Math.max(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.max(a.right, b.right),
  };
}

export function covers(margin: Margin, wanted: Margin): boolean {
  return (
    margin.top >= wanted.top &&
    margin.left >= wanted.left &&
    margin.bottom >= wanted.bottom &&
    margin.right >= wanted.right
  );
}

export function hasMargin({ top, left, bottom, right }: Margin): boolean {
  return top + left + bottom + right > 0;
}

/** Whole vectors of channels. */
export function wholeVectors(channels: number, vectorWidth: number): number {
  return Math.ceil(channels / vectorWidth) * vectorWidth;
}

/** One number for each channel, filled up to whole vectors. */
export function alongChannels(rank: number): Operand {
  return {
    strides: Array.from({ length: rank }, (_, axis) => (axis === CHANNEL ? 1 : 0)),
    wholeVectors: true,
  };
}
