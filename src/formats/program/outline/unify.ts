/**
 * Two regions that are alike but for parts that one of them lacks, as one form with options:
 * residual blocks with and without a projection, bottlenecks with and without an expansion.
 */
import { sameAttribute } from "../../../analysis/attributes.ts";
import type { Node, ValueId } from "../../../graph/graph.ts";
import { sameArgument } from "../code/arguments.ts";
import {
  reading,
  type Choice,
  type OptionPart,
  type Part,
  type Region,
  isNumbered,
  isPipeline,
  layersOf,
  resultsOf,
} from "./region.ts";
import { Side, Sides } from "./sides.ts";
import { allArguments, formOf } from "./slots.ts";

/** The same two regions in one form. */
export interface Unified {
  readonly first: Region;
  readonly second: Region;
  /** Layers that both have. */
  readonly common: number;
  /** Arguments of these layers that are the same. */
  readonly agreeing: number;
  /** Layers of both that differ in the size of their window. */
  readonly otherWindows: number;
}

/** Longer options make a block hard to read. */
const LONGEST_OPTION = 4;
const MOST_OPTIONS = 3;

export function unify(first: Region, second: Region): Unified | undefined {
  return best(first, second, true);
}

/** The region in a form that has all its options; undefined where it is not of this form. */
export function conform(form: Region, region: Region): Region | undefined {
  return best(form, region, false)?.second;
}

function best(first: Region, second: Region, mayExtend: boolean): Unified | undefined {
  const early = new Unifier(first, second, { optionsFirst: true, mayExtend }).run();
  const late = new Unifier(first, second, { optionsFirst: false, mayExtend }).run();
  if (early === undefined || late === undefined) return late ?? early;
  const isEarlyBetter = early.common > late.common || early.agreeing > late.agreeing;
  return isEarlyBetter && early.common >= late.common ? early : late;
}

interface Manner {
  /** Parts that one side lacks are looked for before parts that match. */
  readonly optionsFirst: boolean;
  /** New options may be made. */
  readonly mayExtend: boolean;
}

class Unifier {
  private readonly first: Side;
  private readonly second: Side;
  private readonly sides: Sides;
  private readonly areNumbered: boolean;
  private readonly manner: Manner;
  private common = 0;
  private agreeing = 0;
  private otherWindows = 0;
  private options = 0;

  constructor(first: Region, second: Region, manner: Manner) {
    this.manner = manner;
    this.first = new Side(first);
    this.second = new Side(second);
    this.sides = new Sides(this.first, this.second);
    this.areNumbered = isNumberedInside(first) && isNumberedInside(second);
  }

  run(): Unified | undefined {
    const { first, second } = this;
    if (first.region.inputs.length !== second.region.inputs.length) return undefined;
    first.region.inputs.forEach((id, at) => this.sides.pair(id, second.region.inputs[at]));
    while (first.next !== undefined || second.next !== undefined) {
      const moved =
        this.matchOption(first) ||
        this.matchOption(second) ||
        (this.manner.optionsFirst && this.skipShorter()) ||
        this.matchParts() ||
        this.skip(first) ||
        this.skip(second);
      if (!moved || this.options > MOST_OPTIONS) return undefined;
    }
    const [a] = resultsOf(first.region);
    const [b] = resultsOf(second.region);
    const [resultA, resultB] = this.sides.pairOf(a, b) ?? [];
    if (resultA === undefined || resultB === undefined) return undefined;
    const counted =
      [first, second].some(({ region }) => region.isCounted === true || isNumbered(region)) &&
      this.areNumbered &&
      first.parts.some(({ kind }) => kind === "option")
        ? ({ isCounted: true } as const)
        : {};
    return {
      first: { ...first.region, parts: first.parts, result: resultA, ...counted },
      second: { ...second.region, parts: second.parts, result: resultB, ...counted },
      common: this.common,
      agreeing: this.agreeing,
      otherWindows: this.otherWindows,
    };
  }

