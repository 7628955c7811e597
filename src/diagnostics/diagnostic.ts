/**
 * A diagnostic is a value: a code of the catalogue, the facts its text is made of, and
 * the places it speaks of. Text is made once, in `render.ts`.
 */
import type { Code, FactsOf } from "./catalogue.ts";
import type { Severity } from "./severity.ts";
import type { Span } from "./span.ts";

/** A second place with a few words: `28×28 became 4×4 here`. */
export interface Label {
  readonly span: Span;
  readonly text: string;
}

/** A change of the source that was checked to remove the error. */
export interface Fix {
  /** What it does, as an instruction: ``add `padding: 1` ``. */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** Replaces the text of `span`; an empty span inserts. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/**
 * What is wrong, without where: what layers and other parts without source places return.
 * `argument` names the parameter to point at, where one is to blame.
 */
export interface Problem<C extends Code = Code> {
  readonly code: C;
  readonly facts: FactsOf<C>;
  readonly argument?: string;
  /** The sizes at fault, so that the checker can show where they came from. */
  readonly blame?: readonly Blame[];
}

/** One axis of one input tensor; without `axis`, height and width. */
export interface Blame {
  readonly input: number;
  readonly axis?: number;
}

/**
 * One mistake or warning, told once, with all of its places. `renderDiagnostics` makes text of it.
 */
export interface Diagnostic<C extends Code = Code> extends Problem<C> {
  readonly severity: Severity;
  /** The place of the mistake. */
  readonly span: Span;
  /** All places, `span` first, where the same mistake is made at several. */
  readonly places?: readonly Span[];
  /** Where the offending size or name came from. */
  readonly related: readonly Label[];
  /** Further lines below the source, such as a size's history. */
  readonly notes: readonly string[];
  /** Remedies beyond those of the catalogue. */
  readonly help: readonly string[];
  readonly fix?: Fix;
  /** What the model could promise of its named sizes, so that the mistake cannot happen. */
  readonly promises?: readonly SizePromise[];
}

/** `name % divisor == remainder`. */
export interface SizePromise {
  readonly name: string;
  readonly divisor: number;
  readonly remainder: number;
}

/** A broken invariant of the compiler itself: never the user's mistake. */
export class InternalFault extends Error {
  override readonly name = "InternalFault";
  constructor(invariant: string) {
    super(`internal fault: ${invariant}. This is a mistake in cnn-lang, not in your program`);
  }
}

/** A problem of this code: the one way to make one, so that facts are checked against the code. */
export function problem<C extends Code>(code: C, facts: FactsOf<C>, argument?: string): Problem<C> {
  return argument === undefined ? { code, facts } : { code, facts, argument };
}
