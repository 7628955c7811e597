/**
 * Fixes: small edits that would mend a mistake. Each is tried before it is offered: the
 * edited program is checked again, and the fix is kept only if the mistake is gone and
 * nothing new is wrong.
 */
import { type Code, catalogue } from "../../diagnostics/catalogue.ts";
import type { Diagnostic, Fix } from "../../diagnostics/diagnostic.ts";
import { applyEdits } from "../../diagnostics/edits.ts";
import type { Source } from "../../diagnostics/span.ts";
import type { Program } from "../../syntax/ast.ts";
import type { Effort } from "./effort.ts";
import { proposals } from "./propose.ts";
import { formatPromises } from "./proposals/promise.ts";

export interface Attempt {
  readonly source: Source;
  readonly program: Program;
  /** Checks a changed program without looking for remedies. */
  readonly check: (changed: Source) => readonly Diagnostic[];
  readonly effort: Effort;
}

/** The diagnostics of a program, with a fix where one of the proposals mends the mistake. */
export function withFixes(
  diagnostics: readonly Diagnostic[],
  attempt: Attempt,
): readonly Diagnostic[] {
  const counts = countCodes(diagnostics);
  return diagnostics.map((diagnostic) => {
    if (diagnostic.fix !== undefined) return diagnostic;
    const fix = firstThatMends(diagnostic, counts, attempt);
    if (fix !== undefined) return { ...diagnostic, fix };
    if (diagnostic.promises === undefined) return diagnostic;
    const conditions = formatPromises(diagnostic.promises);
    const advice = `promise \`where ${conditions}\` behind the model's result type`;
    return { ...diagnostic, help: [...diagnostic.help, advice] };
  });
}

function firstThatMends(
  diagnostic: Diagnostic,
  before: Counts,
  { source, program, check, effort }: Attempt,
): Fix | undefined {
  // To find proposals takes a walk over the program, which thousands of messages cannot each have.
  if (effort.isSpent) return undefined;
  return proposals(diagnostic, source, program).find(({ edits }) => {
    if (!effort.allowsAnother()) return false;
    const after = check({ name: source.name, text: applyEdits(source.text, edits) });
    return mends(diagnostic.code, before, countCodes(after));
  });
}

type Counts = ReadonlyMap<Code, number>;

function countCodes(diagnostics: readonly Diagnostic[]): Counts {
  const counts = new Map<Code, number>();
  for (const { code } of diagnostics) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

/**
 * The mistake is one less, and no other kind of mistake is more. Without an error lints look at
 * the program for the first time, so that warnings are no argument against mending one.
 */
function mends(code: Code, before: Counts, after: Counts): boolean {
  if ((after.get(code) ?? 0) >= (before.get(code) ?? 0)) return false;
  const { severity } = catalogue[code];
  return [...after].every(
    ([other, count]) =>
      count <= (before.get(other) ?? 0) ||
      (severity === "error" && catalogue[other].severity === "warning"),
  );
}
