/** The lines of a source, found once however many places are asked for. */
import type { Source } from "../span.ts";

export interface Lines {
  readonly source: Source;
  readonly count: number;
  /** The index, from 0, of the line that holds an offset. */
  indexAt(offset: number): number;
  /** The offset at which a line starts. */
  startOf(index: number): number;
  /** Without its line break. */
  textOf(index: number): string;
}

export function linesOf(source: Source): Lines {
  const { text } = source;
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return {
    source,
    count: starts.length,
    indexAt: (offset) => {
      let [low, high] = [0, starts.length];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (starts[middle] <= offset) low = middle;
        else high = middle;
      }
      return low;
    },
    startOf: (index) => starts[index],
    textOf: (index) => {
      const end = index + 1 < starts.length ? starts[index + 1] - 1 : text.length;
      return text.slice(starts[index], end).replace(/\r$/, "");
    },
  };
}
