/** Names that the language allows and that mean nothing else where they stand. */
import { layers } from "../../../layers/index.ts";

const KEYWORDS: ReadonlySet<string> = new Set([
  ..."import const block model train let if else repeat in where true false and or not from as".split(
    " ",
  ),
  // Read as what they are in Python and JavaScript, wherever they stand.
  ..."None True False lambda null undefined".split(" "),
]);

export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !KEYWORDS.has(text);
}

/** `input.1` becomes `input_1`; what leaves nothing becomes `fallback`. */
export function identifierFrom(text: string, fallback: string): string {
  const cleaned = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "");
  if (cleaned === "") return fallback;
  return KEYWORDS.has(cleaned) ? `${cleaned}_` : cleaned;
}

/** `resnet18-v1` becomes `Resnet18V1`. */
export function pascalCase(text: string, fallback: string): string {
  const words = identifierFrom(text, "").split("_");
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return joined === "" ? fallback : joined;
}

/** Hands out names of one scope, none twice and none that a layer has. */
export class LocalNames {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  /** The first that is free; `name2`, `name3` and so on of the last where none is. */
  take(...names: readonly [string, ...string[]]): string {
    const free = names.find((name) => this.isFree(name) && !isLayerName(name));
    const last = identifierFrom(names[names.length - 1], "value");
    return this.claim(free ?? this.numbered(isLayerName(last) ? `${last}_` : last));
  }

  /** For a parameter, which may be called as a layer that is not in `taken`. */
  takeParameter(name: string): string {
    return this.claim(this.numbered(identifierFrom(name, "value")));
  }

  private numbered(name: string): string {
    if (this.isFree(name)) return name;
    for (let n = 2; ; n++) if (this.isFree(`${name}${n}`)) return `${name}${n}`;
  }

  private claim(name: string): string {
    this.taken.add(name);
    return name;
  }

  private isFree(name: string): boolean {
    return !this.taken.has(name) && isIdentifier(name);
  }
}

/** Also `conv2`, which would meet the automatic name of a second convolution. */
function isLayerName(name: string): boolean {
  return layers.has(name.replace(/\d+$/, ""));
}
