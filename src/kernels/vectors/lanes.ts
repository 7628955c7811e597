/**
 * Moves lanes between vectors: transposes, interleaves, and loads and stores of elements that
 * lie apart, all by the one instruction that takes any lanes of two vectors.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { KernelBuilder } from "../ir/builder.ts";
import { type Address, type Vector, at, load, shuffle, splat } from "../ir/ir.ts";
import type { Layout } from "../loops/layout.ts";

/** A lane of one of several vectors. */
export interface Lane {
  readonly vector: number;
  readonly lane: number;
}

/** Where each lane of a vector comes from; what stands in lanes left open does not matter. */
export type LanePattern = readonly (Lane | undefined)[];

/**
 * Vectors whose lanes are picked from others. A pattern with lanes of many vectors is brought
 * down in rounds, in which its vectors are merged two by two; one merged vector serves several
 * patterns where it has room for their lanes. A 4×4 transpose takes eight shuffles this way.
 */
export function rearrange(
  b: KernelBuilder,
  vectors: readonly Vector[],
  patterns: readonly LanePattern[],
  width: number,
): readonly Vector[] {
  if (patterns.every((pattern) => vectorsIn(pattern).length <= 2)) {
    return patterns.map((pattern) => pickFromTwo(b, vectors, pattern));
  }
  const merges: Merge[] = [];
  const rewritten = patterns.map((pattern) => {
    const used = vectorsIn(pattern);
    const found = new Map<Lane, Lane>();
    for (let i = 0; i < used.length; i += 2) {
      const sources = used.slice(i, i + 2);
      const wanted = pattern.filter((lane) => lane !== undefined && sources.includes(lane.vector));
      const lanes = distinct(wanted.filter((lane) => lane !== undefined));
      const place = placeIn(merges, sources, lanes, width);
      for (const lane of wanted) {
        if (lane !== undefined)
          found.set(lane, { vector: place, lane: laneIn(merges[place], lane) });
      }
    }
    return pattern.map((lane) => (lane === undefined ? undefined : found.get(lane)));
  });
  const merged = merges.map(({ sources, lanes }) =>
    sources.length === 1
      ? vectors[sources[0]]
      : pickFromTwo(
          b,
          vectors,
          Array.from({ length: width }, (_, i) => lanes.at(i)),
        ),
  );
  return rearrange(b, merged, rewritten, width);
}

/** Lanes of two vectors brought together in one, or one vector as it is. */
interface Merge {
  readonly sources: readonly number[];
  lanes: readonly Lane[];
}

/** The merge of these sources that has the lanes or room for them, or a new one. */
function placeIn(
  merges: Merge[],
  sources: readonly number[],
  lanes: readonly Lane[],
  width: number,
): number {
  const place = merges.findIndex(
    (merge) =>
      merge.sources.join() === sources.join() &&
      (sources.length === 1 || distinct([...merge.lanes, ...lanes]).length <= width),
  );
  if (place < 0) return merges.push({ sources, lanes }) - 1;
  merges[place].lanes = distinct([...merges[place].lanes, ...lanes]);
  return place;
}

function laneIn({ sources, lanes }: Merge, wanted: Lane): number {
  return sources.length === 1 ? wanted.lane : lanes.findIndex((lane) => same(lane, wanted));
}

function pickFromTwo(b: KernelBuilder, vectors: readonly Vector[], pattern: LanePattern): Vector {
  const [left, right = left] = vectorsIn(pattern);
  if (left === undefined) throw new InternalFault("a vector is made of no lanes");
  const inOrder = pattern.every((pick, i) => pick === undefined || pick.lane === i);
  if (left === right && inOrder) return vectors[left];
  const width = pattern.length;
  const lanes = pattern.map((pick, i) => {
    if (pick === undefined) return i;
    return pick.vector === left ? pick.lane : width + pick.lane;
  });
  return b.let(shuffle(vectors[left], vectors[right], lanes));
}

