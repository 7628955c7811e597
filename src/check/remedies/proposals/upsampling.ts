/** Maps that a U-Net joins: the one that was doubled is brought to the size of the other instead. */
import type { Edit, Fix } from "../../../diagnostics/diagnostic.ts";
import type { Call, Expression } from "../../../syntax/ast.ts";
import { walkDeclaration } from "../../../syntax/walk.ts";
import type { Place } from "./proposal.ts";
import { declarationAt, expressionAt } from "./tree.ts";

export function upsampleToOther({ program, span }: Place): readonly Fix[] {
  const found = expressionAt(program, span);
  const join = found && joinOf(found);
  if (join === undefined) return [];
  return [{ title: `upsample to the size of \`${join.other}\``, edits: [join.edit] }];
}

/** Where one size is odd, so are usually others. */
export function upsampleAll({ program, span }: Place): readonly Fix[] {
  const declaration = declarationAt(program, span);
  if (declaration === undefined) return [];
  const edits: Edit[] = [];
  walkDeclaration(declaration, {
    expression: (expression) => {
      const join = joinOf(expression);
      if (join !== undefined) edits.push(join.edit);
    },
  });
  return [{ title: "upsample to the sizes of the maps that are joined", edits }];
}

/** `concat(x -> upsample(2), other)`, and what makes of the factor the size of `other`. */
function joinOf(
  expression: Expression,
): { readonly other: string; readonly edit: Edit } | undefined {
  if (expression.kind !== "call" || expression.callee.text !== "concat") return undefined;
  const sides = expression.arguments.map(({ value }) => value);
  const other = sides.find((side) => side.kind === "name");
  const upsampling = sides.map(upsamplingIn).find((call) => call !== undefined);
  if (other?.kind !== "name" || upsampling === undefined) return undefined;
  const text = `size: (${other.text}.height, ${other.text}.width)`;
  return { other: other.text, edit: { span: upsampling.arguments[0].span, text } };
}

/** The last step `upsample(2)` of a pipeline. */
function upsamplingIn(side: Expression): Call | undefined {
  const step = side.kind === "pipeline" ? side.steps.at(-1) : undefined;
  const call = step?.kind === "labelled" ? step.value : step;
  if (call?.kind !== "call" || call.callee.text !== "upsample") return undefined;
  return call.arguments.at(0)?.value.kind === "int" ? call : undefined;
}
