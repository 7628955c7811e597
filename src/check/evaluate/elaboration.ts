/** The state of evaluating one model: its growing graph, and how its mistakes are told. */
import { type Blame, type Label, type Problem, problem } from "../../diagnostics/diagnostic.ts";
import type { Details } from "../../diagnostics/place.ts";
import type { Span } from "../../diagnostics/span.ts";
import type { Condition } from "../../graph/condition.ts";
import type { Reporter } from "../reporter.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { causeOf, flattenedFrom, historyOf } from "./history.ts";
import type { TensorValue } from "./values.ts";

/** A block that is being evaluated, and the call that asked for it. */
interface Frame {
  /** Names the block in its file. */
  readonly key: string;
  readonly block: string;
  readonly call: Span;
}

/** Blocks that call blocks: deeper than any real program, and well inside the stack. */
const MAX_DEPTH = 100;
/** Groups, branches and rounds inside each other, over all blocks: about half of the stack. */
const MAX_GROUPS = 1000;
/** Evaluated expressions in one model. */
const MAX_WORK = 2_000_000;

/** Ends the evaluation of a program that would grow without end; caught where a model is checked. */
export class WorkLimit extends Error {
  readonly found: Problem;
  readonly span: Span;
  constructor(found: Problem, span: Span) {
    super("the program's evaluation takes too long");
    this.found = found;
    this.span = span;
  }
}

/** More layers or rounds than any real network has. */
export function tooMuch(span: Span): WorkLimit {
  return new WorkLimit(problem("CNN3017", { limit: 100_000 }), span);
}

export class Elaboration {
  readonly builder = new GraphBuilder();
  readonly reporter: Reporter;
  /** Conditions that hold for some input sizes only: the input contract is made of them. */
  readonly assumed: Condition[] = [];
  /** Places of the model's inputs, for "the image is … here". */
  readonly inputPlaces = new Map<number, Span>();
  private readonly frames: Frame[] = [];
  /** Expressions evaluated so far. */
  private work = 0;
  private depth = 0;

  constructor(reporter: Reporter) {
    this.reporter = reporter;
  }

  report(found: Problem, span: Span, details: Details = {}): void {
    const related = [...(details.related ?? []), ...this.calls(span)];
    this.reporter.report(found, span, { ...details, related });
  }

  /** Reports a problem of sizes: with the places and the history of the sizes at fault. */
  reportSizes(
    found: Problem,
    span: Span,
    inputs: readonly TensorValue[],
    details: Details = {},
  ): void {
    const blamed = (found.blame ?? []).filter(({ input }) => input < inputs.length);
    const related: Label[] = [];
    const notes: string[] = [];
    for (const blame of blamed) {
      const id = inputs[blame.input].id;
      const cause = causeOf(this.builder, id, blame.axis, this.inputPlaces);
      if (cause !== undefined && !related.some((label) => sameSpan(label.span, cause.span))) {
        related.push(cause);
      }
      notes.push(...this.history(id, blame));
    }
    this.report(found, span, {
      ...details,
      related: [...related, ...(details.related ?? [])],
      notes: [...(details.notes ?? []), ...new Set(notes)],
    });
  }

  /** Evaluates a block's body or a constant, unless they use each other in a circle or too deeply. */
  within<T>(
    what: "blocks" | "constants",
    key: string,
    block: string,
    call: Span,
    evaluate: () => T,
  ): T | { readonly cycle: readonly string[] } {
    const at = this.frames.findIndex((frame) => frame.key === key);
    if (at >= 0) return { cycle: [...this.frames.slice(at).map((f) => f.block), block] };
    if (this.frames.length >= MAX_DEPTH) {
      throw new WorkLimit(problem("CNN3018", { limit: MAX_DEPTH, what }), call);
    }
    this.frames.push({ key, block, call });
    try {
      return evaluate();
    } finally {
      this.frames.pop();
    }
  }

  /**
   * Counts the work of one model.
   * @throws WorkLimit past what any real program needs
   */
  spend(span: Span): void {
    this.work++;
    if (this.work > MAX_WORK) throw tooMuch(span);
  }

  /**
   * Evaluates a part inside the parts around it.
   * @throws WorkLimit where they are nested too deeply
   */
  inside<T>(span: Span, evaluate: () => T): T {
    if (this.depth >= MAX_GROUPS) {
      throw new WorkLimit(problem("CNN3018", { limit: MAX_GROUPS, what: "groups" }), span);
    }
    this.depth++;
    const value = evaluate();
    this.depth--;
    return value;
  }

  get spent(): number {
    return this.work;
  }

  private history(id: number, { axis }: Blame): readonly string[] {
    const flattened = axis === undefined ? undefined : flattenedFrom(this.builder, id, axis);
    if (flattened !== undefined) {
      const { map, features } = flattened;
      return [`features: ${features}`, ...this.history(map, { input: 0 })];
    }
    const axes = axis === undefined ? [2, 3] : [axis];
    const lines = axes.map((a) => historyOf(this.builder, id, a));
    const kept = lines.filter((line) => line !== undefined);
    const [first, second] = kept;
    // Square maps have one history.
    if (kept.length === 2 && first.steps === second.steps) return [`height, width: ${first.steps}`];
    return kept.map((line) => `${line.axis}: ${line.steps}`);
  }

  /** Where the blocks around a mistake were called; the mistake itself stands in the innermost. */
  private calls(span: Span): readonly Label[] {
    return this.frames
      .slice(-2)
      .toReversed()
      .filter(({ call }) => !sameSpan(call, span))
      .map(({ block, call }) => ({ span: call, text: `in this use of ${block}` }));
  }
}

function sameSpan(a: Span, b: Span): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end;
}
