/** Shows a fix as the lines before and after it. */
import type { Edit, Fix } from "../diagnostic.ts";
import { applyEdits } from "../edits.ts";
import { type Lines, linesOf } from "./lines.ts";
import type { Paint } from "./paint.ts";
import type { Row } from "./row.ts";
import { showLine } from "./shown-line.ts";

/** More lines of a change are summed up as their number. */
const MOST_LINES = 6;

/** `linesOfFile` is undefined for a file whose text is not known. */
export function fixRows(
  fix: Fix,
  linesOfFile: (file: string) => Lines | undefined,
  width: number,
  paint: Paint,
): readonly Row[] {
  return hunksOf(fix.edits, linesOfFile).flatMap(({ lines, edits, first, last }) => {
    const start = lines.startOf(first);
    const end = lines.startOf(last) + lines.textOf(last).length;
    const before = lines.source.text.slice(start, end);
    const moved = edits.map((edit) => ({
      ...edit,
      span: { ...edit.span, start: edit.span.start - start, end: edit.span.end - start },
    }));
    const after = applyEdits(before, moved);
    return [
      ...changedRows("-", before, first, width, paint),
      ...(after === "" ? [] : changedRows("+", after, first, width, paint)),
    ];
  });
}

interface Hunk {
  readonly lines: Lines;
  readonly edits: Edit[];
  /** Indices of lines, both included. */
  readonly first: number;
  last: number;
}

/** Edits of neighbouring lines are shown together. */
function hunksOf(
  edits: readonly Edit[],
  linesOfFile: (file: string) => Lines | undefined,
): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const edit of [...edits].sort((a, b) => a.span.start - b.span.start)) {
    const lines = linesOfFile(edit.span.file);
    if (lines === undefined) continue;
    const [first, last] = [lines.indexAt(edit.span.start), lines.indexAt(edit.span.end)];
    const near = hunks.findLast((hunk) => hunk.lines === lines);
    if (near === undefined || first > near.last + 1) {
      hunks.push({ lines, edits: [edit], first, last });
    } else {
      near.edits.push(edit);
      near.last = Math.max(near.last, last);
    }
  }
  return hunks;
}

function changedRows(
  bar: "-" | "+",
  text: string,
  first: number,
  width: number,
  paint: Paint,
): readonly Row[] {
  const { count, textOf } = linesOf({ name: "", text });
  const style = bar === "+" ? "added" : "error";
  const rows = Array.from({ length: Math.min(count, MOST_LINES) }, (_, index): Row => ({
    gutter: first + index + 1,
    bar,
    content: paint(style, showLine(textOf(index), [0, 0], width).text),
  }));
  if (count <= MOST_LINES) return rows;
  return [...rows, { gutter: "·", bar, content: paint(style, `${count - MOST_LINES} more lines`) }];
}
