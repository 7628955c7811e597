/** Lists in brackets: on one line where they fit, else one item a line and a comma behind each. */
import type { TokenType } from "chevrotain";
import { builders } from "prettier/doc";
import * as t from "../../../grammar/tokens.ts";
import type { TokenStream } from "./token-stream.ts";

type Doc = builders.Doc;
const { fill, group, hardline, ifBreak, indent, line, softline } = builders;

export type PrintItem<T> = (stream: TokenStream, item: T) => Doc;

interface Style {
  readonly open: TokenType;
  readonly close: TokenType;
  /** The line behind the opening bracket and before the closing one. */
  readonly edge: Doc;
  /** As many items on a line as fit, for long lists of plain values. */
  readonly filled?: boolean;
  /** Stays broken where the source breaks the line behind the opening bracket. */
  readonly keepsBreak?: boolean;
}

export const PARENTHESES: Style = { open: t.LeftParen, close: t.RightParen, edge: softline };
export const BRACKETS: Style = { open: t.LeftBracket, close: t.RightBracket, edge: softline };
export const BRACES: Style = {
  open: t.LeftBrace,
  close: t.RightBrace,
  edge: line,
  keepsBreak: true,
};

export function list<T>(
  stream: TokenStream,
  { open, close, edge, filled = false, keepsBreak = false }: Style,
  items: readonly T[],
  print: PrintItem<T>,
): Doc {
  const opening = stream.token(open);
  if (items.length === 0) return group([opening, stream.gap().print(""), stream.token(close)]);
  const isBroken = keepsBreak && stream.breaksBehindLast;
  const before = stream.gap().print(isBroken ? hardline : edge);
  const parts: Doc[] = [];
  items.forEach((item, i) => {
    if (i > 0) parts.push(stream.gap().print(line));
    const printed = print(stream, item);
    const isLast = i === items.length - 1;
    if (isLast) stream.skipTrailingComma();
    parts.push([printed, isLast ? ifBreak(",") : stream.token(t.Comma)]);
  });
  const behind = stream.gap().print(edge);
  const contents = filled ? fill(parts) : parts;
  return group([opening, indent([before, contents]), behind, stream.token(close)]);
}
