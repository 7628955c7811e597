/** Cuts what could not be read out of the token list, as little of it as possible. */
import type { IToken } from "chevrotain";
import * as t from "../../grammar/tokens.ts";
import type { Fault } from "./explain/fault.ts";
import { endOf, is, isClosing, isOpening, tokenAt } from "./token.ts";

/** Puts other tokens in the place of `[from, to)`. */
export interface TokenEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: readonly IToken[];
}

export function applyEdit(edit: TokenEdit, tokens: readonly IToken[]): readonly IToken[] {
  return [...tokens.slice(0, edit.from), ...edit.insert, ...tokens.slice(edit.to)];
}

/** A hole for the step, argument, value or name in which the fault lies. */
export function fillStep({ tokens, index }: Fault): TokenEdit {
  const from = stepStart(tokens, index);
  const to = scanForwards(tokens, index, isBoundary);
  const keepsName = to > index && is(tokens.at(to), t.Colon, t.Equals);
  return hole(tokens, from, keepsName && !is(tokens[from - 1], t.Let) ? to - 1 : to);
}

/** A hole from the beginning of the step to the next `let` or the end of the body. */
export function fillToEnd({ tokens, index }: Fault): TokenEdit {
  const to = scanForwards(tokens, index, (token) => is(token, t.Let));
  return hole(tokens, stepStart(tokens, index), to);
}

/** One hole for all that stands in the brackets around the fault. */
export function fillEnclosing({ tokens, index }: Fault): TokenEdit {
  const from = scanBackwards(tokens, index, () => false);
  return hole(tokens, from, from === 0 ? tokens.length : closingOf(tokens, from - 1));
}

/** Takes the token at fault away, unless that would leave a bracket without its partner. */
export function removeToken(fault: Fault): TokenEdit {
  const { index, token } = fault;
  if (token === undefined || isOpening(token) || isClosing(token)) return fillEnclosing(fault);
  return { from: index, to: index + 1, insert: [] };
}

function stepStart(tokens: readonly IToken[], index: number): number {
  return scanBackwards(tokens, index, isBoundary);
}

/** The first index from which on nothing is an end, within the brackets around `index`. */
function scanBackwards(
  tokens: readonly IToken[],
  index: number,
  isEnd: (token: IToken) => boolean,
): number {
  let depth = 0;
  for (let i = index - 1; i >= 0; i--) {
    if (isOpening(tokens[i]) && depth-- === 0) return i + 1;
    if (isClosing(tokens[i])) depth++;
    else if (depth === 0 && isEnd(tokens[i])) return i + 1;
  }
  return 0;
}

function scanForwards(
  tokens: readonly IToken[],
  index: number,
  isEnd: (token: IToken) => boolean,
): number {
  let depth = 0;
  for (let i = index; i < tokens.length; i++) {
    if (isClosing(tokens[i]) && depth-- === 0) return i;
    if (isOpening(tokens[i])) depth++;
    else if (depth === 0 && isEnd(tokens[i])) return i;
  }
  return tokens.length;
}

function isBoundary(token: IToken): boolean {
  return is(token, t.Arrow, t.Comma, t.Let, t.Equals, t.Colon);
}

/** The index of the bracket that the one at `closing` closes. */
export function openingOf(tokens: readonly IToken[], closing: number): number {
  let depth = 0;
  for (let i = closing; i >= 0; i--) {
    if (isClosing(tokens[i])) depth++;
    if (isOpening(tokens[i]) && --depth === 0) return i;
  }
  return 0;
}

/** The index of the bracket that closes the one at `opening`; brackets pair at this stage. */
export function closingOf(tokens: readonly IToken[], opening: number): number {
  let depth = 0;
  for (let i = opening; i < tokens.length; i++) {
    if (isOpening(tokens[i])) depth++;
    if (isClosing(tokens[i]) && --depth === 0) return i;
  }
  return tokens.length;
}

/** The index of the closing bracket by that of the opening one; the latter may have none yet. */
export function closingBrackets(tokens: readonly IToken[]): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach((token, index) => {
    if (isOpening(token)) open.push(index);
    else if (isClosing(token)) {
      const opened = open.pop();
      if (opened !== undefined) closing.set(opened, index);
    }
  });
  return closing;
}

function hole(tokens: readonly IToken[], from: number, to: number): TokenEdit {
  const start = from < to ? tokens[from].startOffset : from === 0 ? 0 : endOf(tokens[from - 1]);
  const end = from < to ? endOf(tokens[to - 1]) : start;
  return { from, to, insert: [tokenAt(t.Hole, "", start, end)] };
}
