/** Commas that are missing or one too many, and the colon before a parameter's shape. */
import type { IToken } from "chevrotain";
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import { openingOf } from "../holes.ts";
import {
  describe,
  endOf,
  endsOperand,
  is,
  isClosing,
  isOpening,
  quote,
  startsOperand,
  virtual,
} from "../token.ts";
import { type Fault, type Rule, gapBefore, spanOfFault } from "./fault.ts";

const closers = new Set([t.RightParen.LABEL, t.RightBracket.LABEL]);
const bracedLists = new Set(["import", "recordType"]);

/** `conv(6 kernel: 5)`, `[N 10]` */
export const missingComma: Rule = (fault) => {
  const { token, before, index, expected, rule } = fault;
  const isList = closers.has(expected) || (bracedLists.has(rule) && expected === "`}`");
  if (!isList || before === undefined || token === undefined) return undefined;
  if (!endsOperand(before) || !startsOperand(token)) return undefined;
  const span = gapBefore(fault);
  return {
    problem: problem("CNN1040", { before: itemBefore(fault), after: quote(token.image) }),
    span: spanOfFault(fault),
    fix: { title: "add the comma", edits: [{ span, text: "," }] },
    edit: { from: index, to: index, insert: [virtual(t.Comma, span.end)] },
  };
};

/** `conv(6, kernel 5)`: a name and its value. */
export const missingArgumentColon: Rule = (fault) => {
  const { token, before, tokens, index, rule } = fault;
  if (rule !== "suffix" || token === undefined || before === undefined) return undefined;
  const opens = isOpening(tokens[index - 2]) || is(tokens[index - 2], t.Comma);
  if (!is(before, t.Identifier) || !opens || !is(token, ...literals)) return undefined;
  const facts = {
    expected: `\`:\` between \`${before.image}\` and its value`,
    found: describe(token),
  };
  const gap = gapBefore(fault);
  return {
    problem: problem("CNN1001", facts),
    span: spanOfFault(fault),
    fix: { title: "add `:`", edits: [{ span: gap, text: ":" }] },
    edit: { from: index, to: index, insert: [virtual(t.Colon, gap.start)] },
  };
};

const literals = [t.IntLiteral, t.FloatLiteral, t.StringLiteral, t.True, t.False];

/** The text of the operand that ends before the fault, with its brackets. */
function itemBefore({ tokens, index, text }: Fault): string {
  const from = isClosing(tokens[index - 1]) ? openingOf(tokens, index - 1) : index - 1;
  const isCall = is(tokens[from], t.CallParen, t.IndexBracket);
  return quote(text.slice(tokens[isCall ? from - 1 : from].startOffset, endOf(tokens[index - 1])));
}

/** `conv(6,, 5)`, `conv(, 6)`, and commas between the settings of `train`. */
export const superfluousComma: Rule = (fault) => {
  const { token, before, index, rule } = fault;
  if (token?.tokenType !== t.Comma) return undefined;
  const where = placeOf(before, rule);
  if (where === undefined) return undefined;
  const span = spanOfFault(fault);
  return {
    problem: problem("CNN1011", { sign: ",", where }),
    span,
    isHabit: rule === "train",
    fix: { title: "remove the comma", edits: [{ span, text: "" }] },
    edit: { from: index, to: index + 1, insert: [] },
  };
};

function placeOf(before: IToken | undefined, rule: string): string | undefined {
  if (rule === "train") return "between settings";
  if (before?.tokenType === t.Comma) return "after another";
  return isOpening(before) ? "before the first item" : undefined;
}

/** `model A(x [N, 4])` */
export const missingColon: Rule = (fault) => {
  const { token, before, index, rule } = fault;
  if (rule !== "signature" || fault.expected !== t.RightParen.LABEL) return undefined;
  if (before === undefined || token === undefined || !is(before, t.Identifier)) return undefined;
  if (!is(token, t.LeftBracket)) return undefined;
  const facts = {
    expected: `\`:\` between \`${before.image}\` and its shape`,
    found: describe(token),
  };
  return {
    problem: problem("CNN1001", facts),
    span: spanOfFault(fault),
    fix: { title: "add `:`", edits: [{ span: gapBefore(fault), text: ":" }] },
    edit: { from: index, to: index, insert: [virtual(t.Colon, token.startOffset)] },
  };
};
