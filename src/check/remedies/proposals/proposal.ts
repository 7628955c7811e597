/** What a proposal is made from: a diagnostic and the program that it speaks of. */
import type { Code, FactsOf } from "../../../diagnostics/catalogue.ts";
import type { Diagnostic, Fix } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/span.ts";
import type { Program } from "../../../syntax/ast.ts";

export interface Place {
  readonly span: Span;
  /** All places at which the mistake is made, `span` first. */
  readonly places: readonly Span[];
  readonly text: string;
  readonly program: Program;
  readonly related: Diagnostic["related"];
}

/** Edits that may mend a mistake, the likeliest first. Only those that do are offered. */
export type Propose<C extends Code = Code> = (facts: FactsOf<C>, place: Place) => readonly Fix[];
