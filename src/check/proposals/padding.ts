/** Padding for a map that became too small: at this layer, or at every convolution before it. */
import type { Fix } from "../../diagnostics/diagnostic.ts";
import type { Call } from "../../syntax/ast.ts";
import { walkDeclaration } from "../../syntax/walk.ts";
import { addArgument, argumentEdit } from "./edits.ts";
import type { Place } from "./proposal.ts";
import { declarationAt } from "./tree.ts";

/** As much as keeps the size and no more: with more, the border sees nothing but padding. */
export function padHere({ span, text }: Place, extent: number): readonly Fix[] {
  const paddings = Array.from({ length: Math.floor((extent - 1) / 2) }, (_, at) => at + 1);
  return paddings.map((padding) => addArgument(span, text, "padding", String(padding)));
}

/** Every convolution of the same block or model that has an odd kernel and no padding keeps the size. */
export function padAll({ span, text, program }: Place): readonly Fix[] {
  const declaration = declarationAt(program, span);
  if (declaration === undefined) return [];
  const calls: { readonly call: Call; readonly padding: number }[] = [];
  walkDeclaration(declaration, {
    expression: (expression) => {
      const padding = expression.kind === "call" ? keepingPadding(expression) : undefined;
      if (expression.kind === "call" && padding !== undefined) {
        calls.push({ call: expression, padding });
      }
    },
  });
  if (calls.length < 2) return [];
  const paddings = new Set(calls.map(({ padding }) => padding));
  const [first] = paddings;
  return [
    {
      title:
        paddings.size === 1
          ? `add \`padding: ${first}\` to every convolution, so that it keeps the size`
          : "pad every convolution, so that it keeps the size",
      edits: calls.map(({ call, padding }) => argumentEdit(call.span, text, `padding: ${padding}`)),
    },
  ];
}

/** Half of an odd kernel. */
function keepingPadding({ callee, arguments: given }: Call): number | undefined {
  if (callee.text !== "conv" || given.some(({ name }) => name?.text === "padding")) {
    return undefined;
  }
  const kernel = given.find(({ name }) => name?.text === "kernel")?.value;
  if (kernel?.kind !== "int" || kernel.value % 2 === 0 || kernel.value < 3) return undefined;
  return (kernel.value - 1) / 2;
}
