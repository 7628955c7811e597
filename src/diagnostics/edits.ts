/** Carries out the edits of a fix. */
import type { Edit } from "./diagnostic.ts";

/** The text with the edits made; edits must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const backwards = [...edits].sort((a, b) => b.span.start - a.span.start);
  return backwards.reduce(
    (changed, { span, text: inserted }) =>
      changed.slice(0, span.start) + inserted + changed.slice(span.end),
    text,
  );
}
