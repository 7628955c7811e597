/** Names of a file made into names of the language. */
import {
  LocalNames,
  identifierFrom,
  isIdentifier,
  pascalCase,
} from "../../program/code/identifiers.ts";

/** Longer names are cut; nobody reads them. */
const LONGEST = 60;

/** Hands out names for inputs and outputs, none twice. */
export class PortNames {
  private readonly names = new LocalNames();

  take(name: string, fallback: string): string {
    return this.names.take(identifierFrom(name.slice(0, LONGEST), fallback));
  }
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
  private readonly names = new LocalNames();

  /** All that were handed out. */
  readonly all = new Set<string>();

  nameOf(given: string | undefined, axis: number, rank: number): string {
    const usual = BY_RANK[rank]?.[axis] ?? (axis === 0 ? "N" : `D${axis}`);
    // Inputs whose batch is open have the same one.
    const key = given ?? (axis === 0 ? "" : undefined);
    const before = key === undefined ? undefined : this.known.get(key);
    if (before !== undefined) return before;
    const own = given !== undefined && given.length <= LONGEST && isIdentifier(given);
    const name = this.names.take(own && !given.startsWith("unk__") ? given : usual);
    if (key !== undefined) this.known.set(key, name);
    this.all.add(name);
    return name;
  }
}

/** What exporters call every graph. */
const GENERIC =
  /^(torch[-_]?jit.*|main_?graph|graph\d*|model|tf2onnx.*|sklearn.*|mxnet.*|cntk.*|onnx.*|sequential\d*|functional\d*|)$/i;

/** The model's name: the graph's, or the file's where that says nothing. */
export function modelName(graph: string, file: string): string {
  const stem = file.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "");
  const name = GENERIC.test(graph) ? stem : graph;
  return pascalCase(name.slice(0, LONGEST), "Model");
}
