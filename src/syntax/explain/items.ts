/** What stands at the top of a file and begins no item. */
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import { closingOf } from "../holes.ts";
import { describe, endOf, is, retag, spanOf, virtual } from "../token.ts";
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

/** `import resnet18 from "./resnet18.cnn"`, as a default export is imported. */
export const importWithoutBraces: Rule = (fault) => {
  const { token, tokens, index, rule, expected, file } = fault;
  if (rule !== "import" || expected !== t.LeftBrace.LABEL) return undefined;
  const from = tokens.findIndex((other, i) => i > index && is(other, t.From));
  if (token === undefined || from < 0) return undefined;
  const span = { file, start: token.startOffset, end: endOf(tokens[from - 1]) };
  const names = tokens.slice(index, from);
  return {
    problem: problem("CNN1001", { expected: "the names in braces", found: describe(token) }),
    span,
    fix: {
      title: "put the braces around",
      edits: [
        { span: { ...span, end: span.start }, text: "{ " },
        { span: { ...span, start: span.end }, text: " }" },
      ],
    },
    edit: {
      from: index,
      to: from,
      insert: [virtual(t.LeftBrace, span.start), ...names, virtual(t.RightBrace, span.end)],
    },
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
