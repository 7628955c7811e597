/** The state of evaluating one model: its growing graph, and how its mistakes are told. */
import type { Blame, Label, Problem } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Condition } from "../graph/condition.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { causeOf, flattenedFrom, historyOf } from "./history.ts";
import type { Reporter } from "./reporter.ts";
import type { Details } from "./reporter.ts";
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
/** Evaluated expressions in one model. */
const MAX_WORK = 2_000_000;

/** Ends the evaluation of a program that would grow without end; caught where a model is checked. */
export class WorkLimit extends Error {
  readonly span: Span;
  constructor(span: Span) {
    super("the program's evaluation takes too long");
    this.span = span;
  }
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

  constructor(reporter: Reporter) {
    this.reporter = reporter;
  }

  report(problem: Problem, span: Span, details: Details = {}): void {
    const related = [...(details.related ?? []), ...this.calls(span)];
    this.reporter.report(problem, span, { ...details, related });
  }

  /** Reports a problem of sizes: with the places and the history of the sizes at fault. */
  reportSizes(
    problem: Problem,
    span: Span,
    inputs: readonly TensorValue[],
    details: Details = {},
  ): void {
    const blamed = (problem.blame ?? []).filter(({ input }) => input < inputs.length);
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
    this.report(problem, span, {
      ...details,
      related: [...related, ...(details.related ?? [])],
      notes: [...(details.notes ?? []), ...new Set(notes)],
    });
  }

  /** Evaluates a block's body, unless blocks call each other in a circle or too deeply. */
  within<T>(
    key: string,
    block: string,
    call: Span,
    evaluate: () => T,
  ): T | { readonly cycle: readonly string[] | undefined } {
    const at = this.frames.findIndex((frame) => frame.key === key);
    if (at >= 0) return { cycle: [...this.frames.slice(at).map((f) => f.block), block] };
    if (this.frames.length >= MAX_DEPTH) return { cycle: undefined };
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
    if (this.work > MAX_WORK) throw new WorkLimit(span);
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
