/** Where tokens stand on their lines. Only mending asks: to the language, lines mean nothing. */
import type { IToken } from "chevrotain";

export class TokenColumns {
  /** By token: its column from 0, and the first token of its line. */
  private readonly columns: number[] = [];
  private readonly firsts: number[] = [];

  constructor(tokens: readonly IToken[], text: string) {
    let lineStart = 0;
    let nextBreak = text.indexOf("\n");
    let first = 0;
    tokens.forEach(({ startOffset }, index) => {
      while (nextBreak >= 0 && nextBreak < startOffset) {
        lineStart = nextBreak + 1;
        nextBreak = text.indexOf("\n", lineStart);
        first = index;
      }
      this.columns.push(startOffset - lineStart);
      this.firsts.push(first);
    });
  }

  column(index: number): number {
    return this.columns[index];
  }

  beginsLine(index: number): boolean {
    return this.firsts[index] === index;
  }

  /** The column at which the token's line begins. */
  indentation(index: number): number {
    return this.columns[this.firsts[index]];
  }
}
