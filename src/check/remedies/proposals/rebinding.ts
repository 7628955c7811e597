/** A name that is bound again and again, as variables are: each later binding gets a name of its own. */
import type { Edit, Fix } from "../../../diagnostics/diagnostic.ts";
import type { Let } from "../../../syntax/ast.ts";
import { walkDeclaration } from "../../../syntax/walk.ts";
import type { Place } from "./proposal.ts";
import { declarationAt } from "./tree.ts";

/** `let x = …`, `let x = x -> relu`, `x -> flatten` as `x`, `x2 = x -> relu`, `x2 -> flatten`. */
export function rename(name: string, { program, span }: Place): readonly Fix[] {
  const declaration = declarationAt(program, span);
  if (declaration === undefined) return [];
  const bindings: Let[] = [];
  const taken = new Set(declaration.parameters.map((parameter) => parameter.name.text));
  const mentions: { readonly start: number; readonly end: number }[] = [];
  walkDeclaration(declaration, {
    binding: (binding) => {
      for (const { text } of binding.names) taken.add(text);
      if (binding.names.some(({ text }) => text === name)) bindings.push(binding);
    },
    expression: (expression) => {
      if (expression.kind === "name" && expression.text === name) mentions.push(expression.span);
      const callee = expression.kind === "call" ? expression.callee : undefined;
      if (callee?.text === name) mentions.push(callee.span);
    },
  });
  const own = bindings.slice(1).map((binding, i) => ({ binding, text: `${name}${i + 2}` }));
  if (own.length === 0 || own.some(({ text }) => taken.has(text))) return [];
  const edits = own.flatMap(({ binding, text }, i): readonly Edit[] => {
    // A binding's value still means the one before it.
    const until = own.at(i + 1)?.binding.span.end ?? Infinity;
    const later = mentions.filter(({ start }) => start >= binding.span.end && start < until);
    const declared = binding.names.filter((one) => one.text === name).map((one) => one.span);
    return [...declared, ...later].map((at) => ({ span: { ...span, ...at }, text }));
  });
  const names = own.map(({ text }) => `\`${text}\``).join(", ");
  return [{ title: `call ${own.length === 1 ? "it" : "them"} ${names}`, edits }];
}
