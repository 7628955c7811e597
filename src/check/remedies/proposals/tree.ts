/** Parts of the syntax tree that stand at the place of a diagnostic. */
import type { Span } from "../../../diagnostics/span.ts";
import type { Block, Expression, Let, Model, Program } from "../../../syntax/ast.ts";
import { walkProgram } from "../../../syntax/walk.ts";

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && outer.start <= inner.start && inner.end <= outer.end;
}

/** The block or model around a place. */
export function declarationAt(program: Program, span: Span): Block | Model | undefined {
  const declarations = program.items.filter(
    (item) => item.kind === "block" || item.kind === "model",
  );
  return declarations.find((declaration) => isWithin(span, declaration.span));
}

/** The outermost expression of exactly this extent. */
export function expressionAt(program: Program, span: Span): Expression | undefined {
  let found: Expression | undefined;
  walkProgram(program, {
    expression: (expression) => {
      const { start, end } = expression.span;
      if (start === span.start && end === span.end) found ??= expression;
    },
  });
  return found;
}

/** The `let` that declares the name at a place. */
export function bindingOf(program: Program, name: Span): Let | undefined {
  let found: Let | undefined;
  walkProgram(program, {
    binding: (binding) => {
      if (binding.names.some(({ span }) => span.start === name.start)) found = binding;
    },
  });
  return found;
}
