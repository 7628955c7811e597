/**
 * Sizes that are not fixed, as other frameworks declare them: `[None, 3, H, W]`, `[-1, 3, H, W]`
 * and `[?, 3, H, W]`. Here such a size has a name.
 */
import type { IToken } from "chevrotain";
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Findings } from "../findings.ts";
import { endOf, is, isClosing, isOpening, tokenAt } from "../token.ts";

/** By their places in a shape. */
const NAMES = ["N", "C", "H", "W"];

/** Most programs have none, and need not be looked at token by token. */
const MENTIONED = /\b(?:None|null)\b|\?|-1/;

/** Tokens of `-1`. */
const LONGEST = 2;

const ANY = /^(?:None|null|\?|-1)$/;

interface Open {
  /** The first token of the size that is being read. */
  start: number;
  /** How many sizes stand before it. */
  position: number;
}

export function nameOpenSizes(
  tokens: readonly IToken[],
  text: string,
  findings: Findings,
): readonly IToken[] {
  if (!MENTIONED.test(text)) return tokens;
  const named: IToken[] = [];
  const open: Open[] = [];
  let inHead = false;
  for (const token of tokens) {
    if (is(token, t.Model, t.Block)) inHead = true;
    else if (is(token, t.LeftBrace, t.Where)) inHead = false;
    const shape = inHead ? open.at(-1) : undefined;
    if (shape !== undefined && (is(token, t.Comma) || isClosing(token))) nameSize(shape);
    if (isClosing(token)) open.pop();
    named.push(token);
    if (is(token, t.Comma) && shape !== undefined) {
      shape.start = named.length;
      shape.position++;
    }
    if (isOpening(token)) open.push({ start: named.length, position: 0 });
  }
  return named;

  function nameSize({ start, position }: Open): void {
    const name = NAMES.at(position);
    const length = named.length - start;
    if (name === undefined || length < 1 || length > LONGEST) return;
    const [first, last] = [named[start], named[named.length - 1]];
    const span = { file: findings.file, start: first.startOffset, end: endOf(last) };
    const written = text.slice(span.start, span.end);
    if (!ANY.test(written)) return;
    const what = problem("CNN1015", { found: written, write: name });
    findings.reportHabit(what, span, "give it a name", { span, text: name });
    named.splice(start, length, tokenAt(t.Identifier, name, span.start, span.end));
  }
}
