/**
 * What the entries between two braces make together: a body or a record. The grammar lets
 * bindings, expressions and commas stand in any order, so that this file can say which of
 * the usual mistakes it is, and what was meant goes on to the checker.
 */
import type { IToken } from "chevrotain";
import { type Edit, problem } from "../../diagnostics/diagnostic.ts";
import { type Span, cover } from "../../diagnostics/span.ts";
import type { Body, Expression, Let, Name, RecordExpression } from "../ast.ts";
import { quote } from "../token.ts";
import { type BuildContext, missing, spanBetween, textOf } from "./context.ts";

export type Entry = (
  | { readonly kind: "let"; readonly binding: Let }
  | { readonly kind: "binding"; readonly name: Name; readonly value: Expression }
  | { readonly kind: "expression"; readonly value: Expression }
) & {
  readonly span: Span;
  /** Behind the entry. */
  readonly comma: IToken | undefined;
};

type Field = RecordExpression["fields"][number];

/** The record that the entries make, or undefined where they are those of a body. */
export function recordOf(
  context: BuildContext,
  entries: readonly Entry[],
  span: Span,
): RecordExpression | undefined {
  if (entries.length === 0) return undefined;
  if (entries.every((entry) => entry.kind === "binding")) {
    entries.slice(0, -1).forEach((entry, i) => {
      if (entry.comma === undefined) reportMissingComma(context, entry, entries[i + 1]);
    });
    return { kind: "record", fields: entries.map(({ name, value }) => ({ name, value })), span };
  }
  const fields = entries.map(labelledField);
  const separated = entries.length > 1 && entries.slice(0, -1).every(({ comma }) => comma);
  if (!separated || !fields.every((field) => field !== undefined)) return undefined;
  const [{ name }] = fields;
  context.findings.report(problem("CNN1036", { name: name.text }), name.span, {
    fix: { title: "write `=`", edits: fields.map(equalsForColon) },
  });
  return { kind: "record", fields, span };
}

function equalsForColon({ name, value }: Field): Edit {
  return { span: { ...name.span, start: name.span.end, end: value.span.start }, text: " = " };
}

function reportMissingComma(context: BuildContext, before: Entry, after: Entry): void {
  const gap = { ...before.span, start: before.span.end };
  const facts = { before: excerpt(context, before.span), after: excerpt(context, after.span) };
  context.findings.report(problem("CNN1040", facts), after.span, {
    fix: { title: "add the comma", edits: [{ span: gap, text: "," }] },
  });
}

/** `logits: a`, read as `logits = a`. */
function labelledField(entry: Entry): Field | undefined {
  if (entry.kind !== "expression") return undefined;
  const [first, ...rest] = stepsOf(entry.value);
  if (first.kind !== "labelled" || first.label.kind !== "name") return undefined;
  return { name: first.label, value: joined([first.value, ...rest]) };
}

export function bodyOf(context: BuildContext, entries: readonly Entry[], span: Span): Body {
  const assembly = new Assembly(context);
  for (const entry of entries) assembly.add(entry);
  return assembly.finish(span);
}

class Assembly {
  private readonly context: BuildContext;
  private readonly lets: Let[] = [];
  /** The result's steps: one, or those of a pipeline. */
  private result: Expression[] = [];
  private commaBehindResult: IToken | undefined;

  constructor(context: BuildContext) {
    this.context = context;
  }

  add(entry: Entry): void {
    switch (entry.kind) {
      case "let":
        this.addLet(entry.binding);
        break;
      case "binding":
        this.reportMissingLet(entry.name);
        this.addLet(asLet(entry.name, entry.value, entry.span));
        break;
      case "expression":
        this.addExpression(entry.value);
        this.commaBehindResult = entry.comma;
        return;
      default:
        entry satisfies never;
    }
    if (entry.comma !== undefined) this.reportComma(entry.comma, "behind a `let`");
  }

  finish(span: Span): Body {
    if (this.commaBehindResult !== undefined) {
      this.reportComma(this.commaBehindResult, "behind the result");
    }
    if (this.result.length === 0) {
      this.reportNoResult(span);
      return { kind: "body", lets: this.lets, span };
    }
    return { kind: "body", lets: this.lets, result: joined(this.result), span };
  }

  private addLet(binding: Let): void {
    if (this.result.length > 0) {
      this.context.findings.report(problem("CNN1035", {}), head(binding.span, 3), {
        related: [{ span: spanOfSteps(this.result), text: "the result" }],
      });
    }
    this.lets.push(binding);
  }

