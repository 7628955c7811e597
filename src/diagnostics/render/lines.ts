/** The lines of a source, found once however many places are asked for. */
import type { Position, Source } from "../span.ts";

export interface Lines {
  readonly source: Source;
  readonly count: number;
  /** The index, from 0, of the line that holds an offset. */
  indexAt(offset: number): number;
  /** The line and the column of an offset. */
  positionAt(offset: number): Position;
  /** The offset at which a line starts. */
  startOf(index: number): number;
  /** Without its line break. */
  textOf(index: number): string;
}

const SURROGATES = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

export function linesOf(source: Source): Lines {
  const { text } = source;
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const indexAt = (offset: number): number => countUpTo(starts, offset) - 1;
  /** Where characters of two units end: a column counts them once, however long its line is. */
  let pairEnds: readonly number[] | undefined;
  return {
    source,
    count: starts.length,
    indexAt,
    positionAt: (offset) => {
      pairEnds ??= Array.from(text.matchAll(SURROGATES), ({ index }) => index + 2);
      const index = indexAt(offset);
      const end = Math.min(offset, text.length);
      const pairs = countUpTo(pairEnds, end) - countUpTo(pairEnds, starts[index]);
      return { line: index + 1, column: end - starts[index] - pairs + 1 };
    },
    startOf: (index) => starts[index],
    textOf: (index) => {
      const end = index + 1 < starts.length ? starts[index + 1] - 1 : text.length;
      return text.slice(starts[index], end).replace(/\r$/, "");
    },
  };
}

/** How many of the sorted offsets are at most `offset`. */
function countUpTo(sorted: readonly number[], offset: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
