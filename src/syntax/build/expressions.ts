/** Pipelines, operands and all that nests in them. */
import type {
  ArgumentCstNode,
  ArgumentsCstNode,
  BodyCstNode,
  ChainCstNode,
  EntryCstNode,
  IfCstNode,
  LetCstNode,
  ListCstNode,
  OperandCstNode,
  ParenthesesCstNode,
  PipelineCstNode,
  RepeatCstNode,
  StepCstNode,
} from "../../../grammar/generated/cst.ts";
import * as t from "../../../grammar/tokens.ts";
import { InternalFault, problem } from "../../diagnostics/diagnostic.ts";
import { type Span, cover } from "../../diagnostics/span.ts";
import type {
  Argument,
  Body,
  Expression,
  If,
  Let,
  ListExpression,
  Name,
  Repeat,
  StringLiteral,
} from "../ast.ts";
import { DEEPEST_NESTING } from "../brackets.ts";
import { quote } from "../token.ts";
import { type Entry, bodyOf, recordOf } from "./bodies.ts";
import { type BuildContext, missing, nameOf, namesOf, spanBetween, textOf } from "./context.ts";
import { floatLiteral, intLiteral, stringLiteral } from "./literals.ts";
import { type Operand, combine } from "./precedence.ts";
import { withSuffixes } from "./suffixes.ts";

/** Where a pipeline stands decides whether its first step may be labelled. */
type Place = "entry" | "elsewhere";

export function pipeline(
  context: BuildContext,
  { children }: PipelineCstNode,
  place: Place = "elsewhere",
): Expression {
  const steps = children.step.map((node, i) => step(context, node, place === "entry" || i > 0));
  if (steps.length === 1) return steps[0];
  return { kind: "pipeline", steps, span: cover(steps[0].span, steps[steps.length - 1].span) };
}

function step(
  context: BuildContext,
  { children }: StepCstNode,
  mayBeLabelled: boolean,
): Expression {
  const value = chain(context, children.chain[0]);
  const written = children.label?.[0].children;
  if (written === undefined) return value;
  const label = labelOf(context, written);
  if (label === undefined) return value;
  if (mayBeLabelled) {
    return { kind: "labelled", label, value, span: cover(label.span, value.span) };
  }
  const what = problem("CNN1042", { label: quote(textOf(context, label.span)) });
  context.findings.report(what, label.span);
  return value;
}

function labelOf(
  context: BuildContext,
  { Identifier, StringLiteral: text }: NonNullable<StepCstNode["children"]["label"]>[0]["children"],
): Name | StringLiteral | undefined {
  if (Identifier !== undefined) return nameOf(context, Identifier[0]);
  return text && stringLiteral(context, text[0]);
}

export function chain(context: BuildContext, { children }: ChainCstNode): Expression {
  const operands = children.operand.map((node) => operand(context, node));
  return combine(context, operands, children.BinaryOperator ?? []);
}

function operand(context: BuildContext, node: OperandCstNode): Operand {
  const { PrefixOperator: prefixes = [], suffix = [] } = node.children;
  const base = primary(context, node);
  const value = withSuffixes(
    context,
    base,
    suffix.map(({ children }) => {
      if (children.chain !== undefined && children.RightBracket !== undefined) {
        return {
          kind: "index",
          index: chain(context, children.chain[0]),
          last: children.RightBracket[0],
        };
      }
      if (children.arguments !== undefined && children.RightParen !== undefined) {
        const given = argumentsOf(context, children.arguments[0]);
        return { kind: "call", arguments: given, last: children.RightParen[0] };
      }
      if (children.Identifier === undefined) throw new InternalFault("a suffix is one of three");
      return { kind: "field", last: children.Identifier[0] };
    }),
  );
  return { prefixes, value };
}

function primary(context: BuildContext, { children }: OperandCstNode): Expression {
  if (children.Identifier !== undefined) {
    const [token] = children.Identifier;
    return nameOf(context, token) ?? missing(spanBetween(context, token));
  }
  if (children.IntLiteral !== undefined) return intLiteral(context, children.IntLiteral[0]);
  if (children.FloatLiteral !== undefined) return floatLiteral(context, children.FloatLiteral[0]);
  if (children.StringLiteral !== undefined)
    return stringLiteral(context, children.StringLiteral[0]);
  const bool = children.True ?? children.False;
  if (bool !== undefined) {
    const value = bool[0].tokenType === t.True;
    return { kind: "bool", value, span: spanBetween(context, bool[0]) };
  }
  if (children.parentheses !== undefined) return parentheses(context, children.parentheses[0]);
  if (children.list !== undefined) return list(context, children.list[0]);
  if (children.body !== undefined) return braces(context, children.body[0]);
  if (children.if !== undefined) return ifExpression(context, children.if[0]);
  if (children.repeat !== undefined) return repeat(context, children.repeat[0]);
  throw new InternalFault("an operand has a primary");
}

export function argumentsOf(
  context: BuildContext,
  { children }: ArgumentsCstNode,
): readonly Argument[] {
  return (children.argument ?? [])
    .map((node) => argument(context, node))
    .filter((given) => given !== undefined);
}

