/**
 * Names of nodes and weights, by the rules of the language: labels joined by dots; in a
 * body unlabelled layers by kind and order (`conv1`, `conv2`); in a labelled group
 * unlabelled steps by number, as in `nn.Sequential`; a round of one step is that step.
 */

type Style =
  /** A body: `conv1`, `relu1`, `conv2`. */
  | "body"
  /** A labelled group: `0`, `1`, `2`. */
  | "sequence"
  /** A round of one step: the step is called what the round is called. */
  | "single";

export class Names {
  readonly path: string;
  private readonly style: Style;
  private readonly taken: Set<string>;
  /** Labels that the body gives itself, which automatic names keep clear of. */
  private readonly reserved: ReadonlySet<string>;
  /** A further use of a shared instance: names repeat by intention. */
  private readonly again: boolean;
  private readonly counts = new Map<string, number>();

  private constructor(
    path: string,
    style: Style,
    taken: Set<string>,
    reserved: ReadonlySet<string>,
    again: boolean,
  ) {
    this.path = path;
    this.style = style;
    this.taken = taken;
    this.reserved = reserved;
    this.again = again;
  }

  /** The names of a model's body. */
  static forModel(reserved: ReadonlySet<string>): Names {
    return new Names("", "body", new Set(), reserved, false);
  }

  /** The full name for a label, or undefined where this name is taken. */
  take(label: string): string | undefined {
    const name = this.join(label);
    if (this.again) return name;
    if (this.taken.has(name)) return undefined;
    this.taken.add(name);
    return name;
  }

  /** The full name of the next unlabelled layer of a kind. */
  next(kind: string): string {
    if (this.style === "single") return this.path;
    return this.count(kind, this.style === "sequence");
  }

  /** The full name of the next operator, which is no step of a sequence. */
  nextOperator(kind: string): string {
    return this.count(kind, false);
  }

  /** The names inside a labelled or numbered part; `path` was returned by `take` or `next`. */
  inside(path: string, style: Style, reserved: ReadonlySet<string> = new Set()): Names {
    return new Names(path, style, this.taken, reserved, this.again);
  }

  /** The same place once more, for a further use of a shared layer: names repeat. */
  repeated(): Names {
    return new Names(this.path, this.style, this.taken, this.reserved, true);
  }

  private count(kind: string, plainNumber: boolean): string {
    const key = plainNumber ? "" : kind;
    for (;;) {
      const n = this.counts.get(key) ?? 0;
      this.counts.set(key, n + 1);
      const label = plainNumber ? String(n) : `${kind}${n + 1}`;
      if (this.reserved.has(label)) continue;
      const name = this.take(label);
      if (name !== undefined) return name;
    }
  }

  private join(label: string): string {
    return this.path === "" ? label : `${this.path}.${label}`;
  }
}

/** `ConvBnAct` as an automatic name: `conv_bn_act`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}
