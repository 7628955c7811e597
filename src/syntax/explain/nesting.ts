/** Things that stand only at the top of a file, inside of a body. */
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import { closingOf } from "../holes.ts";
import { is, retag, spanOf } from "../token.ts";
import { type Fault, type Rule } from "./fault.ts";

const isInside = ({ stack }: Fault): boolean => stack.includes("body") || stack.includes("train");

/** `const` in a body is a `let`. */
export const constInside: Rule = (fault) => {
  const { token, next, index, file } = fault;
  if (token?.tokenType !== t.Const || !is(next, t.Identifier) || !isInside(fault)) return undefined;
  const span = spanOf(token, file);
  const facts = { found: "const", write: "let", where: "inside of a body" };
  return {
    problem: problem("CNN1052", facts),
    span,
    fix: { title: "write `let`", edits: [{ span, text: "let" }] },
    edit: { from: index, to: index + 1, insert: [retag(token, t.Let)] },
  };
};

export const itemInside: Rule = (fault) => {
  const { token, next, tokens, index, file } = fault;
  const isItem =
    (is(token, t.Model, t.Block, t.Train) && is(next, t.Identifier)) ||
    (is(token, t.Import) && is(next, t.LeftBrace));
  if (token === undefined || !isItem || !isInside(fault)) return undefined;
  const brace = tokens.findIndex((other, i) => i > index && is(other, t.LeftBrace));
  const end = brace < 0 ? tokens.length - 1 : closingOf(tokens, brace) + 1;
  return {
    problem: problem("CNN1053", { word: token.image }),
    span: spanOf(token, file),
    edit: { from: index, to: Math.max(end, index + 1), insert: [] },
  };
};

export const attributeInside: Rule = (fault) => {
  const { token, next, tokens, index, file } = fault;
  if (token?.tokenType !== t.At || next === undefined || !is(next, t.Identifier)) return undefined;
  if (!isInside(fault)) return undefined;
  const hasArguments = is(tokens.at(index + 2), t.LeftParen);
  const end = hasArguments ? closingOf(tokens, index + 2) + 1 : index + 2;
  return {
    problem: problem("CNN1050", { name: next.image }),
    span: { ...spanOf(token, file), end: spanOf(next, file).end },
    edit: { from: index, to: end, insert: [] },
  };
};
