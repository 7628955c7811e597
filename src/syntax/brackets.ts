/**
 * Makes every bracket have its partner before the parser runs, so that a mistake stays
 * inside of the brackets that surround it. Brackets that pair are left alone. Where they
 * do not, line breaks, indentation and the words that begin an item tell where a closing
 * one is most likely missing.
 */
import type { IToken, TokenType } from "chevrotain";
import * as t from "../../grammar/tokens.ts";
import { type Label, problem } from "../diagnostics/diagnostic.ts";
import type { Findings } from "./findings.ts";
import { TokenColumns } from "./token-columns.ts";
import { describe, endOf, is, isClosing, isOpening, spanOf, virtual } from "./token.ts";

export const DEEPEST_NESTING = 128;

export function balance(
  tokens: readonly IToken[],
  text: string,
  findings: Findings,
): readonly IToken[] {
  const shallow = cutDeepParts(tokens, findings);
  return isBalanced(shallow) ? shallow : new Mender(shallow, text, findings).mend();
}

/** What stands deeper than the limit becomes a hole. */
function cutDeepParts(tokens: readonly IToken[], findings: Findings): readonly IToken[] {
  const kept: IToken[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (isClosing(token) && depth > 0) depth--;
    if (depth <= DEEPEST_NESTING) kept.push(token);
    if (!isOpening(token)) continue;
    depth++;
    if (depth !== DEEPEST_NESTING + 1) continue;
    kept.push(virtual(t.Hole, endOf(token)));
    findings.report(problem("CNN1091", { limit: DEEPEST_NESTING }), spanOf(token, findings.file));
  }
  return kept;
}

function isBalanced(tokens: readonly IToken[]): boolean {
  const open: TokenType[] = [];
  for (const token of tokens) {
    if (isOpening(token)) open.push(closerOf(token));
    else if (isClosing(token) && open.pop() !== token.tokenType) return false;
  }
  return open.length === 0;
}

function closerOf(opening: IToken): TokenType {
  if (is(opening, t.LeftParen)) return t.RightParen;
  return is(opening, t.LeftBracket) ? t.RightBracket : t.RightBrace;
}

class Mender {
  private readonly tokens: readonly IToken[];
  private readonly columns: TokenColumns;
  private readonly findings: Findings;
  /** Indices of brackets that are open at the moment, outermost first. */
  private open: number[] = [];
  private itemStart = 0;
  private readonly dropped = new Set<number>();
  private readonly replaced = new Map<number, TokenType>();
  /** Brackets to insert before a token, innermost first. */
  private readonly inserted = new Map<number, TokenType[]>();

  constructor(tokens: readonly IToken[], text: string, findings: Findings) {
    this.tokens = tokens;
    this.columns = new TokenColumns(tokens, text);
    this.findings = findings;
  }

  mend(): readonly IToken[] {
    this.tokens.forEach((token, index) => {
      if (this.beginsItem(index)) {
        this.leave(0, index);
        this.itemStart = index;
      }
      if (isOpening(token)) this.open.push(index);
      else if (isClosing(token)) this.close(index);
    });
    this.leave(0, this.tokens.length);
    return this.assemble();
  }

  /** True for the first word of an item on a line that is not indented. */
  private beginsItem(index: number): boolean {
    const token = this.tokens[index];
    return (
      is(token, t.Model, t.Block, t.Train, t.Const, t.Import, t.At) &&
      this.columns.beginsLine(index) &&
      this.columns.column(index) === 0
    );
  }

  private close(index: number): void {
    const token = this.tokens[index];
    const level = this.levelClosedBy(index);
    if (level >= 0) {
      this.leave(level + 1, index);
      this.open.pop();
      return;
    }
    const top = this.open.at(-1);
    const opening = top === undefined ? undefined : this.tokens[top];
    if (opening === undefined || is(opening, t.LeftBrace) || is(token, t.RightBrace)) {
      if (is(token, t.RightBrace) && this.addOpeningBrace(index)) return;
      this.dropped.add(index);
      this.reportStray(token);
      return;
    }
    this.replaced.set(index, closerOf(opening));
    this.open.pop();
    this.reportWrongKind(opening, token);
  }

  /** Which of the open brackets this one closes, or -1. */
  private levelClosedBy(index: number): number {
    const { tokenType } = this.tokens[index];
    const fits = (at: number): boolean => closerOf(this.tokens[at]) === tokenType;
    const nearest = this.open.findLastIndex(fits);
    if (tokenType !== t.RightBrace || nearest < 0 || !this.columns.beginsLine(index))
      return nearest;
    const column = this.columns.column(index);
    if (this.columns.indentation(this.open[nearest]) <= column) return nearest;
    const aligned = this.open.findLastIndex(
      (at) => fits(at) && this.columns.indentation(at) === column,
    );
    return aligned < 0 ? nearest : aligned;
  }

