/** Calls, fields and indices behind an operand; only a name can be called. */
import type { IToken } from "chevrotain";
import { problem } from "../../diagnostics/diagnostic.ts";
import { cover } from "../../diagnostics/span.ts";
import type { Argument, Expression } from "../ast.ts";
import { type BuildContext, missing, nameOf, spanBetween, textOf } from "./context.ts";
import { LONGEST_CHAIN, reportLongChain } from "./precedence.ts";

/** `last` is the token with which the suffix ends, a field's name among them. */
export type Suffix =
  | { readonly kind: "call"; readonly arguments: readonly Argument[]; readonly last: IToken }
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
      reportCall(context, value);
      return missing(span);
    default:
      return suffix satisfies never;
  }
}

/** Modules through which PyTorch's and Keras' layers are reached. */
const foreignModules = new Set([
  "nn",
  "torch",
  "F",
  "self",
  "tf",
  "keras",
  "layers",
  "torchvision",
]);

function reportCall(context: BuildContext, callee: Expression): void {
  if (callee.kind !== "field") {
    context.findings.report(problem("CNN1048", {}), callee.span);
    return;
  }
  const { object, name } = callee;
  let root = object;
  while (root.kind === "field") root = root.object;
  const foreign = root.kind === "name" && foreignModules.has(root.text);
  const dot = { ...object.span, start: object.span.end, end: name.span.start };
  const what = problem("CNN1043", { name: name.text, foreign });
  if (foreign) {
    context.findings.report(what, callee.span, {
      help: ["layers are built in: `conv(64, kernel: 3)`, `relu`, `linear(10)`"],
    });
    return;
  }
  const isPlain = textOf(context, dot) === "." && object.kind === "name";
  context.findings.report(what, name.span, {
    fix: isPlain
      ? { title: `write \`-> ${name.text}\``, edits: [{ span: dot, text: " -> " }] }
      : undefined,
  });
}
