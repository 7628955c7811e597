/**
 * Collects the mistakes of one file. It stops at a number that nobody reads past, says
 * habits of another language once instead of at every line, and knows which stretches
 * were already spoken of, so that one mistake does not get a second message from a
 * later stage.
 */
import type { Diagnostic, Edit, Fix, Problem } from "../diagnostics/diagnostic.ts";
import { problem } from "../diagnostics/diagnostic.ts";
import { type Details, place, placeAll } from "../diagnostics/place.ts";
import type { Span } from "../diagnostics/span.ts";
import { Stretches } from "./stretches.ts";

const MOST_FINDINGS = 100;

/** What else is said of a mistake, and the edits that mend it. */
export interface FindingDetails extends Pick<Details, "related" | "help"> {
  readonly fix?: Fix | undefined;
}

interface Habit {
  readonly problem: Problem;
  readonly title: string;
  readonly places: Span[];
  readonly edits: Edit[];
}

export class Findings {
  readonly file: string;
  private readonly found: Diagnostic[] = [];
  private readonly habits = new Map<string, Habit>();
  private readonly spoken = new Stretches();
  private overflow: Span | undefined;

  constructor(file: string) {
    this.file = file;
  }

  /** True when nothing more will be shown. */
  get isFull(): boolean {
    return this.found.length + this.habits.size >= MOST_FINDINGS;
  }

  /** True when there was more to show. */
  get hasOverflowed(): boolean {
    return this.overflow !== undefined;
  }

  report(what: Problem, span: Span, { fix, ...details }: FindingDetails = {}): void {
    if (this.isFull) {
      this.overflow ??= span;
      return;
    }
    this.spoken.add(span);
    const diagnostic = place(what, span, details);
    this.found.push(fix === undefined ? diagnostic : { ...diagnostic, fix });
  }

  /**
   * A mistake that is made wherever it can be made: one message for all places.
   * @param title what the edits do; also tells habits of one code apart
   */
  reportHabit(what: Problem, span: Span, title: string, edit?: Edit): void {
    const key = `${what.code} ${title}`;
    const known = this.habits.get(key);
    if (known !== undefined) {
      known.places.push(span);
      if (edit !== undefined) known.edits.push(edit);
    } else if (this.isFull) {
      this.overflow ??= span;
      return;
    } else {
      this.habits.set(key, {
        problem: what,
        title,
        places: [span],
        edits: edit === undefined ? [] : [edit],
      });
    }
    this.spoken.add(span);
  }

  /** Marks a stretch in which later stages are to stay silent. */
  silence(span: Span): void {
    this.spoken.add(span);
  }

  /** True where a message already speaks of this stretch or of a place that touches it. */
  isSpokenOf(start: number, end: number): boolean {
    return this.spoken.touches(start, end);
  }

  /** In the order of their places. */
  get diagnostics(): readonly Diagnostic[] {
    const all = [...this.found, ...[...this.habits.values()].map(ofHabit)];
    if (this.overflow !== undefined) {
      all.push(place(problem("CNN1093", { limit: MOST_FINDINGS }), this.overflow));
    }
    return all.sort((a, b) => a.span.start - b.span.start);
  }
}

function ofHabit({ problem: what, title, places, edits }: Habit): Diagnostic {
  const diagnostic = placeAll(what, places);
  return edits.length === 0 ? diagnostic : { ...diagnostic, fix: { title, edits } };
}
