/** Comments: which of them document an item, and all others for the formatter. */
import type { IToken } from "chevrotain";
import * as t from "../../../grammar/tokens.ts";
import type { Comment, Doc } from "../ast.ts";
import { endOf } from "../token.ts";
import { type BuildContext, spanBetween } from "./context.ts";

export class Comments {
  private readonly context: BuildContext;
  private readonly tokens: readonly IToken[];
  private readonly taken = new Set<IToken>();

  constructor(context: BuildContext, tokens: readonly IToken[]) {
    this.context = context;
    this.tokens = tokens;
  }

  /** The doc comment right above the item that begins at this offset, if there is one. */
  takeDoc(itemStart: number): { doc?: Doc } {
    const lines: IToken[] = [];
    let below = itemStart;
    for (let i = this.lastBefore(itemStart); i >= 0; i--) {
      const token = this.tokens[i];
      const gap = this.context.text.slice(endOf(token), below);
      if (token.tokenType !== t.DocComment || gap.trim() !== "") break;
      lines.unshift(token);
      below = token.startOffset;
    }
    if (lines.length === 0) return {};
    for (const line of lines) this.taken.add(line);
    const text = lines.map(({ image }) => image.slice(3).replace(/^ /, "").trimEnd()).join("\n");
    const span = spanBetween(this.context, lines[0], lines[lines.length - 1]);
    return { doc: { kind: "doc", text, span } };
  }

  /** All that document nothing, in source order; a misplaced `///` is a common comment. */
  get rest(): readonly Comment[] {
    return this.tokens
      .filter((token) => !this.taken.has(token))
      .map((token) => ({
        kind: "comment",
        style: token.tokenType === t.BlockComment ? "block" : "line",
        text: token.image.trimEnd(),
        span: spanBetween(this.context, token),
      }));
  }

  /** The index of the last comment that begins before the offset, or -1. */
  private lastBefore(offset: number): number {
    let low = 0;
    let high = this.tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tokens[middle].startOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
