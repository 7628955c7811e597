/**
 * Hands out the tokens of a program in their order, and puts every comment back where it
 * was. The printer says what stands between two tokens: nothing, a space, or a gap in
 * which the line may break. A comment that ends its line waits for the next gap, so that it
 * never swallows code; nothing can lose a comment or change their order.
 */
import type { IToken, TokenType } from "chevrotain";
import { builders } from "prettier/doc";
import * as t from "../../../grammar/tokens.ts";
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { endOf, is, isClosing, isOpening } from "../../syntax/token.ts";
import { Gap, type PlacedComment, printComment } from "./gap.ts";

type Doc = builders.Doc;
const { hardline } = builders;

/** Tokens that touch what stands before them. */
const hugging = [t.Comma, t.Colon, t.Dot, t.DotDot, t.RightParen, t.RightBracket];

export class TokenStream {
  private readonly text: string;
  private readonly tokens: readonly IToken[];
  private readonly comments: readonly IToken[];
  private nextToken = 0;
  private nextComment = 0;
  /** Comments that wait for the next gap. */
  private waiting: readonly PlacedComment[] = [];

  constructor(text: string, tokens: readonly IToken[], comments: readonly IToken[]) {
    this.text = text;
    this.tokens = tokens;
    this.comments = comments;
  }

  peek(): IToken | undefined {
    return this.tokens.at(this.nextToken);
  }

  nextIs(type: TokenType): boolean {
    return is(this.peek(), type);
  }

  /** The next token as it is written, which must be of one of the types. */
  token(...types: readonly TokenType[]): Doc {
    const token = this.peek();
    if (token === undefined || !is(token, ...types)) {
      const expected = types.map(({ name }) => name).join(" or ");
      throw new InternalFault(`the printer follows the source, which has no ${expected} next`);
    }
    const { inline, own } = this.takeInline();
    this.nextToken++;
    const hugs = is(token, ...hugging);
    const comments = inline.map(printComment);
    return [
      ...comments.map((comment) => (hugs ? [" ", comment] : [comment, " "])),
      ...(own.length > 0 ? [hardline, own] : []),
      token.image,
    ];
  }

  /** Passes over a comma behind the last item: whether one is printed, the layout decides. */
  skipTrailingComma(): void {
    if (!this.nextIs(t.Comma)) return;
    this.wait(this.takeComments(this.nextToken));
    this.nextToken++;
  }

  /** A space before the next token. */
  space(): Doc {
    const { inline, own } = this.takeInline();
    const comments = inline.map((comment) => [printComment(comment), " "]);
    return own.length > 0 ? [" ", comments, hardline, own] : [" ", comments];
  }

  /** A place for a line break before the next token. */
  gap(): Gap {
    const comments = [...this.waiting, ...this.takeComments(this.nextToken)];
    this.waiting = [];
    return new Gap(comments, this.surroundings());
  }

  /**
   * A place for a line break before the next token, an arrow. Comments that end a line behind
   * the arrow come along, so that `a -> // why` becomes `a // why` and the arrow leads a line.
   */
  gapBeforeArrow(): Gap {
    const isOnNewLine = this.breaksBefore(this.nextToken);
    const before = [...this.waiting, ...this.takeComments(this.nextToken)];
    this.waiting = [];
    const behind = this.placed(this.nextToken + 1).filter(({ leads }) => !leads);
    this.nextComment += behind.length;
    const moved = behind.map((comment) => ({ ...comment, trails: comment.trails && !isOnNewLine }));
    const kept = moved.length === 0 ? before : before.map(behindToken);
    return new Gap([...kept, ...moved], this.surroundings());
  }

  /** Whether the source breaks the line before or behind the next token, an arrow. */
  get breaksAtArrow(): boolean {
    return this.breaksBefore(this.nextToken) || this.breaksBefore(this.nextToken + 1);
  }

  /** Whether the source breaks the line right behind the token that was printed last. */
  get breaksBehindLast(): boolean {
    const end = this.endBefore(this.nextToken);
    const next = this.comments.at(this.nextComment)?.startOffset ?? Infinity;
    return this.lineBreaks(end, Math.min(next, this.startOf(this.nextToken))) > 0;
  }

