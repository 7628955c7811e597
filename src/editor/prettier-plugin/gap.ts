/** A place between two tokens in which the line may break, with the comments that stand there. */
import { builders } from "prettier/doc";

type Doc = builders.Doc;
const { hardline, indent, join, literalline } = builders;

/** A comment with its place among the lines of the source. */
export interface PlacedComment {
  readonly text: string;
  readonly isBlock: boolean;
  /** On the line on which the token before ends. */
  readonly trails: boolean;
  /** On the line on which the token behind begins. */
  readonly leads: boolean;
  readonly blankLineBefore: boolean;
}

export interface Surroundings {
  readonly isStartOfFile: boolean;
  readonly isEndOfFile: boolean;
  readonly followsOpening: boolean;
  readonly precedesClosing: boolean;
  readonly blankLineBeforeToken: boolean;
}

/** Which blank lines stay: single ones as they are, none, or always one before the rest. */
export type BlankLines = "keep" | "drop" | "force";

export class Gap {
  private readonly comments: readonly PlacedComment[];
  private readonly around: Surroundings;

  constructor(comments: readonly PlacedComment[], around: Surroundings) {
    this.comments = comments;
    this.around = around;
  }

  /** True where comments make a line break necessary. */
  get breaks(): boolean {
    return this.comments.some((comment) => !comment.isBlock || !(comment.trails || comment.leads));
  }

  /** The comments with the line break, which may be a space, where there is none needed. */
  print(line: Doc, blankLines: BlankLines = "drop"): Doc {
    const { isStartOfFile, isEndOfFile, followsOpening, precedesClosing } = this.around;
    const parts: Doc[] = [];
    let forced = blankLines === "force";
    const newline = (blank: boolean): Doc => {
      if (isStartOfFile && parts.length === 0) return "";
      const isBlank =
        forced || (blankLines !== "drop" && blank && !(followsOpening && parts.length === 0));
      forced = false;
      return isBlank ? [hardline, hardline] : hardline;
    };
    const isInline = ({ isBlock, leads, trails }: PlacedComment): boolean =>
      isBlock && leads && !(trails && (precedesClosing || isEndOfFile));
    const inline = this.comments.filter(isInline);
    let onFirstLine = !isStartOfFile;
    let needsNewline = false;
    for (const comment of this.comments) {
      if (isInline(comment)) continue;
      if (comment.trails && onFirstLine) {
        parts.push(" ", printComment(comment));
        onFirstLine = comment.isBlock && !comment.text.includes("\n");
      } else {
        parts.push(newline(comment.blankLineBefore), printComment(comment));
        onFirstLine = false;
      }
      needsNewline ||= !onFirstLine;
    }
    const blank = this.around.blankLineBeforeToken && !precedesClosing;
    const breaks = needsNewline || isEndOfFile || line === hardline;
    const ending = breaks ? newline(blank && !isEndOfFile) : line;
    const comments = precedesClosing ? indent(parts) : parts;
    return [comments, ending, ...inline.map((comment) => [printComment(comment), " "])];
  }
}

/** The lines of a block comment stay as they are, whatever the indentation becomes. */
export function printComment({ text }: PlacedComment): Doc {
  return join(literalline, text.split("\n"));
}
