/** What stands at the top of a file and begins no item. */
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import { closingOf } from "../holes.ts";
import { describe, is, retag, spanOf, virtual } from "../token.ts";
import { type Rule, spanOfFault } from "./fault.ts";

/** `let x = …` outside of a body is a `const`. */
export const wrongBinder: Rule = ({ token, next, index, rule, file }) => {
  if (rule !== "item" || token?.tokenType !== t.Let || !is(next, t.Identifier)) return undefined;
  const span = spanOf(token, file);
  const facts = { found: "let", write: "const", where: "outside of a body" };
  return {
    problem: problem("CNN1052", facts),
    span,
    fix: { title: "write `const`", edits: [{ span, text: "const" }] },
    edit: { from: index, to: index + 1, insert: [retag(token, t.Const)] },
  };
};

/** `LeNet5(image: …) { … }` and `WIDTH = 64` lack their word. */
export const undeclaredItem: Rule = ({ token, next, tokens, index, rule, file }) => {
  if (rule !== "item" || token === undefined || !is(token, t.Identifier)) return undefined;
  const isConst = is(next, t.Equals);
  if (!isConst && !is(next, t.LeftParen)) return undefined;
  const follows = isConst ? undefined : tokens.at(closingOf(tokens, index + 1) + 1);
  if (!isConst && !is(follows, t.Arrow, t.LeftBrace, t.Where)) return undefined;
  const [type, word] = isConst
    ? [t.Const, "const"]
    : is(follows, t.Arrow)
      ? [t.Model, "model"]
      : [t.Block, "block"];
  const span = spanOf(token, file);
  const start = { ...span, end: span.start };
  return {
    problem: problem("CNN1051", { name: token.image, word }),
    span,
    fix: { title: `add \`${word}\``, edits: [{ span: start, text: `${word} ` }] },
    edit: { from: index, to: index, insert: [virtual(type, span.start)] },
  };
};

export const textOutsideItems: Rule = (fault) => {
  if (fault.rule !== "item") return undefined;
  return {
    problem: problem("CNN1054", { found: describe(fault.token) }),
    span: spanOfFault(fault),
    edit: { from: 0, to: fault.tokens.length, insert: [] },
  };
};
