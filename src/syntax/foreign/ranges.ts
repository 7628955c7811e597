/** `repeat i in range(3)`: a range is written `0..3`. */
import type { IToken } from "chevrotain";
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Findings } from "../findings.ts";
import { closingBrackets } from "../holes.ts";
import { endOf, is, isClosing, isOpening, retag, tokenAt } from "../token.ts";

export function mendRanges(
  tokens: readonly IToken[],
  text: string,
  findings: Findings,
): readonly IToken[] {
  if (!text.includes("range")) return tokens;
  const closing = closingBrackets(tokens);
  const mended: IToken[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const close = isRange(tokens, index) ? closing.get(index + 1) : undefined;
    if (close !== undefined) {
      mended.push(...readRange(tokens, index, close, text, findings));
      index = close;
    } else mended.push(tokens[index]);
  }
  return mended;
}

function isRange(tokens: readonly IToken[], index: number): boolean {
  const isCall = tokens[index].image === "range" && is(tokens[index + 1], t.CallParen);
  return isCall && is(tokens[index - 1], t.In);
}

/** `range(n)` and `range(from, to)`; a step is left out. */
function readRange(
  tokens: readonly IToken[],
  index: number,
  close: number,
  text: string,
  findings: Findings,
): readonly IToken[] {
  const [word, bounds] = [tokens[index], partsOf(tokens.slice(index + 2, close))];
  const span = { file: findings.file, start: word.startOffset, end: endOf(tokens[close]) };
  const zero = tokenAt(t.IntLiteral, "0", span.start, span.start);
  const [from, to] = bounds.length === 1 ? [[zero], bounds[0]] : bounds;
  if (to === undefined || to.length === 0 || from.length === 0)
    return tokens.slice(index, close + 1);
  const textOf = (part: readonly IToken[]): string =>
    part[0] === zero ? "0" : text.slice(part[0].startOffset, endOf(part[part.length - 1]));
  const written = `${textOf(from)}..${textOf(to)}`;
  const edits = [{ span, text: written }];
  findings.report(problem("CNN1038", { form: "call", write: written }), span, {
    fix: { title: `write \`${written}\``, edits },
  });
  return [...from, retag(word, t.DotDot, ".."), ...to];
}

/** What stands between the commas that are in no brackets. */
function partsOf(tokens: readonly IToken[]): readonly (readonly IToken[])[] {
  const parts: IToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isOpening(token)) depth++;
    if (isClosing(token)) depth--;
    if (depth === 0 && is(token, t.Comma)) parts.push([]);
    else parts[parts.length - 1].push(token);
  }
  return parts;
}
