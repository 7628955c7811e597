/** Places in source text: what every syntax node, graph node and message points with. */

import { requireSource } from "./untyped.ts";

/** A half-open range of UTF-16 offsets in one source text. */
export interface Span {
  /** The name under which the text was given, usually a path. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** One named source text. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/**
 * A text without a name gets one that messages can say.
 * @throws TypeError where a caller without types gives something else
 */
export function sourceOf(program: string | Source): Source {
  if (typeof program === "string") return { name: "model.cnn", text: program };
  requireSource(program);
  return program;
}

/** The smallest span that covers both, which must lie in one file. */
export function cover(a: Span, b: Span): Span {
  return { file: a.file, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** A line, and a column that counts code points; both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionOf(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: Array.from(text.slice(lineStart, offset)).length + 1 };
}
