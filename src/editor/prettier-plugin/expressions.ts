/** Lays out pipelines, bodies and all that nests in them. */
import { builders, utils } from "prettier/doc";
import * as t from "../../../grammar/tokens.ts";
import type {
  Argument,
  Binary,
  Body,
  Expression,
  If,
  Let,
  Pipeline,
  RecordExpression,
  Repeat,
} from "../../syntax/ast.ts";
import { BRACES, BRACKETS, PARENTHESES, list } from "./lists.ts";
import type { TokenStream } from "./token-stream.ts";

type Doc = builders.Doc;
const { group, hardline, ifBreak, indent, line, softline } = builders;

export function printExpression(stream: TokenStream, expression: Expression): Doc {
  switch (expression.kind) {
    case "pipeline":
      return printPipeline(stream, expression);
    case "labelled":
      return [
        stream.token(t.Identifier, t.StringLiteral),
        stream.token(t.Colon),
        stream.space(),
        printExpression(stream, expression.value),
      ];
    case "call":
      return [stream.token(t.Identifier), printArguments(stream, expression.arguments)];
    case "name":
      return stream.token(t.Identifier);
    case "int":
      return stream.token(t.IntLiteral);
    case "float":
      return stream.token(t.FloatLiteral);
    case "bool":
      return stream.token(t.True, t.False);
    case "string":
      return stream.token(t.StringLiteral);
    case "tuple":
      return list(stream, PARENTHESES, expression.items, printExpression);
    case "list":
      return list(stream, BRACKETS, expression.items, printExpression);
    case "record":
      return printRecord(stream, expression);
    case "binary":
      return printBinary(stream, expression);
    case "unary":
      return expression.operator === "not"
        ? [stream.token(t.Not), stream.space(), printExpression(stream, expression.operand)]
        : [stream.token(t.Minus), printExpression(stream, expression.operand)];
    case "field":
      return [
        printExpression(stream, expression.object),
        stream.token(t.Dot),
        stream.token(t.Identifier),
      ];
    case "index":
      return [
        printExpression(stream, expression.object),
        stream.token(t.LeftBracket),
        printExpression(stream, expression.index),
        stream.token(t.RightBracket),
      ];
    case "parenthesized":
      return printParenthesized(stream, expression.value);
    case "group":
      return printBody(stream, expression.body);
    case "if":
      return printIf(stream, expression);
    case "repeat":
      return printRepeat(stream, expression);
    case "missing":
      return "";
    default:
      return expression satisfies never;
  }
}

interface Step {
  readonly doc: Doc;
  /** The line break before the arrow: as the source has it. */
  readonly breaks: boolean;
  print(line: Doc): Doc;
}

/**
 * Steps stay on one line where the source has them on one line and they fit. A step that
 * takes several lines itself, such as a group, goes on in the line of the steps before it.
 */
function printPipeline(stream: TokenStream, { steps: [first, ...rest] }: Pipeline): Doc {
  const head = printExpression(stream, first);
  const steps = rest.map((step): Step => {
    const isBroken = stream.breaksAtArrow;
    const gap = stream.gapBeforeArrow();
    const arrow = stream.token(t.Arrow);
    const doc = [arrow, stream.space(), printExpression(stream, step)];
    return { doc, breaks: isBroken || gap.breaks, print: (before) => gap.print(before, "keep") };
  });
  const firstBreak = steps.findIndex(({ breaks }) => breaks);
  const inFirstLine = steps.slice(0, firstBreak < 0 ? steps.length : firstBreak);
  const joined = inFirstLine.findLastIndex(({ doc }) => utils.willBreak(doc)) + 1;
  const parts = steps.map((step, i) => {
    if (i < joined) return [step.print(" "), step.doc];
    if (step.breaks) return [step.print(hardline), step.doc];
    if (utils.willBreak(step.doc)) return [step.print(" "), step.doc];
    return group([step.print(line), step.doc]);
  });
  return [head, ...parts.slice(0, joined), indent(parts.slice(joined))];
}

/** Longer lists of plain values are filled, such as the labels of a thousand classes. */
const LONGEST_LIST = 10;

function isPlain({ name, value }: Argument): boolean {
  const { kind } = value;
  return name === undefined && (kind === "string" || kind === "int" || kind === "float");
}

export function printArguments(stream: TokenStream, given: readonly Argument[]): Doc {
  const filled = given.length > LONGEST_LIST && given.every(isPlain);
  return list(stream, { ...PARENTHESES, filled }, given, printArgument);
}

