/** Small questions about tokens, and the ways in which a mended token list gets new ones. */
import { type IToken, type TokenType, createTokenInstance, tokenMatcher } from "chevrotain";
import * as t from "../../grammar/tokens.ts";
import type { Span } from "../diagnostics/span.ts";

/** True for tokens of the type or of a type in this category. */
export function is(token: IToken | undefined, ...types: readonly TokenType[]): boolean {
  if (token === undefined) return false;
  for (const type of types) if (tokenMatcher(token, type)) return true;
  return false;
}

/** The offset behind the token. A mended token's image may differ from what is in the file. */
export function endOf(token: IToken): number {
  return token.endOffset === undefined
    ? token.startOffset + token.image.length
    : token.endOffset + 1;
}

export function spanOf(token: IToken, file: string): Span {
  return { file, start: token.startOffset, end: endOf(token) };
}

export function retag(token: IToken, type: TokenType, image = token.image): IToken {
  return tokenAt(type, image, token.startOffset, endOf(token));
}

/** A token that is not in the file; it takes no room. */
export function virtual(type: TokenType, offset: number): IToken {
  return tokenAt(type, "", offset, offset);
}

export function tokenAt(type: TokenType, image: string, start: number, end: number): IToken {
  return createTokenInstance(type, image, start, end - 1, NaN, NaN, NaN, NaN);
}

/** True where a value, a layer or a call can begin with this token. */
export function startsOperand(token: IToken | undefined): boolean {
  return is(token, ...operandStarts);
}

const operandStarts = [
  t.Identifier,
  t.IntLiteral,
  t.FloatLiteral,
  t.StringLiteral,
  t.True,
  t.False,
  t.LeftParen,
  t.LeftBracket,
  t.LeftBrace,
  t.If,
  t.Repeat,
  t.Not,
];

export function endsOperand(token: IToken | undefined): boolean {
  return is(token, ...operandEnds);
}

const operandEnds = [
  t.Identifier,
  t.IntLiteral,
  t.FloatLiteral,
  t.StringLiteral,
  t.True,
  t.False,
  t.RightParen,
  t.RightBracket,
  t.RightBrace,
];

const opening = new Set([t.LeftParen, t.CallParen, t.LeftBracket, t.IndexBracket, t.LeftBrace]);
const closing = new Set([t.RightParen, t.RightBracket, t.RightBrace]);

export function isOpening(token: IToken | undefined): boolean {
  return token !== undefined && opening.has(token.tokenType);
}

export function isClosing(token: IToken | undefined): boolean {
  return token !== undefined && closing.has(token.tokenType);
}

export function onOneLine(text: string, before: IToken, after: IToken): boolean {
  return !text.slice(endOf(before), after.startOffset).includes("\n");
}

const LONGEST_QUOTE = 32;

/** A piece of the file for use within a sentence: one line, not too long. */
export function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= LONGEST_QUOTE ? line : `${line.slice(0, LONGEST_QUOTE - 1)}…`;
}

/** As messages name a token that is in the way. */
export function describe(token: IToken | undefined): string {
  if (token === undefined) return "the end of the file";
  return `\`${quote(token.image)}\``;
}
