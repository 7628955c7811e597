/** A residual connection whose sides differ in channels: the second side, usually the shortcut, is projected. */
import type { Fix } from "../../../diagnostics/diagnostic.ts";
import type { Expression } from "../../../syntax/ast.ts";
import { textAt } from "./edits.ts";
import type { Place } from "./proposal.ts";
import { expressionAt } from "./tree.ts";

export function project({ axis }: { readonly axis: string }, place: Place): readonly Fix[] {
  const sides = sidesAt(place);
  if (axis !== "channels" || sides === undefined) return [];
  const [left, right] = sides;
  const candidates = [
    { side: right, other: left },
    { side: left, other: right },
  ];
  return candidates.flatMap(({ side, other }) =>
    ["", ", stride: 2"].flatMap((stride): readonly Fix[] => {
      // In a block the number differs from use to use, so the other side says it.
      if (other.kind !== "name") return [];
      const channels = `${other.text}.channels`;
      const written = textAt(place.text, side.span);
      const text = `(${written} -> conv(${channels}, kernel: 1${stride}))`;
      const title = `project \`${written}\` by a convolution with kernel 1`;
      return [{ title, edits: [{ span: side.span, text }] }];
    }),
  );
}

/** The sides of `a + b`, and of `add(a, b)`. */
function sidesAt({ program, span }: Place): readonly [Expression, Expression] | undefined {
  const found = expressionAt(program, span);
  if (found?.kind === "binary") return [found.left, found.right];
  if (found?.kind !== "call" || found.arguments.length !== 2) return undefined;
  return [found.arguments[0].value, found.arguments[1].value];
}
