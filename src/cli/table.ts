/** Text in columns. */
import { displayWidth } from "../diagnostics/render/width.ts";

export interface Column {
  readonly title: string;
  readonly align?: "right";
}

/** A line for the titles and one for each row, without spaces at their ends. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => displayWidth(line[i]))));
  return lines.map((line) =>
    line
      .map((cell, i) => {
        const gap = " ".repeat(widths[i] - displayWidth(cell));
        return columns[i].align === "right" ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd(),
  );
}
