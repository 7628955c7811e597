/** Whole numbers to go over where loops are written out. */

/** 0 … count - 1; none where `count` is negative, as of taps that a window outside of the map has. */
export function range(count: number): readonly number[] {
  return Array.from({ length: Math.max(0, count) }, (_, i) => i);
}