function printArgument(stream: TokenStream, { name, value }: Argument): Doc {
  if (name === undefined) return printExpression(stream, value);
  return [
    stream.token(t.Identifier),
    stream.token(t.Colon),
    stream.space(),
    printExpression(stream, value),
  ];
}

function printRecord(stream: TokenStream, { fields }: RecordExpression): Doc {
  return list(stream, BRACES, fields, (_, { value }) => [
    stream.token(t.Identifier),
    printAssigned(stream, value),
  ]);
}

function printParenthesized(stream: TokenStream, value: Expression): Doc {
  return group([
    stream.token(t.LeftParen),
    indent([stream.gap().print(softline), printExpression(stream, value)]),
    stream.gap().print(softline),
    stream.token(t.RightParen),
  ]);
}

/** A chain of operators of one level, all indented alike. */
function printBinary(stream: TokenStream, expression: Binary): Doc {
  const operands: Expression[] = [];
  let left: Expression = expression;
  while (left.kind === "binary") {
    operands.unshift(left.right);
    ({ left } = left);
  }
  const first = printExpression(stream, left);
  const rest = operands.map((operand) => [
    stream.space(),
    stream.token(t.BinaryOperator),
    stream.gap().print(line),
    printExpression(stream, operand),
  ]);
  return group([first, indent(rest)]);
}

/** ` = value`: a value that needs several lines begins on one of its own, unless it opens with a bracket. */
export function printAssigned(stream: TokenStream, value: Expression): Doc {
  const equals = [stream.space(), stream.token(t.Equals)];
  if (beginsLine(value)) {
    return [equals, group(indent([stream.gap().print(line), printExpression(stream, value)]))];
  }
  return [equals, stream.space(), printExpression(stream, value)];
}

function beginsLine({ kind }: Expression): boolean {
  return kind === "pipeline" || kind === "if" || kind === "binary";
}

/** Stays on one line if it is only a result, the source has it on one line, and it fits. */
export function printBody(stream: TokenStream, { lets, result }: Body, expanded = false): Doc {
  const opening = stream.token(t.LeftBrace);
  const isBroken = expanded || lets.length > 0 || stream.breaksBehindLast;
  const edge = isBroken ? hardline : line;
  const contents: Doc[] = [];
  const entries = [...lets, ...(result === undefined ? [] : [result])];
  entries.forEach((entry, i) => {
    contents.push(stream.gap().print(i === 0 ? edge : hardline, "keep"));
    contents.push(entry.kind === "let" ? printLet(stream, entry) : printExpression(stream, entry));
  });
  const last = stream.gap().print(edge, "keep");
  return group([opening, indent(contents), last, stream.token(t.RightBrace)]);
}

function printLet(stream: TokenStream, { names, destructured, value }: Let): Doc {
  const name = (): Doc => stream.token(t.Identifier);
  return [
    stream.token(t.Let),
    stream.space(),
    destructured ? list(stream, PARENTHESES, names, name) : name(),
    printAssigned(stream, value),
  ];
}

/** `else` stays behind a brace that closes on a line of its own, and else may begin a line. */
function printIf(stream: TokenStream, expression: If): Doc {
  const parts: Doc[] = [];
  let rest: Body | If | undefined = expression;
  while (rest?.kind === "if") {
    const then = Symbol("then");
    parts.push(
      stream.token(t.If),
      stream.space(),
      printExpression(stream, rest.condition),
      stream.space(),
      group(printBody(stream, rest.then), { id: then }),
    );
    rest = rest.else;
    if (rest === undefined) break;
    const gap = stream.gap().print(ifBreak(" ", line, { groupId: then }));
    parts.push(gap, stream.token(t.Else), stream.space());
  }
  if (rest !== undefined) parts.push(printBody(stream, rest));
  return group(parts);
}

function printRepeat(stream: TokenStream, { variable, from, to, body }: Repeat): Doc {
  const word = [stream.token(t.Repeat), stream.space()];
  const counter =
    variable === undefined
      ? ""
      : [stream.token(t.Identifier), stream.space(), stream.token(t.In), stream.space()];
  const start = from === undefined ? "" : [printExpression(stream, from), stream.token(t.DotDot)];
  return [
    word,
    counter,
    start,
    printExpression(stream, to),
    stream.space(),
    printBody(stream, body),
  ];
}
