/** `=` where `:` or `==` belongs, and the other way round. */
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import { describe, is, isOpening, retag, startsOperand, virtual } from "../token.ts";
import { type Explanation, type Fault, type Rule, gapBefore, spanOfFault } from "./fault.ts";

/** `conv(6, kernel=5)` and `epochs = 5`. */
export const equalsForColon: Rule = (fault) => {
  const { token, before, tokens, index, rule } = fault;
  if (token?.tokenType !== t.Equals || before === undefined) return undefined;
  const isNamed = is(before, t.Identifier);
  const opens = index >= 2 && (isOpening(tokens[index - 2]) || is(tokens[index - 2], t.Comma));
  const isArgument = isNamed && opens && (rule === "suffix" || rule === "attribute");
  const isSetting = rule === "setting" && fault.expected === t.Colon.LABEL;
  if (!isArgument && !isSetting) return undefined;
  return exchange(fault, isArgument ? "an argument" : "a setting", ":");
};

/** `let x: …` and `const A: 64`. */
export const colonForEquals: Rule = (fault) => {
  const { token, before, rule, expected } = fault;
  if (token?.tokenType !== t.Colon || expected !== t.Equals.LABEL) return undefined;
  if (before === undefined || (rule !== "let" && rule !== "const")) return undefined;
  return exchange(fault, `a \`${rule}\``, "=");
};

function exchange(fault: Fault, what: string, write: ":" | "="): Explanation | undefined {
  const { token, before, index, text } = fault;
  if (token === undefined || before === undefined) return undefined;
  const span = spanOfFault(fault);
  const facts = { name: before.image, found: token.image, write, what };
  const spaced = {
    ...span,
    start: write === ":" ? span.start - blanksBefore(text, span.start) : span.start,
  };
  const padded = write === ":" && /\S/.test(text.charAt(span.end)) ? ": " : write;
  const type = write === ":" ? t.Colon : t.Equals;
  return {
    problem: problem("CNN1041", facts),
    span,
    isHabit: true,
    fix: { title: `write \`${write}\``, edits: [{ span: spaced, text: padded }] },
    edit: { from: index, to: index + 1, insert: [retag(token, type)] },
  };
}

function blanksBefore(text: string, offset: number): number {
  let start = offset;
  while (text.charAt(start - 1) === " ") start--;
  return offset - start;
}

/** `if stride = 1 { … }`, `where H % 4 = 0 {`. */
export const equalsForEquality: Rule = (fault) => {
  const { token, index, rule, expected } = fault;
  const wantsBody = rule === "body" && expected === t.LeftBrace.LABEL;
  if (token?.tokenType !== t.Equals || !wantsBody) return undefined;
  const span = spanOfFault(fault);
  return {
    problem: problem("CNN1046", {}),
    span,
    fix: { title: "write `==`", edits: [{ span, text: "==" }] },
    edit: { from: index, to: index + 1, insert: [retag(token, t.EqualEqual, "==")] },
  };
};

/** `let x image -> relu` */
export const missingEquals: Rule = (fault) => {
  const { token, before, index, rule, expected } = fault;
  if (expected !== t.Equals.LABEL || (rule !== "let" && rule !== "const")) return undefined;
  if (token === undefined || !is(before, t.Identifier, t.RightParen)) return undefined;
  if (!startsOperand(token)) return undefined;
  const gap = gapBefore(fault);
  return {
    problem: problem("CNN1001", { expected: "`=` before the value", found: describe(token) }),
    span: spanOfFault(fault),
    fix: { title: "add `=`", edits: [{ span: gap, text: " =" }] },
    edit: { from: index, to: index, insert: [virtual(t.Equals, gap.start)] },
  };
};
