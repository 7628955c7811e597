/** What every part of the tree builder has at hand. */
import type { IToken } from "chevrotain";
import * as t from "../../../grammar/tokens.ts";
import type { Span } from "../../diagnostics/span.ts";
import type { Missing, Name } from "../ast.ts";
import type { Findings } from "../findings.ts";
import { endOf } from "../token.ts";

export interface BuildContext {
  readonly file: string;
  readonly text: string;
  readonly findings: Findings;
  /** Tensors among the parameters of the declaration whose body is read. */
  readonly inputs?: ReadonlySet<string>;
}

export function spanBetween(context: BuildContext, first: IToken, last: IToken = first): Span {
  return { file: context.file, start: first.startOffset, end: endOf(last) };
}

export function textOf(context: BuildContext, span: Span): string {
  return context.text.slice(span.start, span.end);
}

/** Undefined for a hole, of which no more is to be said. */
export function nameOf(context: BuildContext, token: IToken): Name | undefined {
  if (token.tokenType === t.Hole) return undefined;
  return { kind: "name", text: token.image, span: spanBetween(context, token) };
}

export function namesOf(context: BuildContext, tokens: readonly IToken[]): readonly Name[] {
  return tokens.map((token) => nameOf(context, token)).filter((name) => name !== undefined);
}

export function missing(span: Span): Missing {
  return { kind: "missing", span };
}
