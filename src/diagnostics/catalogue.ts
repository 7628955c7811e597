/**
 * All codes and what is said about each. A code's first digit is its family; a code never
 * changes its meaning and is never given away again.
 */
import { arrangementErrors } from "./catalogue/arrangements.ts";
import { compileErrors } from "./catalogue/compile.ts";
import { declaredShapeErrors } from "./catalogue/declared-shapes.ts";
import { exportErrors } from "./catalogue/exports.ts";
import { inputErrors } from "./catalogue/inputs.ts";
import { lints } from "./catalogue/lints.ts";
import { nameErrors } from "./catalogue/names.ts";
import { onnxErrors } from "./catalogue/onnx.ts";
import { shapeErrors } from "./catalogue/shapes.ts";
import { syntaxErrors } from "./catalogue/syntax.ts";
import { targetErrors } from "./catalogue/targets.ts";
import type { Entry } from "./entry.ts";

/** The words of every code. */
const entries = {
  ...syntaxErrors,
  ...shapeErrors,
  ...arrangementErrors,
  ...declaredShapeErrors,
  ...nameErrors,
  ...lints,
  ...inputErrors,
  ...exportErrors,
  ...compileErrors,
  ...targetErrors,
  ...onnxErrors,
};

/**
 * The name of a kind of mistake, `CNN2003`: never given to another one, so that programs may rely
 * on it.
 */
export type Code = keyof typeof entries;

/** The facts that a code's text is made of. */
export type FactsOf<C extends Code> = {
  [K in Code]: (typeof entries)[K] extends Entry<infer F> ? F : never;
}[C];

export const catalogue: { readonly [C in Code]: Entry<FactsOf<C>> } = entries;

export function isCode(text: string): text is Code {
  return Object.hasOwn(catalogue, text);
}
