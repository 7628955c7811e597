/** Where the items of a file begin, told by brackets and words alone. */
import type { IToken } from "chevrotain";
import * as t from "../../grammar/tokens.ts";
import { is, isClosing, isOpening } from "./token.ts";

/** Indices in ascending order, the first token always among them; brackets pair. */
export function itemStarts(tokens: readonly IToken[]): readonly number[] {
  const starts = [0];
  let depth = 0;
  /** Attributes belong to the item below them. */
  let onlyAttributes = false;
  tokens.forEach((token, index) => {
    if (isClosing(token)) depth--;
    if (depth === 0) {
      const isWord = is(token, t.Import, t.Const, t.Block, t.Model, t.Train);
      const isAttribute = is(token, t.At, t.Identifier, t.LeftParen, t.RightParen);
      const begins = (isWord || is(token, t.At)) && !onlyAttributes;
      if (begins && index > 0) starts.push(index);
      onlyAttributes = is(token, t.At) || (onlyAttributes && isAttribute);
    }
    if (isOpening(token)) depth++;
  });
  return starts;
}
