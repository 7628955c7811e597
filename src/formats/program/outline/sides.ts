/**
 * Two regions that are walked side by side: how far each has been walked, and which values of one
 * belong to which of the other, also by way of options that one of them lacks.
 */
import type { ValueId } from "../../../graph/graph.ts";
import type { Choice, Part, Region } from "./region.ts";

/**
 * Values that stand for others where an option is absent get numbers below zero, none of them twice,
 * since forms of many regions meet in one.
 */
let lastNumber = -1;

export class Side {
  readonly region: Region;
  readonly parts: Part[] = [];
  at = 0;
  /** For the output of an absent option what passes by it. */
  private readonly passing = new Map<ValueId, ValueId>();
  /** The outputs of absent options that are a value, the last first. */
  private readonly standIns = new Map<ValueId, readonly ValueId[]>();

  constructor(region: Region) {
    this.region = region;
  }

  get next(): Part | undefined {
    return this.region.parts.at(this.at);
  }

  peek(distance: number): Part | undefined {
    return this.region.parts.at(this.at + distance);
  }

  /** An option is absent here: what flows into it passes by. */
  lack(choice: Choice, inputs: readonly ValueId[]): ValueId {
    const output = --lastNumber;
    this.parts.push({ kind: "option", choice, inputs, outputs: [output] });
    this.pass(output, inputs[0]);
    return output;
  }

  private pass(output: ValueId, value: ValueId): void {
    this.passing.set(output, value);
    for (let at: ValueId | undefined = value; at !== undefined; at = this.passing.get(at)) {
      this.standIns.set(at, [output, ...(this.standIns.get(at) ?? [])]);
    }
  }

  /** Whether a value is another one by way of absent options. */
  means(value: ValueId, original: ValueId): boolean {
    return this.allOf(original).includes(value);
  }

  /** A value and what stands for it. */
  allOf(value: ValueId): readonly ValueId[] {
    return [...(this.standIns.get(value) ?? []), value];
  }
}

export class Sides {
  private readonly first: Side;
  private readonly second: Side;
  /** Values of the second region by those of the first, and the other way. */
  private readonly forward = new Map<ValueId, ValueId>();
  private readonly backward = new Map<ValueId, ValueId>();

  constructor(first: Side, second: Side) {
    this.first = first;
    this.second = second;
  }

  /** Two values belong together. */
  pair(a: ValueId, b: ValueId): void {
    this.forward.set(a, b);
    this.backward.set(b, a);
  }

  /** The values, or outputs of absent options that stand for them, which belong together. */
  pairOf(a: ValueId, b: ValueId): readonly [ValueId, ValueId] | undefined {
    for (const x of this.first.allOf(a)) {
      const y = this.forward.get(x);
      if (y !== undefined && this.second.means(y, b)) return [x, y];
    }
    return undefined;
  }

  /** What two parts read, pair by pair; undefined where it does not belong together. */
  inputsOf(a: Part, b: Part): readonly (readonly [ValueId, ValueId])[] | undefined {
    if (a.inputs.length !== b.inputs.length || a.outputs.length !== b.outputs.length) {
      return undefined;
    }
    const pairs = a.inputs.map((id, at) => this.pairOf(id, b.inputs[at]));
    const found = pairs.filter((pair) => pair !== undefined);
    return found.length === pairs.length ? found : undefined;
  }

  otherOf(side: Side): Side {
    return side === this.first ? this.second : this.first;
  }

  /** A value of one side belongs to one of the other. */
  link(side: Side, own: ValueId, other: ValueId): void {
    if (side === this.first) this.pair(own, other);
    else this.pair(other, own);
  }

  /** The value of the other region that belongs to a value of this one. */
  partner(side: Side, value: ValueId): ValueId | undefined {
    const pairs = side === this.first ? this.forward : this.backward;
    const known = side.allOf(value).find((id) => pairs.has(id));
    return known === undefined ? undefined : pairs.get(known);
  }
}
