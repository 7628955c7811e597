/**
 * Mends brackets of the wrong kind before the parser sees them: `conv[64, kernel: 3]`, and shapes
 * in a head that are written as Python's tuples. What was meant stands in their place.
 */
import type { IToken } from "chevrotain";
import * as t from "../../grammar/tokens.ts";
import { problem } from "../diagnostics/diagnostic.ts";
import type { Findings } from "./findings.ts";
import { endOf, is, isClosing, isOpening, retag, spanOf } from "./token.ts";

interface Open {
  readonly index: number;
  /** It stands where the head of a model or block has a shape. */
  readonly isShape: boolean;
  /** A comma or colon stands directly inside, as between arguments. */
  hasParts: boolean;
}

export function mendBrackets(
  tokens: readonly IToken[],
  text: string,
  findings: Findings,
): readonly IToken[] {
  const mended = [...tokens];
  const dropped = new Set<IToken>();
  const open: Open[] = [];
  let inHead = false;
  tokens.forEach((token, index) => {
    if (is(token, t.Model, t.Block)) inHead = is(tokens[index + 1], t.Identifier);
    else if (is(token, t.LeftBrace, t.Where)) inHead = false;
    if (isOpening(token)) {
      const isTyped = inHead && isCalled(index) && declaresShape(index - 1, open.length);
      if (isTyped) mendType(index);
      const isShape = isTyped || (inHead && declaresShape(index, open.length));
      open.push({ index, isShape, hasParts: false });
    } else if (isClosing(token)) {
      const opened = open.pop();
      if (opened !== undefined) mendPair(opened, index);
    } else if (is(token, t.Comma, t.Colon)) {
      const around = open.at(-1);
      if (around !== undefined) around.hasParts = true;
    }
  });
  return dropped.size === 0 ? mended : mended.filter((token) => !dropped.has(token));

  /** `image: Tensor[N, 3, H, W]` */
  function mendType(index: number): void {
    const name = tokens[index - 1];
    dropped.add(name);
    mended[index] = retag(tokens[index], t.LeftBracket);
    const span = spanOf(name, findings.file);
    const what = problem("CNN1024", { form: "type" });
    findings.reportHabit(what, span, "leave the word out", { span, text: "" });
  }

  /** Behind a parameter's `name:` or the `) ->` of a head; defaults hold other colons and arrows. */
  function declaresShape(index: number, depth: number): boolean {
    const [earliest, earlier, before] = [index - 3, index - 2, index - 1].map((i) => tokens[i]);
    return depth === 0
      ? is(before, t.Arrow) && is(earlier, t.RightParen)
      : depth === 1 &&
          is(before, t.Colon) &&
          is(earlier, t.Identifier) &&
          is(earliest, t.LeftParen, t.Comma);
  }

  function mendPair({ index, isShape, hasParts }: Open, close: number): void {
    const [first, last] = [tokens[index], tokens[close]];
    const span = { file: findings.file, start: first.startOffset, end: endOf(last) };
    const inside = (): string => text.slice(span.start + 1, span.end - 1);
    if (isShape && first.tokenType === t.LeftParen && is(last, t.RightParen)) {
      mended[index] = retag(first, t.LeftBracket, "[");
      mended[close] = retag(last, t.RightBracket, "]");
      const edit = { span, text: `[${inside()}]` };
      findings.reportHabit(problem("CNN1024", { form: "shape" }), span, "write `[…]`", edit);
    } else if (!isShape && hasParts && isCalled(index) && is(last, t.RightBracket)) {
      mended[index] = retag(first, t.CallParen, "(");
      mended[close] = retag(last, t.RightParen, ")");
      const edit = { span, text: `(${inside()})` };
      findings.reportHabit(problem("CNN1024", { form: "call" }), span, "write `(…)`", edit);
    }
  }

  /** A `[` that touches a name, other than the index of a size: `x.shape[0]`. */
  function isCalled(index: number): boolean {
    const isIndex = tokens[index].tokenType === t.IndexBracket;
    return isIndex && is(tokens[index - 1], t.Identifier) && !is(tokens[index - 2], t.Dot);
  }
}