  private matchParts(): boolean {
    const [a, b] = [this.first.next, this.second.next];
    if (a === undefined || b === undefined || !this.looksLike(a, b)) return false;
    const inputs = this.sides.inputsOf(a, b);
    if (inputs === undefined) return false;
    const same = this.sameParts(a, b);
    if (same === undefined) return false;
    const [x, y] = same;
    this.first.parts.push(
      reading(
        x,
        inputs.map(([id]) => id),
      ),
    );
    this.second.parts.push(
      reading(
        y,
        inputs.map(([, id]) => id),
      ),
    );
    a.outputs.forEach((id, at) => this.sides.pair(id, b.outputs[at]));
    this.first.at++;
    this.second.at++;
    return true;
  }

  private looksLike(a: Part, b: Part): boolean {
    if (!this.areNumbered && a.label !== b.label) return false;
    if (a.kind === "layer" && b.kind === "layer") return formOf(a.node) === formOf(b.node);
    return a.kind === b.kind && a.kind === "region";
  }

  private sameParts(a: Part, b: Part): readonly [Part, Part] | undefined {
    if (a.kind === "layer" && b.kind === "layer") {
      this.common++;
      this.agreeing += agreements(a.node, b.node);
      if (!sameAttribute(a.node.attributes.kernel ?? null, b.node.attributes.kernel ?? null)) {
        this.otherWindows++;
      }
      return [a, b];
    }
    if (a.kind !== "region" || b.kind !== "region") return undefined;
    const inner = best(a, b, this.manner.mayExtend);
    if (inner === undefined) return undefined;
    this.common += inner.common;
    this.agreeing += inner.agreeing;
    this.otherWindows += inner.otherWindows;
    return [inner.first, inner.second];
  }

  /** An option of one region, which the other may have or lack. */
  private matchOption(side: Side): boolean {
    const option = side.next;
    if (option?.kind !== "option") return false;
    const other = this.sides.otherOf(side);
    const theirs = other.next;
    if (theirs?.kind === "option" && isSameChoice(option.choice, theirs.choice)) {
      return side === this.first
        ? this.matchSameOption(option, theirs)
        : this.matchSameOption(theirs, option);
    }
    return this.manner.optionsFirst
      ? this.matchAbsent(side, option) || this.matchPresent(side, option)
      : this.matchPresent(side, option) || this.matchAbsent(side, option);
  }

  private matchSameOption(a: OptionPart, b: OptionPart): boolean {
    const inputs = this.sides.inputsOf(a, b);
    if (inputs === undefined) return false;
    this.first.parts.push({ ...a, inputs: inputs.map(([x]) => x) });
    this.second.parts.push({ ...b, choice: a.choice, inputs: inputs.map(([, y]) => y) });
    this.sides.pair(a.outputs[0], b.outputs[0]);
    this.first.at++;
    this.second.at++;
    return true;
  }

  private matchPresent(side: Side, option: OptionPart): boolean {
    const other = this.sides.otherOf(side);
    const { body } = option.choice;
    const parts = other.region.parts.slice(other.at, other.at + body.parts.length);
    const own = parts.some(({ kind }) => kind === "option") ? undefined : regionOf(parts);
    if (own === undefined || own.inputs.length !== body.inputs.length) return false;
    const match = orders(own).find((ordered) => conform(body, ordered) !== undefined);
    if (match === undefined) return false;
    const inputs = option.inputs.map((id) => this.sides.partner(side, id));
    const isSame = inputs.every((id, at) => id !== undefined && other.means(id, match.inputs[at]));
    const known = inputs.filter((id) => id !== undefined);
    if (!isSame) return false;
    side.parts.push(option);
    other.parts.push({ ...option, inputs: known, outputs: match.outputs, body: match });
    this.sides.link(side, option.outputs[0], match.outputs[0]);
    side.at++;
    other.at += parts.length;
    return true;
  }

  private matchAbsent(side: Side, option: OptionPart): boolean {
    const inputs = option.inputs.map((id) => this.sides.partner(side, id));
    const known = inputs.filter((id) => id !== undefined);
    if (known.length < inputs.length) return false;
    side.parts.push(option);
    const output = this.sides.otherOf(side).lack(option.choice, known);
    this.sides.link(side, option.outputs[0], output);
    side.at++;
    return true;
  }

