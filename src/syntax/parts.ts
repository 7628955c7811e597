/** What an expression is made of: for walks over the tree that care for a few kinds only. */
import type { Body, Expression, If } from "./ast.ts";

/** An expression's own expressions, and the bodies in it, which have names of their own. */
export interface Parts {
  readonly expressions: readonly Expression[];
  readonly bodies: readonly Body[];
}

/** The direct parts, in source order. A call's callee is a name, not an expression of it. */
export function partsOf(expression: Expression): Parts {
  switch (expression.kind) {
    case "pipeline":
      return only(expression.steps);
    case "labelled":
    case "parenthesized":
      return only([expression.value]);
    case "call":
      return only(expression.arguments.map(({ value }) => value));
    case "tuple":
    case "list":
      return only(expression.items);
    case "record":
      return only(expression.fields.map(({ value }) => value));
    case "binary":
      return only([expression.left, expression.right]);
    case "unary":
      return only([expression.operand]);
    case "field":
      return only([expression.object]);
    case "index":
      return only([expression.object, expression.index]);
    case "group":
      return { expressions: [], bodies: [expression.body] };
    case "if":
      return partsOfIf(expression);
    case "repeat": {
      const { from, to, body } = expression;
      return { expressions: from === undefined ? [to] : [from, to], bodies: [body] };
    }
    case "name":
    case "int":
    case "float":
    case "bool":
    case "string":
    case "missing":
      return only([]);
    default:
      return expression satisfies never;
  }
}

function only(expressions: readonly Expression[]): Parts {
  return { expressions, bodies: [] };
}

function partsOfIf({ condition, then, else: otherwise }: If): Parts {
  if (otherwise?.kind === "if") return { expressions: [condition, otherwise], bodies: [then] };
  return { expressions: [condition], bodies: otherwise === undefined ? [then] : [then, otherwise] };
}
