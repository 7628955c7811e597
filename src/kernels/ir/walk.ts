/** Walks over expressions. */
import type { Vector } from "./ir.ts";

/** Visits the operands of an expression, in the order in which they are computed. */
export function forEachPart(vector: Vector, visit: (part: Vector) => void): void {
  switch (vector.op) {
    case "constant":
    case "read":
    case "load":
    case "splat":
      return;
    case "fma":
      visit(vector.a);
      visit(vector.b);
      return visit(vector.c);
    case "select":
      visit(vector.mask.left);
      visit(vector.mask.right);
      visit(vector.yes);
      return visit(vector.no);
    case "shuffle":
    case "add":
    case "subtract":
    case "multiply":
    case "divide":
    case "min":
    case "max":
    case "or":
    case "scale":
      visit(vector.left);
      return visit(vector.right);
    default:
      return visit(vector.value);
  }
}

/** The operands of an expression. */
export function partsOf(vector: Vector): readonly Vector[] {
  const parts: Vector[] = [];
  forEachPart(vector, (part) => parts.push(part));
  return parts;
}
