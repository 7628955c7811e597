/** `->` with nothing on one of its sides, and the one before a result's shape. */
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import { fillStep } from "../holes.ts";
import type { Span } from "../../diagnostics/span.ts";
import { describe, endOf, is, retag, spanOf, virtual } from "../token.ts";
import { type Rule, gapBefore, spanOfFault } from "./fault.ts";

/** `image -> }`, `image -> -> relu` */
export const arrowWithoutLayer: Rule = (fault) => {
  const { token, before, rule, file } = fault;
  if (before?.tokenType !== t.Arrow || rule !== "operand") return undefined;
  if (token !== undefined && !is(token, ...endsOfStep)) return undefined;
  return {
    problem: problem("CNN1039", { side: "after" }),
    span: spanOf(before, file),
    edit: fillStep(fault),
  };
};

const endsOfStep = [t.Arrow, t.RightBrace, t.RightParen, t.RightBracket, t.Comma, t.Let];

/** `{ -> relu }`, `let x = -> relu` */
export const arrowWithoutValue: Rule = (fault) => {
  const { token, before, index } = fault;
  if (token?.tokenType !== t.Arrow) return undefined;
  if (!is(before, t.LeftBrace, t.LeftParen, t.LeftBracket, t.Comma, t.Equals, t.Colon)) {
    return undefined;
  }
  return {
    problem: problem("CNN1039", { side: "before" }),
    span: spanOfFault(fault),
    edit: { from: index, to: index + 1, insert: [] },
  };
};

/** `model A(x: [N, 4]) [N, 2] {` and `model A(x: [N, 4]): [N, 2] {` */
export const missingResultArrow: Rule = (fault) => {
  const { token, next, index, stack } = fault;
  const isHeader = ["model", "block"].includes(stack.at(-2) ?? "") && fault.rule === "body";
  if (!isHeader || token === undefined || fault.expected !== t.LeftBrace.LABEL) return undefined;
  const isColon = is(token, t.Colon) && is(next, t.LeftBracket, t.LeftBrace);
  if (!isColon && !is(token, t.LeftBracket)) return undefined;
  const span = isColon ? spanOfFault(fault) : gapBefore(fault);
  const facts = { expected: "`->` before the shape of the result", found: describe(token) };
  return {
    problem: problem("CNN1001", facts),
    span: spanOfFault(fault),
    fix: { title: "add `->`", edits: [{ span, text: " ->" }] },
    edit: isColon
      ? { from: index, to: index + 1, insert: [retag(token, t.Arrow)] }
      : { from: index, to: index, insert: [virtual(t.Arrow, token.startOffset)] },
  };
};

/** `model A(x: [N, 4]) -> 10 {` and `block B(x) -> Tensor {` */
export const resultWithoutShape: Rule = (fault) => {
  const { token, before, index, stack, tokens, file } = fault;
  const isHead = ["model", "block"].includes(stack.find((rule) => rule !== "item") ?? "");
  if (!isHead || token === undefined || before?.tokenType !== t.Arrow) return undefined;
  if (!fault.expected.startsWith("the shape")) return undefined;
  const to = tokens.findIndex((other, i) => i >= index && is(other, t.LeftBrace, t.Where));
  if (to <= index) return undefined;
  const found = { file, start: token.startOffset, end: endOf(tokens[to - 1]) };
  const isSize = is(token, t.IntLiteral) && to === index + 1;
  const all = { ...found, start: before.startOffset };
  const facts = { expected: fault.expected, found: describe(token) };
  return {
    problem: problem("CNN1001", facts),
    span: found,
    fix: isSize
      ? {
          title: `write \`[N, ${token.image}]\``,
          edits: [{ span: found, text: `[N, ${token.image}]` }],
        }
      : {
          title: "leave it out: it follows from the body",
          edits: [{ span: withBlank(all), text: "" }],
        },
    edit: { from: index - 1, to, insert: [] },
  };

  /** With the space in front. */
  function withBlank(span: Span): Span {
    return {
      ...span,
      start: fault.text.charAt(span.start - 1) === " " ? span.start - 1 : span.start,
    };
  }
};