/** Undefined where the name could not be read: without it nobody knows what the value is for. */
function argument(context: BuildContext, { children }: ArgumentCstNode): Argument | undefined {
  const value = pipeline(context, children.pipeline[0]);
  if (children.Identifier === undefined) return { kind: "argument", value, span: value.span };
  const name = nameOf(context, children.Identifier[0]);
  return name && { kind: "argument", name, value, span: cover(name.span, value.span) };
}

function parentheses(context: BuildContext, { children }: ParenthesesCstNode): Expression {
  const items = children.pipeline.map((node) => pipeline(context, node));
  const span = spanBetween(context, children.LeftParen[0], children.RightParen[0]);
  if (items.length > 1) return { kind: "tuple", items, span };
  if (children.Comma !== undefined) context.findings.report(problem("CNN1047", {}), span);
  return { kind: "parenthesized", value: items[0], span };
}

export function list(context: BuildContext, { children }: ListCstNode): ListExpression {
  const items = (children.pipeline ?? []).map((node) => pipeline(context, node));
  const span = spanBetween(context, children.LeftBracket[0], children.RightBracket[0]);
  return { kind: "list", items, span };
}

/** Braces in the place of a value: a record or a group. */
function braces(context: BuildContext, node: BodyCstNode): Expression {
  const { entries, span } = contents(context, node);
  const record = recordOf(context, entries, span);
  if (record !== undefined) return record;
  return { kind: "group", body: bodyOf(context, entries, span), span };
}

export function body(context: BuildContext, node: BodyCstNode): Body {
  const { entries, span } = contents(context, node);
  return bodyOf(context, entries, span);
}

function contents(
  context: BuildContext,
  { children }: BodyCstNode,
): { entries: readonly Entry[]; span: Span } {
  const entries = (children.entry ?? [])
    .map((node) => entry(context, node))
    .filter((made) => made !== undefined);
  const span = spanBetween(context, children.LeftBrace[0], children.RightBrace[0]);
  return { entries, span };
}

/** Undefined where the name could not be read. */
function entry(context: BuildContext, { children }: EntryCstNode): Entry | undefined {
  const comma = children.Comma?.[0];
  if (children.pipeline !== undefined) {
    const value = pipeline(context, children.pipeline[0], "entry");
    return { kind: "expression", value, span: value.span, comma };
  }
  if (children.let !== undefined) {
    const binding = letBinding(context, children.let[0]);
    return binding && { kind: "let", binding, span: binding.span, comma };
  }
  if (children.binding === undefined) throw new InternalFault("an entry is one of three");
  const written = children.binding[0].children;
  const name = nameOf(context, written.Identifier[0]);
  const value = pipeline(context, written.pipeline[0]);
  return name && { kind: "binding", name, value, span: cover(name.span, value.span), comma };
}

function letBinding(context: BuildContext, { children }: LetCstNode): Let | undefined {
  const names = namesOf(context, children.Identifier ?? []);
  const value = pipeline(context, children.pipeline[0]);
  if (names.length === 0) return undefined;
  const span = cover(spanBetween(context, children.Let[0]), value.span);
  return { kind: "let", names, destructured: children.LeftParen !== undefined, value, span };
}

function ifExpression(context: BuildContext, { children }: IfCstNode): Expression {
  const conditions = children.chain.map((node) => chain(context, node));
  const bodies = children.body.map((node) => body(context, node));
  const end = bodies[bodies.length - 1].span;
  if (conditions.length > DEEPEST_NESTING) {
    const span = cover(spanBetween(context, children.If[0]), end);
    context.findings.report(problem("CNN1091", { limit: DEEPEST_NESTING }), span);
    return missing(span);
  }
  let otherwise: Body | If | undefined = bodies.at(conditions.length);
  for (let i = conditions.length - 1; i > 0; i--) {
    otherwise = branch(conditions[i], bodies[i], otherwise, spanBetween(context, children.If[i]));
  }
  return branch(conditions[0], bodies[0], otherwise, spanBetween(context, children.If[0]));
}

function branch(
  condition: Expression,
  then: Body,
  otherwise: Body | If | undefined,
  word: Span,
): If {
  const span = cover(word, (otherwise ?? then).span);
  return { kind: "if", condition, then, ...(otherwise && { else: otherwise }), span };
}

function repeat(context: BuildContext, { children }: RepeatCstNode): Repeat {
  const bounds = children.chain.map((node) => chain(context, node));
  const rounds = body(context, children.body[0]);
  const variable = children.Identifier && nameOf(context, children.Identifier[0]);
  const isRange = bounds.length > 1;
  if (children.In !== undefined && !isRange && bounds[0].kind !== "missing") {
    const { span } = bounds[0];
    const start = { ...span, end: span.start };
    context.findings.report(problem("CNN1038", { form: "range" }), span, {
      fix: { title: "count from 0", edits: [{ span: start, text: "0.." }] },
    });
  }
  return {
    kind: "repeat",
    ...(variable && { variable }),
    ...(isRange && { from: bounds[0] }),
    to: bounds[bounds.length - 1],
    body: rounds,
    span: cover(spanBetween(context, children.Repeat[0]), rounds.span),
  };
}
