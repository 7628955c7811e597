/** Gives a problem its place: how what a layer or a reader found becomes a diagnostic. */
import { catalogue } from "./catalogue.ts";
import type { Diagnostic, Label, Problem, SizePromise } from "./diagnostic.ts";
import type { Span } from "./span.ts";

export interface Details {
  readonly related?: readonly Label[];
  readonly notes?: readonly string[];
  readonly help?: readonly string[];
  readonly promises?: readonly SizePromise[];
}

export function place(problem: Problem, span: Span, details: Details = {}): Diagnostic {
  return {
    ...problem,
    severity: catalogue[problem.code].severity,
    span,
    related: details.related ?? [],
    notes: details.notes ?? [],
    help: details.help ?? [],
    ...(details.promises && { promises: details.promises }),
  };
}

const MOST_PLACES_SHOWN = 3;

/** One diagnostic for a mistake that is made at each of the places. */
export function placeAll(problem: Problem, places: readonly Span[]): Diagnostic {
  const shown = places.slice(1, 1 + MOST_PLACES_SHOWN);
  const hidden = places.length - 1 - shown.length;
  const diagnostic = place(problem, places[0], {
    related: shown.map((span) => ({ span, text: "and here" })),
    notes: hidden <= 0 ? [] : [`and at ${hidden} more ${hidden === 1 ? "place" : "places"}`],
  });
  return { ...diagnostic, places };
}

/** The place of a mistake in a file that is not text: an empty span at its start. */
export function wholeFile(file: string): Span {
  return { file, start: 0, end: 0 };
}