function vectorsIn(pattern: LanePattern): readonly number[] {
  return [...new Set(pattern.flatMap((pick) => (pick ? [pick.vector] : [])))].sort((a, b) => a - b);
}

function distinct(lanes: readonly Lane[]): Lane[] {
  return lanes.filter((pick, i) => lanes.findIndex((other) => same(pick, other)) === i);
}

function same(a: Lane, b: Lane): boolean {
  return a.vector === b.vector && a.lane === b.lane;
}

/** The first lanes of one vector, the others of another. */
export function withLanes(value: Vector, others: Vector, lanes: number, width: number): Vector {
  if (lanes === width) return value;
  const pattern = Array.from({ length: width }, (_, i) => (i < lanes ? i : width + i));
  return shuffle(value, others, pattern);
}

/** Elements that are loaded together, relative to one place. */
export interface Window {
  readonly offset: number;
  /** Up to the last that is wanted. */
  readonly lanes: number;
}

/** As few loads as reach all offsets; nothing outside of the first and the last is touched. */
export function windowsOver(offsets: readonly number[], width: number): readonly Window[] {
  const windows: Window[] = [];
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    const last = windows.at(-1);
    if (last && offset < last.offset + width) {
      windows[windows.length - 1] = { ...last, lanes: offset - last.offset + 1 };
    } else windows.push({ offset, lanes: 1 });
  }
  return windows;
}

/** The lane in which one of these windows has an offset. */
export function laneAt(windows: readonly Window[], offset: number): Lane {
  const vector = windows.findIndex((w) => offset >= w.offset && offset < w.offset + w.lanes);
  if (vector < 0) throw new InternalFault(`no window reaches the element ${offset}`);
  return { vector, lane: offset - windows[vector].offset };
}

/**
 * Elements that lie `stride` apart, 0 for one in all lanes. Lanes past `lanes` hold anything;
 * where `wholeVectors` says that the elements there may be read, they are.
 */
export function loadLanes(
  b: KernelBuilder,
  from: Address,
  { stride, lanes, width, wholeVectors = false }: Spacing,
): Vector {
  if (stride === 0) return splat(from);
  if (stride === 1) return load(from, lanes === width || wholeVectors ? undefined : lanes);
  const offsets = Array.from({ length: lanes }, (_, i) => i * stride);
  const windows = windowsOver(offsets, width);
  const loaded = windows.map((window) => b.let(loadWindow(from, window, width)));
  const pattern = Array.from({ length: width }, (_, i) =>
    i < lanes ? laneAt(windows, i * stride) : undefined,
  );
  return rearrange(b, loaded, [pattern], width)[0];
}

export function loadWindow({ buffer, index }: Address, window: Window, width: number): Vector {
  const from = at(buffer, index.plus(window.offset));
  return load(from, window.lanes === width ? undefined : window.lanes);
}

/** Stores lanes as elements that lie `stride` apart. */
export function storeLanes(
  b: KernelBuilder,
  to: Address,
  value: Vector,
  { stride, lanes, width, wholeVectors = false }: Spacing,
): void {
  if (stride === 1) {
    b.store(to, value, lanes === width || wholeVectors ? undefined : lanes);
    return;
  }
  const kept = b.variable(value);
  for (let lane = 0; lane < lanes; lane++) {
    b.storeLane(at(to.buffer, to.index.plus(lane * stride)), kept, lane);
  }
}

/** Up to one vector of neighbouring channels of a pixel. */
export function channelSpacing(
  { c: stride, wholeVectors }: Pick<Layout, "c" | "wholeVectors">,
  lanes: number,
  width: number,
): Spacing {
  return { stride, lanes, width, wholeVectors };
}

/** How the lanes of a vector lie in memory. */
export interface Spacing {
  /** Elements from lane to lane. */
  readonly stride: number;
  readonly lanes: number;
  /** Lanes of a vector. */
  readonly width: number;
  /** Whether a whole vector may be touched where fewer lanes are wanted. */
  readonly wholeVectors?: boolean;
}
