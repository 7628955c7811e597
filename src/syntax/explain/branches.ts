/** `if`, `else` and `repeat` without their braces or their count. */
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import { fillStep, fillToEnd, openingOf } from "../holes.ts";
import { endsOperand, is, onOneLine, spanOf, virtual } from "../token.ts";
import { type Fault, type Rule, spanOfFault } from "./fault.ts";

const construct = ({ stack, rule }: Fault): string | undefined =>
  rule === "body" ? stack.at(-2) : undefined;

/** `if a: x else: y` and `repeat 3 conv(8)` */
export const missingBraces: Rule = (fault) => {
  const around = construct(fault);
  if (fault.expected !== t.LeftBrace.LABEL || (around !== "if" && around !== "repeat")) {
    return undefined;
  }
  const after = is(fault.before, t.Else) ? "else" : around;
  const isBehind = around === "if" && isBehindValue(fault);
  return {
    problem: problem("CNN1037", { after: `\`${after}\``, ...(isBehind && { isBehind }) }),
    span: spanOfFault(fault),
    edit: is(fault.token, t.Colon) ? fillToEnd(fault) : fillStep(fault),
  };
};

/** `x if a else y`, as Python chooses. */
function isBehindValue({ tokens, index, text }: Fault): boolean {
  const word = tokens.findLastIndex((token, i) => i < index && is(token, t.If));
  const before = tokens.at(word - 1);
  return (
    word > 0 && before !== undefined && endsOperand(before) && onOneLine(text, before, tokens[word])
  );
}

/** `repeat { … }`: the braces were taken for the count. */
export const missingCount: Rule = (fault) => {
  const { tokens, before, file } = fault;
  const isRepeat = construct(fault) === "repeat" && fault.expected === t.LeftBrace.LABEL;
  if (!isRepeat || !is(before, t.RightBrace)) return undefined;
  const opening = openingOf(tokens, fault.index - 1);
  const word = tokens.at(opening - 1);
  if (word?.tokenType !== t.Repeat) return undefined;
  const span = spanOf(word, file);
  return {
    problem: problem("CNN1038", { form: "count" }),
    span,
    edit: { from: opening, to: opening, insert: [virtual(t.Hole, span.end)] },
  };
};
