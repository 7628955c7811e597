/** Collects diagnostics: a mistake is told once, however many calls of a block meet it. */
import type { Diagnostic, Problem } from "../diagnostics/diagnostic.ts";
import { type Details, place } from "../diagnostics/place.ts";
import type { Span } from "../diagnostics/span.ts";

export class Reporter {
  private readonly byPlace = new Map<string, Diagnostic>();

  /** A second report of the same code at the same place (another call of the block) is dropped. */
  report(problem: Problem, span: Span, details: Details = {}): void {
    this.add(place(problem, span, details));
  }

  add(diagnostic: Diagnostic): void {
    const { code, span } = diagnostic;
    const key = `${code} ${span.file}:${span.start}`;
    if (!this.byPlace.has(key)) this.byPlace.set(key, diagnostic);
  }

  get hasErrors(): boolean {
    return [...this.byPlace.values()].some(({ severity }) => severity === "error");
  }

  /** In the order of their places, file by file. */
  get diagnostics(): readonly Diagnostic[] {
    const files = new Map<string, number>();
    for (const { span } of this.byPlace.values()) {
      if (!files.has(span.file)) files.set(span.file, files.size);
    }
    const order = (d: Diagnostic): number => files.get(d.span.file) ?? 0;
    return [...this.byPlace.values()].sort(
      (a, b) => order(a) - order(b) || a.span.start - b.span.start,
    );
  }
}