  /** Where one side has more parts to go, some of them are an option. */
  private skipShorter(): boolean {
    const [first, second] = [this.first, this.second].map(
      ({ region, at }) => region.parts.length - at,
    );
    if (first === second) return false;
    return this.skip(first > second ? this.first : this.second);
  }

  /** Some parts that only one side has become an option. */
  private skip(side: Side): boolean {
    if (!this.manner.mayExtend) return false;
    const other = this.sides.otherOf(side);
    for (let length = 1; length <= LONGEST_OPTION; length++) {
      const parts = side.region.parts.slice(side.at, side.at + length);
      if (parts.length < length || parts.some(({ kind }) => kind === "option")) return false;
      if (!this.agreeBehind(side, other, length) || this.isCount(side, length)) continue;
      const body = regionOf(parts);
      if (body === undefined) continue;
      for (const ordered of orders(body)) {
        const inputs = ordered.inputs.map((id) => this.sides.partner(side, id));
        const known = inputs.filter((id) => id !== undefined);
        if (known.length < inputs.length) continue;
        if (!this.goesOn(side, other, length, known[0], ordered)) continue;
        const choice = { body: ordered };
        side.parts.push({
          kind: "option",
          choice,
          inputs: ordered.inputs,
          outputs: ordered.outputs,
          body: ordered,
        });
        const output = other.lack(choice, known);
        this.sides.link(side, ordered.outputs[0], output);
        side.at += length;
        this.options++;
        return true;
      }
    }
    return false;
  }

  /** One more of what stands before or behind is a matter of how many there are. */
  private isCount(side: Side, length: number): boolean {
    const part = side.next;
    const [before, behind] = [side.at === 0 ? undefined : side.peek(-1), side.peek(length)];
    return [before, behind].some(
      (other) => part?.kind === "region" && other?.kind === "region" && areAlike(part, other),
    );
  }

  private agreeBehind(side: Side, other: Side, length: number): boolean {
    const [a, b] = [side.peek(length), other.next];
    return a === undefined || b === undefined ? a === b : this.looksLike(a, b);
  }

  /** Whether the part behind the option, or the result, reads on the other side what passes by. */
  private goesOn(
    side: Side,
    other: Side,
    length: number,
    instead: ValueId,
    { outputs: [made] }: Region,
  ): boolean {
    const [a, b] = [side.peek(length), other.next];
    const [mine, theirs] =
      a === undefined || b === undefined
        ? [resultsOf(side.region), resultsOf(other.region)]
        : [a.inputs, b.inputs];
    // Further parts may lie between the option and who reads it.
    if (!mine.includes(made)) return true;
    return mine.some((id, at) => id === made && other.means(instead, theirs[at]));
  }
}

/** Options that were found apart may be one. */
function isSameChoice(a: Choice, b: Choice): boolean {
  return a === b || conform(a.body, b.body) !== undefined;
}

function agreements(a: Node, b: Node): number {
  const other = allArguments(b);
  return [...allArguments(a)].filter(([name, value]) => sameArgument(value, other.get(name)))
    .length;
}

/** The same layers in the same order, whatever their arguments. */
function areAlike(a: Region, b: Region): boolean {
  const [first, second] = [a, b].map((region) => layersOf(region).map(({ node }) => formOf(node)));
  return first.join() === second.join() && first.length > 3;
}

/** Labels count steps, so that they say nothing of which step is which. */
function isNumberedInside(region: Region): boolean {
  const isPlain = region.parts.every(({ label }) => label === undefined);
  return region.isCounted === true || isNumbered(region) || isPlain;
}

/** Parts as a region: a pipeline, or one operator. */
function regionOf(parts: readonly Part[]): Region | undefined {
  const [first] = parts;
  const last = parts.at(-1);
  if (last === undefined) return undefined;
  const region: Region = { kind: "region", inputs: first.inputs, outputs: last.outputs, parts };
  if (parts.length === 1 && first.kind === "layer" && first.inputs.length === 2) return region;
  return isPipeline(region) ? region : undefined;
}

/** An operator may let either side pass. */
function orders(region: Region): readonly Region[] {
  const { inputs } = region;
  return inputs.length === 2 ? [{ ...region, inputs: inputs.toReversed() }, region] : [region];
}