  private addExpression(value: Expression): void {
    const { result } = this;
    const steps = stepsOf(value);
    const [first] = steps;
    const last = result.at(-1);
    if (last === undefined || this.context.findings.isSpokenOf(last.span.end, value.span.start)) {
      this.append(steps);
    } else if (this.commaBehindResult !== undefined) {
      const comma = spanBetween(this.context, this.commaBehindResult);
      const edit = { span: comma, text: " ->" };
      this.context.findings.reportHabit(problem("CNN1031", {}), comma, "write `->`", edit);
      this.append(steps);
    } else if (this.isArgument(last, first)) {
      this.reportArgument(first);
      this.append([missing(first.span), ...steps.slice(1)]);
    } else if (this.continues(first)) {
      this.reportMissingArrow(last, first);
      this.append(steps);
    } else {
      const before = spanOfSteps(result);
      const unused = excerpt(this.context, before);
      this.context.findings.report(problem("CNN1034", { unused }), value.span, {
        related: [{ span: before, text: "the first result" }],
      });
      this.result = [...steps];
    }
  }

  /** One by one: a program may have more steps than a call takes arguments. */
  private append(steps: readonly Expression[]): void {
    for (const step of steps) this.result.push(step);
  }

  /** Whether a second expression looks like a layer to go on with, not like a value. */
  private continues(first: Expression): boolean {
    switch (first.kind) {
      case "call":
      case "group":
      case "repeat":
      case "if":
      case "list":
      case "labelled":
        return true;
      case "name":
        return (
          this.context.inputs?.has(first.text) !== true &&
          !this.lets.some(({ names }) => names.some(({ text }) => text === first.text))
        );
      default:
        return false;
    }
  }

  /** `conv 6` on one line: an argument without its parentheses. */
  private isArgument(last: Expression, first: Expression): boolean {
    const isName = last.kind === "name" || (last.kind === "labelled" && last.value.kind === "name");
    const isValue = first.kind === "int" || first.kind === "float" || first.kind === "string";
    const between = this.context.text.slice(last.span.end, first.span.start);
    return isName && isValue && !between.includes("\n");
  }

  private reportArgument(value: Expression): void {
    const found = `\`${excerpt(this.context, value.span)}\``;
    const what = problem("CNN1001", { expected: "`->` or the end of the body", found });
    this.context.findings.report(what, value.span, {
      help: ["arguments stand in parentheses: `conv(6, kernel: 5)`"],
    });
  }

  private reportMissingArrow(last: Expression, first: Expression): void {
    const facts = {
      before: excerpt(this.context, last.span),
      after: excerpt(this.context, first.span),
    };
    const gap = { ...first.span, end: first.span.start };
    const edit = { span: gap, text: "-> " };
    this.context.findings.reportHabit(problem("CNN1030", facts), first.span, "add `->`", edit);
  }

  private reportMissingLet(name: Name): void {
    const start = { ...name.span, end: name.span.start };
    const edit = { span: start, text: "let " };
    const what = problem("CNN1032", { name: name.text });
    this.context.findings.reportHabit(what, name.span, "add `let`", edit);
  }

  private reportComma(comma: IToken, where: string): void {
    const span = spanBetween(this.context, comma);
    const what = problem("CNN1011", { sign: ",", where });
    const edit = { span, text: "" };
    this.context.findings.reportHabit(what, span, `remove the comma ${where}`, edit);
  }

  private reportNoResult(span: Span): void {
    const [last] = this.lets.at(-1)?.names ?? [];
    const facts = last === undefined ? {} : { last: last.text };
    const end = { ...span, start: span.end - 1 };
    if (this.context.findings.isSpokenOf(end.start, end.end)) return;
    this.context.findings.report(problem("CNN1033", facts), end, {
      fix: last && {
        title: `end the body with \`${last.text}\``,
        edits: [this.lastLine(end, last.text)],
      },
    });
  }

  /** Above a brace that stands alone on its line, or in front of it. */
  private lastLine(brace: Span, text: string): Edit {
    const line = /\n([^\S\n]*)$/.exec(this.context.text.slice(0, brace.start));
    const written = line === null ? `${text} ` : `  ${text}\n${line[1]}`;
    return { span: { ...brace, end: brace.start }, text: written };
  }
}

function asLet(name: Name, value: Expression, span: Span): Let {
  return { kind: "let", names: [name], destructured: false, value, span };
}

function stepsOf(expression: Expression): readonly Expression[] {
  return expression.kind === "pipeline" ? expression.steps : [expression];
}

function joined(steps: readonly Expression[]): Expression {
  return steps.length === 1 ? steps[0] : { kind: "pipeline", steps, span: spanOfSteps(steps) };
}

function spanOfSteps(steps: readonly Expression[]): Span {
  return cover(steps[0].span, steps[steps.length - 1].span);
}

function head(span: Span, length: number): Span {
  return { ...span, end: span.start + length };
}

function excerpt(context: BuildContext, span: Span): string {
  return quote(textOf(context, span));
}
