/** Writes `model.js`: the loader's code, what the model knows of itself, and its class. */
import type { ModelDescription } from "./description.ts";
import { runtimeText } from "./runtime.generated.ts";

/** Expressions of JavaScript for what `open` reads unless it is told otherwise. */
export interface FileExpressions {
  /** `new URL("model.wasm", import.meta.url)`, or the bytes. */
  readonly wasm: string;
  readonly weights?: string;
}

/** The loader under the name that `classText` uses; no model is called so. */
export const LOADER = "$cnn";

/** A whole module with one model, which is also its default export. */
export function modelModule(
  model: ModelDescription,
  files: FileExpressions,
  header: string,
): string {
  const name = localName(model.name);
  return [
    `// ${header}\n`,
    `const ${LOADER} = ${runtimeText};\n`,
    classText(model, files),
    `export { ${exportOf(model.name)}, ${name} as default };\n`,
  ].join("\n");
}

/** Declares the class of a model under its `localName`. */
export function classText(model: ModelDescription, { wasm, weights }: FileExpressions): string {
  const facts = Object.entries(model).map(([key, value]) => `  ${key}: ${JSON.stringify(value)},`);
  const files = [`  wasm: () => ${wasm},`];
  if (weights !== undefined) files.push(`  weights: () => ${weights},`);
  return [
    `const ${localName(model.name)} = ${LOADER}.defineModel({`,
    ...facts,
    "}, {",
    ...files,
    "});",
    "",
  ].join("\n");
}

/** `LeNet5`, or what exports a model whose name cannot be a variable. */
export function exportOf(model: string): string {
  if (isVariable(model)) return model;
  const exported = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(model) ? model : `"${model}"`;
  return `${localName(model)} as ${exported}`;
}

/** Names of models are more than JavaScript's: `class`, `Net²`. */
export function localName(model: string): string {
  if (isVariable(model)) return model;
  return `$${Array.from(model, (letter) => letter.codePointAt(0)?.toString(36)).join("_")}`;
}

function isVariable(name: string): boolean {
  return /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name) && !RESERVED.has(name);
}

/**
 * https://tc39.es/ecma262/#prod-ReservedWord, with those of strict mode and of modules, and the
 * names of the types in `model.d.ts`.
 */
const RESERVED = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum " +
    "eval export extends false finally for function if implements import in instanceof interface " +
    "let new null package private protected public return static super switch this throw true " +
    "try typeof var void while with yield Tensor Given OpenOptions"
  ).split(" "),
);
