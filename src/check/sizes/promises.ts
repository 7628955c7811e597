/**
 * What a `where` clause promises of named sizes: bounds and a remainder for each, and which are
 * equal. Every promise is held against all before it, since a model that takes no size at all is
 * a mistake of its own.
 */
import { type Dim, lcm, named } from "../../graph/dim.ts";

/** Sizes from `min` to `max` that leave `offset` on division by `divisor`. */
export interface SizeSet {
  readonly min: number;
  readonly max: number;
  readonly divisor: number;
  readonly offset: number;
}

const ANY: SizeSet = { min: 1, max: Infinity, divisor: 1, offset: 0 };

/** Larger ones divide no map that fits into a memory. */
const LARGEST_DIVISOR = 2 ** 20;

/** Whether a promise is kept by some size that keeps all before it; only then it counts. */
export type Outcome = "kept" | "contradicts" | "divisor too large";

/** Equal names share one. */
interface Entry {
  /** The first of the names. */
  readonly name: string;
  sizes: SizeSet;
}

export class Promises {
  readonly #entries: Map<string, Entry>;

  constructor(names: readonly string[]) {
    this.#entries = new Map(names.map((name) => [name, { name, sizes: ANY }]));
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The name's size is one of these. */
  restrict(name: string, sizes: Partial<SizeSet>): Outcome {
    const entry = this.#entries.get(name);
    if (entry === undefined) return "contradicts";
    const both = intersection(entry.sizes, { ...ANY, ...sizes });
    if (typeof both === "string") return both;
    entry.sizes = both;
    return "kept";
  }

  equate(a: string, b: string): Outcome {
    const order = [...this.#entries.keys()];
    const [early, late] = order.indexOf(a) <= order.indexOf(b) ? [a, b] : [b, a];
    const [first, second] = [this.#entries.get(early), this.#entries.get(late)];
    if (first === undefined || second === undefined) return "contradicts";
    const both = intersection(first.sizes, second.sizes);
    if (typeof both === "string") return both;
    const joined = order.indexOf(first.name) <= order.indexOf(second.name) ? first : second;
    joined.sizes = both;
    for (const [name, entry] of this.#entries) {
      if (entry === first || entry === second) this.#entries.set(name, joined);
    }
    return "kept";
  }

  /** Each name as a size: a number where only one is left. */
  get sizes(): ReadonlyMap<string, Dim> {
    return new Map([...this.#entries].map(([name, entry]) => [name, sizeOf(entry)]));
  }
}

function sizeOf({ name, sizes }: Entry): Dim {
  const least = smallest(sizes);
  return least + sizes.divisor > sizes.max ? least : named(name, sizes);
}

function smallest({ min, divisor, offset }: SizeSet): number {
  return min + ((((offset - min) % divisor) + divisor) % divisor);
}

function intersection(a: SizeSet, b: SizeSet): SizeSet | Exclude<Outcome, "kept"> {
  const divisor = lcm(a.divisor, b.divisor);
  if (divisor > LARGEST_DIVISOR) return "divisor too large";
  const offset = commonRemainder(a, b, divisor);
  if (offset === undefined) return "contradicts";
  const both = { min: Math.max(a.min, b.min), max: Math.min(a.max, b.max), divisor, offset };
  return smallest(both) <= both.max ? both : "contradicts";
}

function commonRemainder(a: SizeSet, b: SizeSet, multiple: number): number | undefined {
  for (let candidate = a.offset; candidate < multiple; candidate += a.divisor) {
    if (candidate % b.divisor === b.offset) return candidate;
  }
  return undefined;
}
