/** Names that the language allows and that mean nothing else where they stand. */
import { layers } from "../../layers/index.ts";

const KEYWORDS: ReadonlySet<string> = new Set(
  "import const block model train let if else repeat in where true false and or not from as".split(
    " ",
  ),
);

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
    // No number makes a layer's name, or a keyword, one that is free.
    const final = names[names.length - 1];
    const last = isOpen(final) ? final : `${final}_`;
    let free = names.find((name) => this.isFree(name)) ?? last;
    for (let n = 2; !this.isFree(free); n++) free = `${last}${n}`;
    this.taken.add(free);
    return free;
  }

  /** For a parameter that is a number, and so cannot be taken for a layer. */
  takeInt(name: string): string {
    let free = name;
    for (let n = 2; this.taken.has(free) || !isIdentifier(free); n++) free = `${name}${n}`;
    this.taken.add(free);
    return free;
  }

  private isFree(name: string): boolean {
    // `conv2` would meet the automatic name of a second convolution.
    return !this.taken.has(name) && isOpen(name);
  }
}

function isOpen(name: string): boolean {
  return isIdentifier(name) && !layers.has(name.replace(/\d+$/, ""));
}
