/**
 * `Sequential(a, b)`, `nn.Sequential(a, b)` and `Sequential([a, b])`: layers one behind the other are
 * a group in braces.
 */
import type { IToken } from "chevrotain";
import * as t from "../../../grammar/tokens.ts";
import { type Edit, problem } from "../../diagnostics/diagnostic.ts";
import type { Findings } from "../findings.ts";
import { closingBrackets } from "../holes.ts";
import { endOf, is, isClosing, isOpening, retag, spanOf } from "../token.ts";

/** Indices of a sequence's tokens. */
interface Sequence {
  /** Of its word, with what stands before a dot. */
  readonly word: number;
  readonly open: number;
  readonly close: number;
  /** Of the last bracket, which is that of a list's call. */
  readonly end: number;
}

export function mendSequences(
  tokens: readonly IToken[],
  text: string,
  findings: Findings,
): readonly IToken[] {
  const byBracket = sequencesOf(tokens);
  if (byBracket.size === 0) return tokens;
  const mended = [...tokens];
  const dropped = new Set<number>();
  const open: { readonly sequence?: Sequence; readonly edits: Edit[] }[] = [];
  tokens.forEach((token, index) => {
    if (isOpening(token)) {
      const sequence = byBracket.get(index);
      if (sequence === undefined) open.push({ edits: [] });
      else open.push({ sequence, edits: [begin(sequence)] });
    } else if (isClosing(token)) {
      const closed = open.pop();
      if (closed?.sequence !== undefined) end(closed.sequence, closed.edits);
    } else if (is(token, t.Comma)) {
      const around = open.at(-1);
      if (around?.sequence !== undefined) around.edits.push(join(around.sequence, index));
    }
  });
  return mended.filter((_, index) => !dropped.has(index));

  function begin({ word, open: bracket }: Sequence): Edit {
    for (let i = word; i < bracket; i++) dropped.add(i);
    mended[bracket] = retag(tokens[bracket], t.LeftBrace, "{");
    return edit(word, bracket, "{ ");
  }

  function join({ close }: Sequence, comma: number): Edit {
    const isLast = comma === close - 1;
    if (isLast) dropped.add(comma);
    else mended[comma] = retag(tokens[comma], t.Arrow, "->");
    return edit(comma, comma, isLast ? "" : " ->");
  }

  function end({ word, open: bracket, close, end: last }: Sequence, edits: Edit[]): void {
    mended[close] = retag(tokens[close], t.RightBrace, "}");
    if (last > close) dropped.add(last);
    const isList = last > close;
    const name = bracket - (isList ? 2 : 1);
    const span = { ...spanOf(tokens[word], findings.file), end: endOf(tokens[name]) };
    const fix = { title: "write a group", edits: [...edits, edit(close, last, " }")] };
    findings.report(problem("CNN1016", {}), span, { fix });
  }

  /** Without spaces beside those of the text. */
  function edit(from: number, to: number, written: string): Edit {
    const span = { ...spanOf(tokens[from], findings.file), end: endOf(tokens[to]) };
    const left = /\s/.test(text.charAt(span.start - 1)) ? written.trimStart() : written;
    return { span, text: /\s/.test(text.charAt(span.end)) ? left.trimEnd() : left };
  }
}

/** By the bracket in which its layers stand. */
function sequencesOf(tokens: readonly IToken[]): ReadonlyMap<number, Sequence> {
  const found = new Map<number, Sequence>();
  if (!tokens.some(({ image }) => image === "Sequential")) return found;
  if (tokens.some((_, at) => isOwnName(tokens, at))) return found;
  const closing = closingBrackets(tokens);
  tokens.forEach(({ image }, name) => {
    const end = closing.get(name + 1);
    if (image !== "Sequential" || end === undefined || !is(tokens[name + 1], t.CallParen)) return;
    let word = name;
    while (is(tokens[word - 1], t.Dot) && is(tokens[word - 2], t.Identifier)) word -= 2;
    const isList = is(tokens[name + 2], t.LeftBracket) && closing.get(name + 2) === end - 1;
    const [open, close] = isList ? [name + 2, end - 1] : [name + 1, end];
    found.set(open, { word, open, close, end });
  });
  return found;
}

/** A block or a model may be called so; Keras calls every network so. */
function isOwnName(tokens: readonly IToken[], at: number): boolean {
  const before = tokens[at - 1];
  return tokens[at].image === "Sequential" && (is(before, t.Model) || is(before, t.Block));
}
