/** Carries out the edits of a fix. */
import type { Edit } from "./diagnostic.ts";

/** The text with the edits made; edits must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let from = 0;
  const forwards = [...edits].sort(
    (a, b) => a.span.start - b.span.start || a.span.end - b.span.end,
  );
  for (const { span, text: inserted } of forwards) {
    parts.push(text.slice(from, span.start), inserted);
    from = span.end;
  }
  return parts.join("") + text.slice(from);
}
