/** Diagnostics as JSON for other programs: `cnn check --json`. */
import type { Code } from "./catalogue.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Severity } from "./severity.ts";
import { linesOf } from "./render/lines.ts";
import type { Source, Span } from "./span.ts";
import { wordsOf } from "./words.ts";

export interface JsonDiagnostic extends JsonPlace {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  /** The words at the place. */
  readonly label: string;
  readonly related: readonly (JsonPlace & { readonly text: string })[];
  readonly notes: readonly string[];
  readonly help: readonly string[];
  readonly fix?: JsonFix;
}

export interface JsonFix {
  readonly title: string;
  readonly edits: readonly (JsonPlace & { readonly text: string })[];
}

/** Lines and columns count from 1, columns in code points; the end is not included. */
export interface JsonPlace {
  readonly file: string;
  /** Absent where the file is not text, as are the numbers below. */
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

export function toJson(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
): readonly JsonDiagnostic[] {
  const files = new Map(sources.map((source) => [source.name, linesOf(source)]));
  const placeOf = ({ file, start, end }: Span): JsonPlace => {
    const lines = files.get(file);
    if (lines === undefined) return { file };
    const [from, to] = [lines.positionAt(start), lines.positionAt(end)];
    return { file, ...from, endLine: to.line, endColumn: to.column };
  };
  return diagnostics.map((diagnostic) => {
    const { title, ...words } = wordsOf(diagnostic);
    const { code, severity, span, places = [], related, fix } = diagnostic;
    const shown = new Set(related.map((label) => label.span));
    // A terminal shows some places of a mistake, a program wants all.
    const hidden = places.slice(1).filter((other) => !shown.has(other));
    const edits = fix?.edits.map((edit) => ({ ...placeOf(edit.span), text: edit.text }));
    return {
      code,
      severity,
      message: title,
      ...placeOf(span),
      ...words,
      related: [...related, ...hidden.map((other) => ({ span: other, text: "and here" }))].map(
        (label) => ({ ...placeOf(label.span), text: label.text }),
      ),
      ...(fix && edits && { fix: { title: fix.title, edits } }),
    };
  });
}
