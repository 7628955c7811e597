/** Gives a problem its place: how what a layer or a reader found becomes a diagnostic. */
import { catalogue } from "./catalogue.ts";
import type { Diagnostic, Label, Problem } from "./diagnostic.ts";
import type { Span } from "./span.ts";

export interface Details {
  readonly related?: readonly Label[];
  readonly notes?: readonly string[];
  readonly help?: readonly string[];
}

export function place(problem: Problem, span: Span, details: Details = {}): Diagnostic {
  return {
    ...problem,
    severity: catalogue[problem.code].severity,
    span,
    related: details.related ?? [],
    notes: details.notes ?? [],
    help: details.help ?? [],
  };
}

/** The place of a mistake in a file that is not text: an empty span at its start. */
export function wholeFile(file: string): Span {
  return { file, start: 0, end: 0 };
}
