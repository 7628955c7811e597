/** Calls, fields and indices behind an operand; only a name can be called. */
import type { IToken } from "chevrotain";
import { problem } from "../../diagnostics/diagnostic.ts";
import { type Span, cover } from "../../diagnostics/span.ts";
import type { Argument, Expression } from "../ast.ts";
import { type BuildContext, missing, nameOf, spanBetween, textOf } from "./context.ts";
import { LONGEST_CHAIN, reportLongChain } from "./precedence.ts";

interface CallSuffix {
  readonly kind: "call";
  readonly arguments: readonly Argument[];
  readonly last: IToken;
}

/** `last` is the token with which the suffix ends, a field's name among them. */
export type Suffix =
  | CallSuffix
  | { readonly kind: "index"; readonly index: Expression; readonly last: IToken }
  | { readonly kind: "field"; readonly last: IToken };

export function withSuffixes(
  context: BuildContext,
  base: Expression,
  suffixes: readonly Suffix[],
): Expression {
  const end = suffixes.at(-1)?.last;
  if (end !== undefined && suffixes.length > LONGEST_CHAIN) {
    const span = cover(base.span, spanBetween(context, end));
    reportLongChain(context, span, suffixes.length);
    return missing(span);
  }
  return suffixes.reduce<Expression>((value, suffix) => withSuffix(context, value, suffix), base);
}

function withSuffix(context: BuildContext, value: Expression, suffix: Suffix): Expression {
  const span = cover(value.span, spanBetween(context, suffix.last));
  if (value.kind === "missing") return missing(span);
  switch (suffix.kind) {
    case "index":
      return { kind: "index", object: value, index: suffix.index, span };
    case "field": {
      const name = nameOf(context, suffix.last);
      return name === undefined ? missing(span) : { kind: "field", object: value, name, span };
    }
    case "call":
      if (value.kind === "name") {
        return { kind: "call", callee: value, arguments: suffix.arguments, span };
      }
      reportCall(context, value, suffix);
      return missing(span);
    default:
      return suffix satisfies never;
  }
}

/** `conv(64)(x)`, and what `mendMethods` left: a method beside an operator. */
function reportCall(context: BuildContext, callee: Expression, call: CallSuffix): void {
  if (callee.kind === "field") {
    const { name } = callee;
    context.findings.report(problem("CNN1043", { name: name.text }), name.span);
    return;
  }
  const [input, ...surplus] = call.arguments;
  const span = cover(callee.span, spanBetween(context, call.last));
  const what = problem("CNN1048", {});
  if (input === undefined || surplus.length > 0 || callee.kind !== "call") {
    context.findings.report(what, callee.span);
    return;
  }
  const pipeline = `${textOf(context, input.value.span)} -> ${textOf(context, callee.span)}`;
  const edit = { span, text: isOperand(context, span) ? `(${pipeline})` : pipeline };
  context.findings.reportHabit(what, callee.span, "write `->`", edit);
}

/** Whether an operator stands beside the expression, which an arrow would take apart. */
function isOperand({ text }: BuildContext, { start, end }: Span): boolean {
  const before = /[-+*/%]\s*$/.test(text.slice(Math.max(0, start - 20), start));
  return before || /^\s*(?:[+*/%]|-(?!>))/.test(text.slice(end, end + 20));
}
