/**
 * Where the transformed inputs V and the products M of a block lie: a plane for each point,
 * which holds the tiles that have this point, and the planes of a class behind one another.
 */
import { type Block, type PlaneClass, type Tiling, tileCount } from "./blocks.ts";

/** Elements between planes, so that they do not fall into the same cache set. */
const SKEW = 16;

/** The planes of one class of points. */
export interface Planes {
  readonly of: PlaneClass;
  /** Tiles in a plane. */
  readonly tiles: number;
  /** Elements from tile to tile. */
  readonly pitch: number;
  /** Elements from plane to plane. */
  readonly step: number;
  /** Of the first plane. */
  readonly start: number;
}

export interface PlaneLayout {
  readonly planes: readonly Planes[];
  /** Elements of all planes. */
  readonly elements: number;
}

/** @param pitch elements of one tile in a plane */
export function planesOf(
  block: Block,
  tiling: Tiling,
  pitch: (of: PlaneClass) => number,
): PlaneLayout {
  let elements = 0;
  const planes = tiling.classes.map((of): Planes => {
    const tiles = tileCount(block, tiling, of);
    const step = tiles * pitch(of) + SKEW;
    const start = elements;
    elements += tiles === 0 ? 0 : of.points * step;
    return { of, tiles, pitch: pitch(of), step, start };
  });
  return { planes, elements };
}

/** The plane of one point among those of its class. */
export function planeOf(
  { of: { rows, columns }, start, step }: Planes,
  y: number,
  x: number,
): number {
  return start + ((y - rows.start) * columns.count + (x - columns.start)) * step;
}

/** The planes that have the point `(y, x)`. */
export function planesWith(layout: PlaneLayout, y: number, x: number): Planes | undefined {
  return layout.planes.find(
    ({ of: { rows, columns } }) =>
      y >= rows.start &&
      y < rows.start + rows.count &&
      x >= columns.start &&
      x < columns.start + columns.count,
  );
}
