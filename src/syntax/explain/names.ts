/** Reserved words where a name belongs, and names that are missing. */
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import { describe, is, retag, spanOf, tokenAt } from "../token.ts";
import { type Rule, gapBefore, spanOfFault } from "./fault.ts";

export const reservedName: Rule = ({ token, before, next, index, expected, file }) => {
  if (token === undefined || !is(token, t.Keyword)) return undefined;
  const isNamed = expected === t.Identifier.LABEL && !is(next, t.LeftBrace, t.Keyword);
  const isLabel = is(next, t.Colon) && !is(token, t.Else);
  const isBound = is(next, t.Equals) || is(before, t.Dot);
  if (!isNamed && !isLabel && !isBound) return undefined;
  const span = spanOf(token, file);
  const stepLabel = isLabel && is(before, t.Arrow, t.LeftBrace);
  const write = stepLabel ? `"${token.image}"` : `${token.image}_`;
  return {
    problem: problem("CNN1013", { word: token.image, label: stepLabel }),
    span,
    fix: stepLabel ? { title: `write \`${write}\``, edits: [{ span, text: write }] } : undefined,
    edit: { from: index, to: index + 1, insert: [retag(token, t.Identifier)] },
  };
};

/** `model(image: [N, 3, 32, 32]) { … }` */
export const unnamed: Rule = (fault) => {
  const { token, index, rule, expected } = fault;
  if (expected !== t.Identifier.LABEL || !is(token, t.LeftParen)) return undefined;
  if (rule !== "signature") return undefined;
  const gap = { ...gapBefore(fault), end: spanOfFault(fault).start };
  const name = is(fault.before, t.Model) ? "Net" : "Part";
  return {
    problem: problem("CNN1001", { expected: "a name", found: describe(token) }),
    span: spanOfFault(fault),
    fix: { title: `call it \`${name}\``, edits: [{ span: gap, text: ` ${name}` }] },
    edit: { from: index, to: index, insert: [tokenAt(t.Identifier, name, gap.end, gap.end)] },
  };
};
