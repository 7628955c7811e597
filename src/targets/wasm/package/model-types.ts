/** Writes `model.d.ts`: the shapes and labels of a model as TypeScript types. */
import { exportOf, localName } from "./model-js.ts";
import type { ModelDescription, PortDescription } from "./description.ts";

export interface DeclaredModel {
  readonly model: ModelDescription;
  /** The model's own comment, in plain text or Markdown. */
  readonly doc?: string;
}

/** A whole file of declarations; a single model is also the default export. */
export function modelTypes(models: readonly DeclaredModel[], header: string): string {
  const names = models.map(({ model }) => exportOf(model.name));
  const [only] = models;
  if (models.length === 1) names.push(`${localName(only.model.name)} as default`);
  return [
    `// ${header}\n`,
    ...models.map(classTypes),
    SHARED,
    `export { ${names.join(", ")} };\n`,
  ].join("\n");
}

function classTypes({ model, doc }: DeclaredModel): string {
  const name = localName(model.name);
  const takes = shapesOf(model.inputs, "Given");
  const files =
    model.weights.place === "beside"
      ? "`model.wasm` and `model.weights`, which lie"
      : "`model.wasm`, which lies";
  return `${comment(doc ?? `The model ${model.name}.`, "")}declare class ${name} {
  private constructor();
  /** Loads ${files} beside this module unless given. */
  static open(options?: OpenOptions): Promise<${name}>;
  /** Names of the classes, in the order of the output. */
  static readonly labels: readonly [${model.labels.map((label) => JSON.stringify(label)).join(", ")}];
  /** The model's own memory: written before \`run()\`, which does not change it. */
  readonly inputs: ${shapesOf(model.inputs, "Tensor")};
  /** The model's own memory: the next run writes over it. */
  readonly outputs: ${shapesOf(model.outputs, "Tensor")};
  /** How many threads share the work. */
  readonly threads: number;
  /** Computes the outputs, in arrays of their own. Throws where an input does not fit. */
  run(inputs: ${takes}): ${shapesOf(model.outputs, "Tensor")};
  /** Computes \`outputs\` from \`inputs\` in place, and allocates nothing. */
  run(): ${shapesOf(model.outputs, "Tensor")};
  /** Ends the threads, where it has any. */
  close(): void;
}
`;
}

/** `{ readonly image: Tensor<readonly [1, 1, 28, 28]> }`. */
function shapesOf(ports: readonly PortDescription[], type: "Tensor" | "Given"): string {
  const fields = ports.map(({ name, shape }) => {
    const key = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name) ? name : JSON.stringify(name);
    return `readonly ${key}: ${type}<readonly [${shape.join(", ")}]>`;
  });
  return `{ ${fields.join("; ")} }`;
}

function comment(text: string, indent: string): string {
  const lines = text.trim().replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */\n`].join(
    "\n",
  );
}

/** Types of the platform are spelled by what is used of them, so that no library is needed. */
const SHARED = `/** Numbers in row-major order, maps as \`[N, C, H, W]\`. */
interface Tensor<Shape extends readonly number[]> {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** What an input takes: exactly as many numbers as its shape has. */
type Given<Shape extends readonly number[]> =
  ArrayLike<number> | { readonly shape: Shape; readonly data: ArrayLike<number> };

interface OpenOptions {
  /** \`model.wasm\`: a URL, its bytes, a Response, or a WebAssembly.Module. */
  readonly wasm?: string | object;
  /** \`model.weights\`, of models that have this file: a URL, its bytes or a Response. */
  readonly weights?: string | object;
  /** As many as the package was built for, unless given; 1 starts no workers. */
  readonly threads?: number;
  /** Gets a text where there are fewer threads than asked for; \`console.warn\` unless given. */
  readonly warn?: (message: string) => void;
}
`;
