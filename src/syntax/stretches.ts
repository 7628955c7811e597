/** A growing set of stretches of a text that answers quickly whether a place touches one. */
import type { Span } from "../diagnostics/span.ts";

/** Characters; most stretches are words, and lie in one block or two. */
const BLOCK = 256;

export class Stretches {
  private readonly byBlock = new Map<number, Span[]>();
  private lastBlock = 0;

  add(span: Span): void {
    const last = Math.floor(span.end / BLOCK);
    for (let block = Math.floor(span.start / BLOCK); block <= last; block++) {
      const known = this.byBlock.get(block);
      if (known === undefined) this.byBlock.set(block, [span]);
      else known.push(span);
    }
    this.lastBlock = Math.max(this.lastBlock, last);
  }

  /** True where a stretch holds a part of these characters, or ends or begins beside them. */
  touches(start: number, end: number): boolean {
    const last = Math.min(this.lastBlock, Math.floor(end / BLOCK));
    for (let block = Math.floor(start / BLOCK); block <= last; block++) {
      const near = this.byBlock.get(block) ?? [];
      if (near.some((span) => span.start <= end && start <= span.end)) return true;
    }
    return false;
  }
}
