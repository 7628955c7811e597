/**
 * One mistake, one message: what is made wrong in the same way at several places is said once,
 * with all of its places. `pad: 1` in every convolution is one habit of another framework.
 */
import type { Code } from "../diagnostics/catalogue.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { placeAll } from "../diagnostics/place.ts";

/** Mistakes in writing a call, whose facts say all that there is to say. */
const HABITS: ReadonlySet<Code> = new Set<Code>(["CNN3004", "CNN3005", "CNN3030"]);

export function joinAlike(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const { code, facts, span } = diagnostic;
    const key = HABITS.has(code) ? `${code} ${span.file} ${JSON.stringify(facts)}` : groups.size;
    const group = groups.get(String(key));
    if (group === undefined) groups.set(String(key), [diagnostic]);
    else group.push(diagnostic);
  }
  return [...groups.values()].map((group) =>
    group.length === 1
      ? group[0]
      : placeAll(
          group[0],
          group.map(({ span }) => span),
        ),
  );
}
