/** The names that a body gives itself: automatic names keep clear of them. */
import type { Body, Expression } from "../../syntax/ast.ts";
import { partsOf } from "../../syntax/parts.ts";

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
  if (expression.kind === "labelled") {
    const { label } = expression;
    into.add(label.kind === "name" ? label.text : label.value);
    return;
  }
  const { expressions, bodies } = partsOf(expression);
  for (const part of expressions) collect(part, into);
  for (const body of bodies) collectBody(body, into);
}
