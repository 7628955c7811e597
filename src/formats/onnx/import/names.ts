/** Names of a file made into names of the language. */
import { layers } from "../../../layers/index.ts";

/** Words of the language that name nothing. */
export const RESERVED: ReadonlySet<string> = new Set(
  "import const block model train let if else repeat in where true false and or not".split(" "),
);

const LONGEST = 60;

/** A name that programs can use, unlike those taken; it is taken then. */
export function identifier(name: string, taken: Set<string>): string {
  const words = name.slice(0, 4 * LONGEST).replaceAll(/[^A-Za-z0-9_]+/g, "_");
  const plain = words.replaceAll(/^_+|_+$/g, "").slice(0, LONGEST);
  const start = plain === "" || /^[0-9]/.test(plain) ? `x${plain}` : plain;
  // A name that a layer has too would hide it.
  const base = RESERVED.has(start) || layers.has(start) ? `${start}_` : start;
  let unique = base;
  for (let n = 2; taken.has(unique); n++) unique = `${base}_${n}`;
  taken.add(unique);
  return unique;
}

const BY_RANK: Readonly<Record<number, readonly string[]>> = {
  2: ["N", "F"],
  3: ["N", "C", "L"],
  4: ["N", "C", "H", "W"],
};

/** Names of open sizes: the file's own where they are names, else what the axis is usually called. */
export class SizeNames {
  /** By the file's name. */
  private readonly known = new Map<string, string>();
  private readonly taken = new Set<string>();

  nameOf(given: string | undefined, axis: number, rank: number): string {
    const usual = BY_RANK[rank]?.[axis] ?? (axis === 0 ? "N" : `D${axis}`);
    // Inputs whose batch is open have the same one.
    const key = given ?? (axis === 0 ? "" : undefined);
    const before = key === undefined ? undefined : this.known.get(key);
    if (before !== undefined) return before;
    const own = given !== undefined && /^[A-Za-z_]\w*$/.test(given) && !given.startsWith("unk__");
    const name = identifier(own ? given : usual, this.taken);
    if (key !== undefined) this.known.set(key, name);
    return name;
  }
}