  /** A `}` that closes nothing may end a body whose `{` was forgotten after the header. */
  private addOpeningBrace(index: number): boolean {
    const first = this.tokens[this.itemStart];
    if (this.open.length > 0 || !is(first, t.Model, t.Block, t.Train)) return false;
    const header = this.tokens.slice(this.itemStart, index);
    if (header.some((token) => is(token, t.LeftBrace))) return false;
    const place = header.findIndex((_, i) => i > 1 && this.columns.beginsLine(this.itemStart + i));
    if (place < 0) return false;
    this.inserted.set(this.itemStart + place, [t.LeftBrace]);
    const end = endOf(header[place - 1]);
    const here = { file: this.findings.file, start: end, end };
    const fix = { title: "add `{`", edits: [{ span: here, text: " {" }] };
    const facts = { found: describe(header[place]), expected: "`{` and the body" };
    this.findings.report(problem("CNN1001", facts), here, { fix });
    return true;
  }

  /** Closes all brackets from a level on, because what stands at `index` lies outside of them. */
  private leave(level: number, index: number): void {
    while (this.open.length > level) {
      const at = this.open.pop();
      if (at === undefined) return;
      const place = this.closingPlace(at, index);
      const closer = closerOf(this.tokens[at]);
      this.inserted.set(place, [...(this.inserted.get(place) ?? []), closer]);
      this.reportUnclosed(at, place);
    }
  }

  /** Parentheses and brackets probably end with their line, braces only where they must. */
  private closingPlace(opening: number, limit: number): number {
    if (is(this.tokens[opening], t.LeftBrace) || this.findings.isFull) return limit;
    let depth = 0;
    for (let i = opening + 1; i < limit; i++) {
      if (depth === 0 && this.columns.beginsLine(i) && !continuesLine(this.tokens[i - 1])) return i;
      if (isOpening(this.tokens[i])) depth++;
      if (isClosing(this.tokens[i]) && !this.dropped.has(i)) depth--;
    }
    return limit;
  }

  private reportUnclosed(opening: number, place: number): void {
    const token = this.tokens[opening];
    const end = place === 0 ? 0 : endOf(this.tokens[place - 1]);
    const here = { file: this.findings.file, start: end, end };
    if (this.findings.isSpokenOf(end, this.tokens.at(place)?.startOffset ?? Infinity)) return;
    const close = closerOf(token) === t.RightBrace ? "}" : is(token, t.LeftParen) ? ")" : "]";
    const text = close === "}" ? `\n${" ".repeat(this.columns.indentation(opening))}}` : close;
    this.findings.report(
      problem("CNN1020", { open: token.image, close }),
      spanOf(token, this.findings.file),
      {
        related: [{ span: here, text: `a \`${close}\` is probably missing here` }],
        fix: { title: `add \`${close}\``, edits: [{ span: here, text }] },
      },
    );
    this.findings.silence(here);
  }

  private reportStray(token: IToken): void {
    const span = spanOf(token, this.findings.file);
    if (this.findings.isSpokenOf(span.start, span.end)) return;
    const fix = { title: `remove \`${token.image}\``, edits: [{ span, text: "" }] };
    this.findings.report(problem("CNN1021", { close: token.image }), span, { fix });
  }

  private reportWrongKind(opening: IToken, token: IToken): void {
    const { file } = this.findings;
    const span = spanOf(token, file);
    const close = is(opening, t.LeftParen) ? ")" : "]";
    const openedHere: Label = { span: spanOf(opening, file), text: "opened here" };
    const what = problem("CNN1022", { open: opening.image, found: token.image, close });
    const fix = { title: `write \`${close}\``, edits: [{ span, text: close }] };
    this.findings.report(what, span, { related: [openedHere], fix });
  }

  private assemble(): readonly IToken[] {
    const mended: IToken[] = [];
    for (let i = 0; i <= this.tokens.length; i++) {
      const offset = i === 0 ? 0 : endOf(this.tokens[i - 1]);
      for (const closer of this.inserted.get(i) ?? []) mended.push(virtual(closer, offset));
      if (i === this.tokens.length || this.dropped.has(i)) continue;
      const replacement = this.replaced.get(i);
      const token = this.tokens[i];
      mended.push(replacement === undefined ? token : virtual(replacement, token.startOffset));
    }
    return mended;
  }
}

/** A line that ends so goes on in the next one. */
function continuesLine(last: IToken): boolean {
  return isOpening(last) || is(last, t.Comma, t.Colon, t.Equals, t.Arrow, t.BinaryOperator, t.Not);
}
