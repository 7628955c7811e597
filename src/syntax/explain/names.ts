/** Reserved words where a name belongs. */
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import { is, retag, spanOf } from "../token.ts";
import type { Rule } from "./fault.ts";

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
