/** The names in a written shape, which declares them as sizes unless they are constants. */
import type { Expression, ListExpression } from "../../syntax/ast.ts";

/** In source order, each as often as it stands there: `[N, C, H, H / 2]`. */
export function namesIn({ items }: ListExpression): readonly string[] {
  return items.flatMap(namesOf);
}

function namesOf(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case "name":
      return [expression.text];
    case "binary":
      return [expression.left, expression.right].flatMap(namesOf);
    case "parenthesized":
      return namesOf(expression.value);
    default:
      return [];
  }
}
