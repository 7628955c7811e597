/** The names that a body gives itself: automatic names keep clear of them. */
import type { Body, Expression } from "../syntax/ast.ts";

const known = new WeakMap<Body, ReadonlySet<string>>();

/** Labels and `let` names of a body, not those inside labelled parts, which have names of their own. */
export function reservedNames(body: Body): ReadonlySet<string> {
  const found = known.get(body);
  if (found !== undefined) return found;
  const names = new Set<string>();
  collectBody(body, names);
  known.set(body, names);
  return names;
}

function collectBody(body: Body, into: Set<string>): void {
  for (const { names, value } of body.lets) {
    for (const name of names) into.add(name.text);
    collect(value, into);
  }
  if (body.result !== undefined) collect(body.result, into);
}

function collect(expression: Expression, into: Set<string>): void {
  switch (expression.kind) {
    case "labelled": {
      const { label } = expression;
      into.add(label.kind === "name" ? label.text : label.value);
      return;
    }
    case "pipeline":
      for (const step of expression.steps) collect(step, into);
      return;
    case "call":
      for (const argument of expression.arguments) collect(argument.value, into);
      return;
    case "tuple":
    case "list":
      for (const item of expression.items) collect(item, into);
      return;
    case "record":
      for (const field of expression.fields) collect(field.value, into);
      return;
    case "binary":
      collect(expression.left, into);
      collect(expression.right, into);
      return;
    case "unary":
      collect(expression.operand, into);
      return;
    case "parenthesized":
      collect(expression.value, into);
      return;
    case "group":
    case "repeat":
      collectBody(expression.body, into);
      return;
    case "if":
      collectBody(expression.then, into);
      if (expression.else?.kind === "if") collect(expression.else, into);
      else if (expression.else !== undefined) collectBody(expression.else, into);
      return;
    case "field":
    case "index":
    case "name":
    case "int":
    case "float":
    case "bool":
    case "string":
    case "missing":
      return;
    default:
      expression satisfies never;
  }
}
