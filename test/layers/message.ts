/** The words of a layer's problem, line by line, as a message shows them. */
import { type Code, type FactsOf, catalogue } from "../../src/diagnostics/catalogue.ts";
import type { Problem } from "../../src/diagnostics/diagnostic.ts";
import type { Entry } from "../../src/diagnostics/entry.ts";
import type { Dim } from "../../src/graph/dim.ts";
import type { PlainArguments } from "./arguments.ts";
import { outcome } from "./outcome.ts";

function wordsOf<C extends Code>({ code, facts }: Problem<C>): readonly string[] {
  const entry: Entry<FactsOf<C>> = catalogue[code];
  return [
    `${code}: ${entry.title(facts)}`,
    `^ ${entry.label(facts)}`,
    ...(entry.notes?.(facts) ?? []).map((note) => `= ${note}`),
    ...(entry.help?.(facts) ?? []).map((help) => `help: ${help}`),
  ];
}

/** What is said of these arguments and input shapes. */
export function message(
  kind: string,
  given: PlainArguments,
  ...inputs: readonly (readonly Dim[])[]
): readonly string[] {
  const result = outcome(kind, given, ...inputs);
  return "problem" in result ? wordsOf(result.problem) : ["no problem"];
}
