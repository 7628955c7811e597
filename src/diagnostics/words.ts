/** What the catalogue and the checker say about one diagnostic, as plain text. */
import { type Code, catalogue } from "./catalogue.ts";
import type { Diagnostic } from "./diagnostic.ts";

export interface Words {
  readonly title: string;
  /** Stands at the caret. */
  readonly label: string;
  readonly notes: readonly string[];
  /** Remedies; without the one that the fix would carry out. */
  readonly help: readonly string[];
}

export function wordsOf<C extends Code>(diagnostic: Diagnostic<C>): Words {
  const { facts, fix } = diagnostic;
  const entry = catalogue[diagnostic.code];
  const help = [...(entry.help?.(facts) ?? []), ...diagnostic.help];
  return {
    title: entry.title(facts),
    label: entry.label(facts),
    notes: [...(entry.notes?.(facts) ?? []), ...diagnostic.notes],
    help: [...new Set(help)].filter((remedy) => remedy !== fix?.title),
  };
}
