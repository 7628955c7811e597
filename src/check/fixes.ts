/**
 * Fixes: small edits that would mend a mistake. Each is tried before it is offered: the
 * edited program is checked again, and the fix is kept only if the mistake is gone and
 * nothing new is wrong.
 */
import type { Code } from "../diagnostics/catalogue.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { applyEdits } from "../diagnostics/edits.ts";
import type { Source } from "../diagnostics/span.ts";
import type { CheckOptions, Checked } from "./check.ts";
import { proposals } from "./proposals.ts";

/** Past so many errors, further ones are shown without a fix, so that time stays bounded. */
const MAX_TRIED = 10;

export function withFixes(
  diagnostics: readonly Diagnostic[],
  source: Source,
  options: CheckOptions,
  check: (source: Source, options: CheckOptions) => Checked,
): readonly Diagnostic[] {
  let tried = 0;
  return diagnostics.map((diagnostic) => {
    if (diagnostic.fix !== undefined || diagnostic.span.file !== source.name) return diagnostic;
    const candidates = proposals(diagnostic, source.text);
    if (candidates.length === 0 || tried >= MAX_TRIED) return diagnostic;
    tried++;
    const before = countCodes(diagnostics);
    const fix = candidates.find((candidate) => {
      const text = applyEdits(source.text, candidate.edits);
      const after = check({ name: source.name, text }, { ...options, remedies: false });
      return mends(diagnostic.code, before, countCodes(after.diagnostics));
    });
    return fix === undefined ? diagnostic : { ...diagnostic, fix };
  });
}

type Counts = ReadonlyMap<Code, number>;

function countCodes(diagnostics: readonly Diagnostic[]): Counts {
  const counts = new Map<Code, number>();
  for (const { code } of diagnostics) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

/** The mistake is one less, and no other kind of mistake is more. */
function mends(code: Code, before: Counts, after: Counts): boolean {
  if ((after.get(code) ?? 0) >= (before.get(code) ?? 0)) return false;
  return [...after].every(([other, count]) => count <= (before.get(other) ?? 0));
}
