/** Walks over all expressions of a program, outer ones before those inside them. */
import type { Block, Body, Expression, Let, Model, Program } from "./ast.ts";
import { partsOf } from "./parts.ts";

export interface Visitor {
  expression?(expression: Expression): void;
  binding?(binding: Let): void;
}

export function walkProgram(program: Program, visitor: Visitor): void {
  for (const item of program.items) {
    if (item.kind === "block" || item.kind === "model") walkDeclaration(item, visitor);
    else if (item.kind === "const") walkExpression(item.value, visitor);
  }
}

/** The body alone: expressions of the head are sizes and defaults. */
export function walkDeclaration({ body }: Block | Model, visitor: Visitor): void {
  walkBody(body, visitor);
}

function walkBody({ lets, result }: Body, visitor: Visitor): void {
  for (const binding of lets) {
    visitor.binding?.(binding);
    walkExpression(binding.value, visitor);
  }
  if (result !== undefined) walkExpression(result, visitor);
}

function walkExpression(expression: Expression, visitor: Visitor): void {
  visitor.expression?.(expression);
  const { expressions, bodies } = partsOf(expression);
  for (const part of expressions) walkExpression(part, visitor);
  for (const body of bodies) walkBody(body, visitor);
}
