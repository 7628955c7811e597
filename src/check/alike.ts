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
    const key = habitOf(diagnostic) ?? String(groups.size);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [diagnostic]);
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

function habitOf(diagnostic: Diagnostic): string | undefined {
  const { code, facts, span } = diagnostic;
  if (isUnknownParameter(diagnostic) && diagnostic.facts.nearest !== undefined) {
    // The same word is wrong in every layer.
    const { name, nearest } = diagnostic.facts;
    return `${code} ${span.file} ${name} ${nearest}`;
  }
  return HABITS.has(code) ? `${code} ${span.file} ${JSON.stringify(facts)}` : undefined;
}

function isUnknownParameter(diagnostic: Diagnostic): diagnostic is Diagnostic<"CNN3004"> {
  return diagnostic.code === "CNN3004";
}
