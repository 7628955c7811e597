/** One entry of the catalogue: everything that is ever said about a code. */
import type { Severity } from "./severity.ts";

/** How a code speaks: its words as functions of the facts of one case. */
export interface Entry<F> {
  readonly severity: Severity;
  /** The headline, a plain sentence without a full stop: `the kernel is larger than its input`. */
  title(facts: F): string;
  /** The words at the caret: `needs at least 5×5, gets 4×4`. */
  label(facts: F): string;
  /** Lines marked `=`: the formula with its numbers. */
  notes?(facts: F): readonly string[];
  /** Lines marked `help:`: remedies as instructions. */
  help?(facts: F): readonly string[];
  /** The long text of `cnn explain` and `docs/errors/`, Markdown: what, why, how to mend. */
  readonly explain: string;
}

export function entry<F>(content: Entry<F>): Entry<F> {
  return content;
}
