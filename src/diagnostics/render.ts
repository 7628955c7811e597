/**
 * Diagnostics as text for a terminal: the one place where messages get their look. Pure:
 * whether there are colours, and how wide the terminal is, its caller knows.
 */
import type { Diagnostic } from "./diagnostic.ts";
import { fixRows } from "./render/fix-rows.ts";
import { type Lines, linesOf } from "./render/lines.ts";
import { type Paint, painter } from "./render/paint.ts";
import { type Row, emptyRow, layRows } from "./render/row.ts";
import { type Place, lineRows, rangeRows } from "./render/snippet.ts";
import { visible } from "./render/width.ts";
import type { Source, Span } from "./span.ts";
import { wordsOf } from "./words.ts";

/** How the text is to look. */
export interface RenderOptions {
  /** ANSI colours; none unless given. */
  readonly color?: boolean;
  /** Columns of the terminal, 100 unless given; longer lines of a source are cut. */
  readonly width?: number;
}

const DEFAULT_WIDTH = 100;
const LEAST_WIDTH = 40;
/** Columns beside a line of source, without its number: `7 │ `. */
const FRAME = 3;

/** All diagnostics in their order, with an empty line between two; ends with a line break. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  options: RenderOptions = {},
): string {
  const paint = painter(options.color ?? false);
  const width = Math.max(LEAST_WIDTH, options.width ?? DEFAULT_WIDTH);
  const known = new Map(sources.map((source) => [source.name, source]));
  const split = new Map<string, Lines>();
  const linesOfFile = (file: string): Lines | undefined => {
    const source = known.get(file);
    if (source === undefined) return undefined;
    const lines = split.get(file) ?? linesOf(source);
    split.set(file, lines);
    return lines;
  };
  return diagnostics
    .map((diagnostic) => renderOne(diagnostic, { linesOfFile, width, paint }))
    .join("\n");
}

interface Page {
  readonly linesOfFile: (file: string) => Lines | undefined;
  readonly width: number;
  readonly paint: Paint;
}

function renderOne(diagnostic: Diagnostic, page: Page): string {
  const { paint } = page;
  const { severity, code, fix } = diagnostic;
  const words = wordsOf(diagnostic);
  const rows = placeRows(diagnostic, words.label, page);
  const changes = fix === undefined ? [] : fixRows(fix, page.linesOfFile, page.width, paint);
  const gutterWidth = Math.max(
    1,
    ...[...rows, ...changes].map(({ gutter = "" }) => String(gutter).length),
  );
  const margin = " ".repeat(gutterWidth + 1);
  const remedies = [...words.help, ...(fix === undefined ? [] : [fix.title])];
  const remarks = [
    ...words.notes.map((note) => `${margin}${paint("strong", "=")} ${visible(note)}`),
    ...remedies.map((help) => `${margin}${paint("added", "help:")} ${visible(help)}`),
  ];
  return [
    `${paint(severity, `${severity} ${code}`)}${paint("strong", `: ${visible(words.title)}`)}`,
    ...layRows(rows, gutterWidth, paint),
    ...layRows(remarks.length === 0 ? [] : [emptyRow], gutterWidth, paint),
    ...remarks,
    ...layRows(changes, gutterWidth, paint),
    "",
  ].join("\n");
}

/** Places that are shown together: those of one line, or one that spans several. */
interface Group {
  readonly span: Span;
  /** Absent where the file's text is not known, as of a file of weights. */
  readonly lines?: Lines;
  /** Indices of lines, both included. */
  readonly first: number;
  readonly last: number;
  readonly places: Place[];
}

function placeRows(diagnostic: Diagnostic, label: string, page: Page): readonly Row[] {
  const groups = groupsOf(diagnostic, label, page);
  return groups.flatMap((group, index) => {
    const previous = groups.at(index - 1);
    const begins = index === 0 || previous?.span.file !== group.span.file;
    const gap = index === 0 ? [] : [emptyRow];
    return [...gap, ...(begins ? [headerRow(group)] : []), ...groupRows(group, page)];
  });
}

function groupsOf(diagnostic: Diagnostic, label: string, page: Page): readonly Group[] {
  const groups: Group[] = [];
  const add = (span: Span, place: Pick<Place, "sign" | "style" | "text">): void => {
    const lines = page.linesOfFile(span.file);
    const { start, end } = lines === undefined ? span : trimmed(span, lines.source.text);
    const [first, last] = lines === undefined ? [0, 0] : [lines.indexAt(start), lines.indexAt(end)];
    const whole: Place = { ...place, start, end };
    const beside = groups.find(
      (group) =>
        group.span.file === span.file &&
        group.first === first &&
        group.last === first &&
        last === first,
    );
    if (beside === undefined) {
      groups.push({ span, ...(lines && { lines }), first, last, places: [whole] });
    } else beside.places.push(whole);
  };
  add(diagnostic.span, { sign: "^", style: diagnostic.severity, text: label });
  for (const { span, text } of diagnostic.related) add(span, { sign: "-", style: "related", text });
  return groups;
}

/** Within the text, and without the line break at its end. */
function trimmed({ start, end }: Span, text: string): { start: number; end: number } {
  const from = Math.min(start, text.length);
  const to = Math.max(from, Math.min(end, text.length));
  return { start: from, end: to > from && text[to - 1] === "\n" ? to - 1 : to };
}

function headerRow({ span, lines }: Group): Row {
  const file = visible(span.file);
  if (lines === undefined) return { bar: "┌─", content: file };
  const { line, column } = lines.positionAt(span.start);
  return { bar: "┌─", content: `${file}:${line}:${column}` };
}

function groupRows({ lines, first, last, places }: Group, page: Page): readonly Row[] {
  const { paint } = page;
  if (lines === undefined) {
    const words = places.filter(({ text }) => text !== "");
    return words.map(({ style, text }) => ({ bar: "│", content: paint(style, visible(text)) }));
  }
  const width = page.width - FRAME - String(lines.count).length;
  return first === last
    ? lineRows(lines, first, places, width, paint)
    : rangeRows(lines, places[0], width, paint);
}
