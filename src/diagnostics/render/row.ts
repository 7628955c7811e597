/** The unit that messages are made of: one line with its gutter. */
import type { Paint, Style } from "./paint.ts";

export interface Row {
  /** A line number, or a dot for lines left out. */
  readonly gutter?: number | "·";
  /** Between gutter and content; `-` and `+` are lines before and after a fix. */
  readonly bar: "│" | "┌─" | "-" | "+";
  /** Painted already. */
  readonly content: string;
}

export const emptyRow: Row = { bar: "│", content: "" };

const barStyles: Readonly<Record<Row["bar"], Style>> = {
  "│": "faint",
  "┌─": "faint",
  "-": "error",
  "+": "added",
};

/** All rows with gutters of one width. */
export function layRows(rows: readonly Row[], gutterWidth: number, paint: Paint): string[] {
  return rows.map(({ gutter = "", bar, content }) => {
    const number = paint("faint", String(gutter).padStart(gutterWidth));
    return `${number} ${paint(barStyles[bar], bar)} ${content}`.trimEnd();
  });
}
