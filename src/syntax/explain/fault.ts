/** What the parser knows when it cannot go on, and what an explanation makes of it. */
import type { IToken } from "chevrotain";
import type { Problem } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/span.ts";
import type { FindingDetails } from "../findings.ts";
import type { TokenEdit } from "../holes.ts";
import { endOf, spanOf } from "../token.ts";

export interface Fault {
  readonly tokens: readonly IToken[];
  /** Of the token at which the parser stopped; the number of tokens at their end. */
  readonly index: number;
  readonly token: IToken | undefined;
  readonly before: IToken | undefined;
  readonly next: IToken | undefined;
  /** What follows the tokens in the file; undefined at its end. */
  readonly behind: IToken | undefined;
  /** What the grammar wanted, as its label says it. */
  readonly expected: string;
  /** Names of the grammar's rules from the outermost to the one that failed. */
  readonly stack: readonly string[];
  readonly rule: string;
  readonly text: string;
  readonly file: string;
}

export interface Explanation extends FindingDetails {
  readonly problem: Problem;
  readonly span: Span;
  /** True for what is done throughout a file: then it is said once. */
  readonly isHabit?: boolean;
  /** What lets the parser go on. */
  readonly edit: TokenEdit;
}

/** Undefined where the rule has nothing to say about the fault. */
export type Rule = (fault: Fault) => Explanation | undefined;

/** The token at fault, or the place behind the last one. */
export function spanOfFault({ token, before, file }: Fault): Span {
  if (token !== undefined) return spanOf(token, file);
  const end = before === undefined ? 0 : endOf(before);
  return { file, start: end, end };
}

/** An empty span behind the token before the fault, for what is missing there. */
export function gapBefore({ before, file }: Fault): Span {
  const end = before === undefined ? 0 : endOf(before);
  return { file, start: end, end };
}
