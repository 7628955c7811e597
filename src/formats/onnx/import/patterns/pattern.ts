/** A layer that exporters write as several nodes. */
import type { Draft } from "../draft.ts";

export interface Pattern {
  readonly name: string;
  /** What it recognises, for readers of the table. */
  readonly summary: string;
  apply(draft: Draft): Draft;
}
