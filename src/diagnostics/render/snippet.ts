/** The part of a source that a message shows: marked lines, or a marked range of lines. */
import type { Lines } from "./lines.ts";
import { type Mark, markRows } from "./marks.ts";
import type { Paint, Style } from "./paint.ts";
import type { Row } from "./row.ts";
import { showLine } from "./shown-line.ts";
import { visible } from "./width.ts";

/** A range of offsets in a source with the words that belong to it. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly sign: "^" | "-";
  readonly style: Style;
  readonly text: string;
}

/** Of a longer range, this many lines at its start and its end are shown. */
const FIRST_LINES = 4;
const LAST_LINES = 2;

/** All places lie in the line with the given index. */
export function lineRows(
  lines: Lines,
  index: number,
  places: readonly Place[],
  width: number,
  paint: Paint,
): readonly Row[] {
  const start = lines.startOf(index);
  const marks = places.map((place): Mark => ({
    ...place,
    start: place.start - start,
    end: place.end - start,
  }));
  const [focus] = marks;
  const shown = showLine(lines.textOf(index), [focus.start, focus.end], width);
  return [
    { gutter: index + 1, bar: "│", content: shown.text },
    ...markRows(shown, marks, paint).map((content): Row => ({ bar: "│", content })),
  ];
}

/**
 * A place of several lines has a bracket at its side:
 * ```
 * 3 │ ╭ model A(x: [N, 3, H, W]) {
 * 4 │ │   x -> relu
 * 5 │ │ }
 *   │ ╰─^ words
 * ```
 */
export function rangeRows(lines: Lines, place: Place, width: number, paint: Paint): readonly Row[] {
  const [first, last] = [lines.indexAt(place.start), lines.indexAt(place.end)];
  const bracket = (sign: string): string => paint(place.style, sign);
  const inner = width - 2;
  const rows: Row[] = [];
  const startColumn = place.start - lines.startOf(first);
  const firstLine = showLine(lines.textOf(first), [startColumn, startColumn], inner);
  if (/\S/.test(lines.textOf(first).slice(0, startColumn))) {
    const rule = "─".repeat(firstLine.columnOf(startColumn) + 1);
    rows.push({ gutter: first + 1, bar: "│", content: `  ${firstLine.text}` });
    rows.push({ bar: "│", content: bracket(`╭${rule}${place.sign}`) });
  } else {
    rows.push({ gutter: first + 1, bar: "│", content: `${bracket("╭")} ${firstLine.text}` });
  }
  const left = last - first - 1 > FIRST_LINES + LAST_LINES;
  for (let index = first + 1; index <= last; index++) {
    if (left && index === first + FIRST_LINES) {
      rows.push({ gutter: "·", bar: "│", content: bracket("│") });
      index = last - LAST_LINES + 1;
    }
    const { text } = showLine(lines.textOf(index), [0, 0], inner);
    rows.push({ gutter: index + 1, bar: "│", content: `${bracket("│")} ${text}` });
  }
  const endOffset = place.end - lines.startOf(last) - 1;
  const lastLine = showLine(lines.textOf(last), [0, 0], inner);
  const rule = "─".repeat(lastLine.columnOf(Math.max(0, endOffset)) + 1);
  const words = place.text === "" ? "" : ` ${visible(place.text)}`;
  rows.push({ bar: "│", content: bracket(`╰${rule}${place.sign}${words}`) });
  return rows;
}
