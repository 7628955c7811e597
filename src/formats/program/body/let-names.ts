/** What a person would call a value that is used twice, or joined with another. */
import { layerOf } from "../../../analysis/table.ts";
import type { Category } from "../../../layers/layer.ts";
import { identifierFrom, isIdentifier } from "../code/identifiers.ts";
import type { Part } from "../outline/region.ts";

/** Says nothing of what a value is, so that what came before it names the value. */
const PLAIN: ReadonlySet<Category> = new Set(["activation", "normalization", "regularization"]);

const WORDS: Readonly<Record<Category, string>> = {
  source: "learned",
  convolution: "features",
  linear: "hidden",
  pooling: "pooled",
  normalization: "normed",
  activation: "activated",
  arithmetic: "total",
  function: "value",
  shape: "shaped",
  resampling: "resized",
  regularization: "dropped",
};

const SPECIAL: Readonly<Record<string, string>> = {
  concat: "joined",
  mul: "scaled",
  mul_scalar: "scaled",
  split: "part",
  slice: "part",
  flatten: "flat",
  sigmoid: "gate",
  hard_sigmoid: "gate",
  softmax: "weights",
};

/** A label as the name of a `let`; undefined where it cannot be one. */
export function wordOfLabel(label: string | undefined): string | undefined {
  const word = label?.replaceAll(/[^A-Za-z0-9]+/g, "_");
  return word !== undefined && isIdentifier(word) ? word : undefined;
}

/** Names in the order in which they are wished for. */
export type Words = readonly [string, ...string[]];

/** After the chain of parts that makes it, the last one first. */
export function wordsFor(chain: Iterable<Part>): Words {
  let gate: string | undefined;
  for (const part of chain) {
    const label = wordOfLabel(part.label);
    if (part.kind !== "layer") return words(label, "features");
    const { category } = layerOf(part.node);
    const word = SPECIAL[part.node.kind] ?? WORDS[category];
    if (!PLAIN.has(category)) return words(gate ?? label, word);
    if (word === "gate" || word === "weights") gate ??= word;
  }
  return [gate ?? "y"];
}

/** Of one of several ways that are joined. */
export function branchWords(chain: Iterable<Part>): Words {
  const [first, ...others] = wordsFor(chain);
  return others.length === 0 ? ["branch"] : [first, "branch"];
}

function words(label: string | undefined, word: string): Words {
  return label === undefined ? [word] : [label, word];
}

/** For the output of a model, as a field's name. */
export function fieldName(name: string, at: number): string {
  return identifierFrom(name, `output${at}`);
}
