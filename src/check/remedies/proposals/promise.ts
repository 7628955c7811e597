/** A `where` promise that makes a condition on named sizes hold. */
import type { Fix, SizePromise } from "../../../diagnostics/diagnostic.ts";
import type { Model, Program } from "../../../syntax/ast.ts";
import type { Span } from "../../../diagnostics/span.ts";
import { behind } from "./edits.ts";

/** `H % 4 == 0, W % 4 == 0`. */
export function formatPromises(promises: readonly SizePromise[]): string {
  return promises
    .map(({ name, divisor, remainder }) => `${name} % ${divisor} == ${remainder}`)
    .join(", ");
}

/** What mends this layer may be too weak for those behind it, so twice and four times as much is tried. */
const STRONGER = [1, 2, 4, 8];

export function promise(
  promises: readonly SizePromise[],
  span: Span,
  program: Program,
): readonly Fix[] {
  const models = program.items.filter((item) => item.kind === "model");
  return models
    .filter((model) => promises.every(({ name }) => declares(model, name)))
    .toSorted((a, b) => distance(a, span) - distance(b, span))
    .flatMap((model) => STRONGER.map((factor) => promiseIn(model, promises, factor)));
}

function declares({ parameters }: Model, name: string): boolean {
  return parameters.some(
    ({ type }) =>
      type?.kind === "list" &&
      type.items.some((item) => item.kind === "name" && item.text === name),
  );
}

/** A mistake inside a block belongs to some model; one inside a model to this one. */
function distance(model: Model, { start }: Span): number {
  return model.span.start <= start && start < model.span.end ? 0 : 1;
}

function promiseIn(model: Model, promises: readonly SizePromise[], factor: number): Fix {
  const stronger = promises.map((one) => ({ ...one, divisor: one.divisor * factor }));
  const conditions = formatPromises(stronger);
  const title = `promise \`where ${conditions}\``;
  const last = model.where.at(-1);
  if (last !== undefined) {
    return { title, edits: [{ span: behind(last.span), text: `, ${conditions}` }] };
  }
  const { start } = model.body.span;
  const before = { ...model.body.span, end: start };
  return { title, edits: [{ span: before, text: `where ${conditions} ` }] };
}