  /** Line breaks inside of comments do not count. */
  private breaksBefore(index: number): boolean {
    let from = this.endBefore(index);
    const end = this.startOf(index);
    for (const { startOffset, image } of this.commentsBetween(from, end)) {
      if (this.lineBreaks(from, startOffset) > 0) return true;
      from = startOffset + image.length;
    }
    return this.lineBreaks(from, end) > 0;
  }

  /**
   * Takes comments that can stand within a line; from the first other one on, all wait. Only a
   * `///` gets lines of its own in the place where it is: if it came to stand behind the item,
   * it would document the next.
   */
  private takeInline(): { inline: readonly PlacedComment[]; own: Doc[] } {
    const comments = this.takeComments(this.nextToken);
    const firstOther = comments.findIndex((comment) => !isInline(comment));
    const inlineCount = this.waiting.length > 0 ? 0 : firstOther < 0 ? comments.length : firstOther;
    const inline = comments.slice(0, inlineCount);
    const others = comments.slice(inlineCount);
    if (!others.some(isDoc)) {
      this.wait(others);
      return { inline, own: [] };
    }
    const own = [...this.waiting, ...others].map((comment) => [printComment(comment), hardline]);
    this.waiting = [];
    return { inline, own };
  }

  private wait(comments: readonly PlacedComment[]): void {
    if (comments.length === 0) return;
    this.waiting = [...this.waiting, ...comments.map(behindToken)];
  }

  private takeComments(index: number): readonly PlacedComment[] {
    const comments = this.placed(index);
    this.nextComment += comments.length;
    return comments;
  }

  /** The comments before a token that were not taken yet. */
  private placed(index: number): readonly PlacedComment[] {
    const end = this.startOf(index);
    const tokens = this.commentsBetween(this.endBefore(index), end);
    const placed: PlacedComment[] = [];
    let from = this.endBefore(index);
    let trails = true;
    for (const { image, startOffset } of tokens) {
      const breaks = this.lineBreaks(from, startOffset);
      trails &&= breaks === 0;
      const isBlock = image.startsWith("/*");
      const text = isBlock ? image : image.trimEnd();
      placed.push({ text, isBlock, trails, leads: false, blankLineBefore: breaks > 1 });
      trails &&= !image.includes("\n");
      from = startOffset + image.length;
    }
    for (let i = placed.length - 1, to = end; i >= 0; i--) {
      const { startOffset, image } = tokens[i];
      if (!placed[i].isBlock || this.lineBreaks(startOffset + image.length, to) > 0) break;
      placed[i] = { ...placed[i], leads: true };
      to = startOffset;
    }
    return placed;
  }

  private commentsBetween(from: number, to: number): readonly IToken[] {
    const found: IToken[] = [];
    for (let i = this.nextComment; i < this.comments.length; i++) {
      const comment = this.comments[i];
      if (comment.startOffset >= to) break;
      if (comment.startOffset >= from) found.push(comment);
    }
    return found;
  }

  private surroundings(): Gap["around"] {
    const { nextToken: index } = this;
    const lastComment = this.nextComment === 0 ? undefined : this.comments[this.nextComment - 1];
    const lastEnd = lastComment === undefined ? 0 : endOf(lastComment);
    const from = Math.max(this.endBefore(index), lastEnd);
    return {
      isStartOfFile: index === 0,
      isEndOfFile: index === this.tokens.length,
      followsOpening: isOpening(index === 0 ? undefined : this.tokens[index - 1]),
      precedesClosing: isClosing(this.tokens.at(index)),
      blankLineBeforeToken: this.lineBreaks(from, this.startOf(index)) > 1,
    };
  }

  private startOf(index: number): number {
    return this.tokens.at(index)?.startOffset ?? this.text.length;
  }

  private endBefore(index: number): number {
    return index === 0 ? 0 : endOf(this.tokens[index - 1]);
  }

  private lineBreaks(from: number, to: number): number {
    return this.text.slice(from, to).split("\n").length - 1;
  }
}

function isInline({ isBlock, trails, leads }: PlacedComment): boolean {
  return isBlock && (trails || leads);
}

function isDoc({ text }: PlacedComment): boolean {
  return text.startsWith("///") && !text.startsWith("////");
}

/** The comment no longer stands before the token that it led. */
function behindToken(comment: PlacedComment): PlacedComment {
  return { ...comment, leads: false };
}
