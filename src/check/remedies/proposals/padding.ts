/** Padding for a map that became too small: at this layer, or at every convolution before it. */
import type { Fix } from "../../../diagnostics/diagnostic.ts";
import type { Call } from "../../../syntax/ast.ts";
import { walkDeclaration } from "../../../syntax/walk.ts";
import { addArgument, argumentEdit } from "./edits.ts";
import type { Place } from "./proposal.ts";
import { declarationAt } from "./tree.ts";

/**
 * As much as the kernel needs, or as keeps the size, but no more: then the border would see
 * nothing but padding.
 * @param extent of the kernel
 * @param lacking pixels by which it is larger than its input
 */
export function padHere({ span, text }: Place, extent: number, lacking: number): readonly Fix[] {
  const most = Math.floor((extent - 1) / 2);
  const paddings = new Set([Math.ceil(lacking / 2), most]);
  return [...paddings]
    .filter((padding) => padding >= 1 && padding <= most)
    .map((padding) => addArgument(span, text, "padding", String(padding)));
}

/**
 * Every convolution of the same block or model that has an odd kernel and no padding keeps the size,
 * and so does every pool with a stride of 1.
 */
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
          ? `add \`padding: ${first}\` everywhere, so that layers keep the size`
          : "pad every layer, so that it keeps the size",
      edits: calls.map(({ call, padding }) => argumentEdit(call.span, text, `padding: ${padding}`)),
    },
  ];
}

/** Half of an odd kernel. */
function keepingPadding({ callee, arguments: given }: Call): number | undefined {
  const isPool = callee.text === "max_pool" || callee.text === "avg_pool";
  if (!isPool && callee.text !== "conv") return undefined;
  const named = (wanted: string) => given.find(({ name }) => name?.text === wanted)?.value;
  const ordered = given.filter(({ name }) => name === undefined);
  const [kernelAt, paddingAt] = isPool ? [0, 2] : [1, 3];
  if (named("padding") !== undefined || ordered.length > paddingAt) return undefined;
  const stride = named("stride");
  if (isPool && !(stride?.kind === "int" && stride.value === 1)) return undefined;
  const kernel = named("kernel") ?? ordered.at(kernelAt)?.value;
  if (kernel?.kind !== "int" || kernel.value % 2 === 0 || kernel.value < 3) return undefined;
  return (kernel.value - 1) / 2;
}
