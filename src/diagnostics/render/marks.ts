/** The rows under a line of source: carets, dashes, and the words that belong to each. */
import type { Paint, Style } from "./paint.ts";
import type { ShownLine } from "./shown-line.ts";
import { visible } from "./width.ts";

/** A marked place within one line. */
export interface Mark {
  /** Offsets in the line; equal ones mark a place between two characters. */
  readonly start: number;
  readonly end: number;
  /** `^` is the mistake itself, `-` a place that explains it. */
  readonly sign: "^" | "-";
  readonly style: Style;
  readonly text: string;
}

interface PlacedMark extends Mark {
  /** Display columns, at least one. */
  readonly from: number;
  readonly to: number;
}

/** The rightmost mark has its words beside it; those of the others hang below. */
export function markRows(line: ShownLine, marks: readonly Mark[], paint: Paint): readonly string[] {
  const placed = marks
    .map((mark): PlacedMark => {
      const from = line.columnOf(mark.start);
      return { ...mark, from, to: Math.max(from + 1, line.columnOf(mark.end)) };
    })
    .sort((a, b) => a.from - b.from || b.to - a.to);
  const end = Math.max(...placed.map(({ to }) => to));
  const last = placed.findLast(({ text }) => text !== "");
  const beside = last?.to === end ? last : undefined;
  const words = beside === undefined ? "" : ` ${paint(beside.style, visible(beside.text))}`;
  const hanging = placed.filter((mark) => mark !== beside && mark.text !== "");
  return [underline(placed, end, paint) + words, ...hangingRows(hanging, paint)];
}

/** Where marks overlap, the mistake itself is seen. */
function underline(marks: readonly PlacedMark[], end: number, paint: Paint): string {
  const cells: (PlacedMark | undefined)[] = Array.from({ length: end });
  for (const sign of ["-", "^"]) {
    for (const mark of marks) if (mark.sign === sign) cells.fill(mark, mark.from, mark.to);
  }
  let row = "";
  for (let at = 0; at < end;) {
    const mark = cells[at];
    let stop = at + 1;
    while (stop < end && cells[stop] === mark) stop++;
    row +=
      mark === undefined ? " ".repeat(stop - at) : paint(mark.style, mark.sign.repeat(stop - at));
    at = stop;
  }
  return row;
}

/** From right to left, so that no line crosses words. */
function hangingRows(marks: readonly PlacedMark[], paint: Paint): readonly string[] {
  const rows = marks.map((mark, index) => {
    const left = marks.slice(0, index).filter(({ from }) => from < mark.from);
    return stems(left, mark.from, paint) + paint(mark.style, visible(mark.text));
  });
  return marks.length === 0 ? [] : [stems(marks, 0, paint), ...rows.toReversed()];
}

/** A `│` under the start of each mark, filled up to `width` columns. */
function stems(marks: readonly PlacedMark[], width: number, paint: Paint): string {
  const byColumn = new Map(marks.map((mark) => [mark.from, mark]));
  let row = "";
  let column = 0;
  for (const [from, { style }] of byColumn) {
    row += " ".repeat(from - column) + paint(style, "│");
    column = from + 1;
  }
  return row + " ".repeat(Math.max(0, width - column));
}
