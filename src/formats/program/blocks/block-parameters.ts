/**
 * The parameters of a block, inferred from the regions that it stands for: a number that is the
 * same everywhere is written as it is, one that follows from the sizes of what flows in or from
 * another parameter is written as an expression of these, and the rest are parameters.
 */
import { type Dim, isKnown, sameDim } from "../../../graph/dim.ts";
import type { Argument } from "../../../layers/parameters.ts";
import { argumentText, sameArgument } from "../code/arguments.ts";
import { isKnownInt } from "../outline/slots.ts";

/** A value for each region of the block; undefined where the region has no use for it. */
export type Column = readonly (Argument | undefined)[];

/** Text in which parameters, whose names come last, are gaps. */
export type Expression = readonly (string | BlockParameter)[];

export interface BlockParameter {
  readonly type: "int" | "float" | "bool" | "pair";
  readonly values: Column;
  /** What is meant where a call leaves it out. */
  readonly fallback: Argument | undefined;
  /** What it sets, from the outside in: `branch1`, `conv`, `out`. */
  readonly origin: readonly string[];
}

/** A place in the block's body for an argument. */
export interface Slot {
  readonly values: Column;
  readonly fallback: Argument | undefined;
  readonly origin: readonly string[];
}

/** A size of what flows in, by its name in the block's head. */
export interface SizeName {
  readonly name: string;
  readonly isChannels: boolean;
  readonly values: readonly Dim[];
}

type Ints = readonly (Dim | undefined)[];

export class BlockParameters {
  readonly parameters: BlockParameter[] = [];
  private readonly sizes: readonly SizeName[];
  private readonly said: { readonly values: Ints; readonly expression: Expression }[] = [];
  /** Channels of what the block makes. */
  private readonly result: Ints;

  constructor(sizes: readonly SizeName[], result: Ints) {
    this.sizes = sizes;
    this.result = result;
  }

  /** What a slot is set to in the block's body. */
  express(slot: Slot): Expression {
    const given = slot.values.filter((value) => value !== undefined);
    const [first] = given;
    // Inside of an option, what the block is told already.
    const told = given.length < slot.values.length ? this.toldBefore(slot) : undefined;
    if (told !== undefined) return [told];
    if (given.every((value) => sameArgument(value, first) && !isSymbolic(value))) {
      return [argumentText(nameOf(slot), first)];
    }
    if (given.every((value) => value.kind === "int")) return this.expressInts(slot);
    const isParameter =
      given.every((value) => value.kind !== "tuple") ||
      given.every((value) => isKnownInt(value) || isPair(value));
    return isParameter ? [this.parameterFor(slot)] : this.expressItems(slot);
  }

  /**
   * When an option is there: where the sizes of what flows in and of the result differ, where a
   * parameter is not what it usually is, or by a parameter of its own.
   */
  condition(present: readonly boolean[], origin: readonly string[]): Expression {
    const facts = this.facts();
    for (const fact of [...facts, ...pairsOf(facts)]) {
      if (sameAnswers(fact.holds, present)) return fact.text;
      if (
        sameAnswers(
          fact.holds,
          present.map((there) => !there),
        )
      )
        return fact.negated;
    }
    const values = present.map((value): Argument => ({ kind: "bool", value }));
    const isUsual = present.filter((there) => there).length * 2 > present.length;
    return [this.parameterFor({ values, fallback: { kind: "bool", value: isUsual }, origin })];
  }

  private facts(): readonly Fact[] {
    const [channels] = this.sizes.filter(({ isChannels }) => isChannels);
    const result = channels && this.resultText();
    const same = result && {
      holds: channels.values.map((size, at) => agree([size], [this.result[at]])),
      text: [`${channels.name} == `, ...result],
      negated: [`${channels.name} != `, ...result],
    };
    const usual = this.parameters.flatMap((parameter): Fact[] => {
      const { values, fallback } = parameter;
      if (parameter.type !== "int" || fallback?.kind !== "int") return [];
      const text = argumentText("", fallback);
      return [
        {
          holds: values.map((value) => value === undefined || sameArgument(value, fallback)),
          text: [parameter, ` == ${text}`],
          negated: [parameter, ` != ${text}`],
        },
      ];
    });
    const expands = this.parameters.filter((parameter) => nameOf(parameter) === "expand");
    const wide = expands.map((parameter) => ({
      holds: parameter.values.map((value) => value?.kind === "int" && value.value !== 1),
      text: [parameter, " > 1"],
      negated: [parameter, " == 1"],
    }));
    return [...wide, ...(same === undefined ? [] : [same]), ...usual];
  }

  /** The channels of the result as an expression. */
  private resultText(): Expression | undefined {
    const own = this.parameters.find((parameter) => this.setsResult(parameter));
    if (own !== undefined) return [own];
    const given = this.result.filter((size) => size !== undefined);
    if (given.length < this.result.length) return undefined;
    return this.expressRatio(this.result);
  }

  /** Whether a parameter sets the channels of what the block makes. */
  setsResult({ values }: BlockParameter): boolean {
    return agree(this.result, intsOf(values));
  }

  private toldBefore(slot: Slot): BlockParameter | undefined {
    return this.parameters.find(
      (parameter) =>
        nameOf(parameter) === nameOf(slot) &&
        slot.values.every(
          (value, at) => value === undefined || sameArgument(value, parameter.values[at]),
        ),
    );
  }

  private expressItems(slot: Slot): Expression {
    const lengths = slot.values.map((value) => (value?.kind === "tuple" ? value.items.length : 0));
    const items = Array.from({ length: Math.max(...lengths) }, (_, at) =>
      this.express({
        ...slot,
        values: slot.values.map((value) => itemOf(value, at)),
        fallback: itemOf(slot.fallback, at),
      }),
    );
    const [open, close] = nameOf(slot) === "shape" ? ["[", "]"] : ["(", ")"];
    const inner = items.flatMap((item, at) => (at === 0 ? item : [", ", ...item]));
    return [open, ...inner, close];
  }

  private expressInts(slot: Slot): Expression {
    const values = intsOf(slot.values);
    // Options are said in the words of what is always there.
    const said = this.said.find((known) => agree(values, known.values));
    if (said !== undefined) return said.expression;
    const expression = this.newInts(slot, values);
    this.said.push({ values, expression });
    return expression;
  }

  private newInts(slot: Slot, values: Ints): Expression {
    // Elsewhere, that a number is that of a map's height can only be chance.
    const isSize = nameOf(slot) === "shape" || values.some(isNamed);
    const size = this.sizes.find(
      (known) => (known.isChannels || isSize) && agree(values, known.values),
    );
    if (size !== undefined) return [size.name];
    const known = this.parameters.find((parameter) => agree(values, intsOf(parameter.values)));
    if (known !== undefined) return [known];
    // Uses say how many channels the block makes, even where these follow from what flows in.
    if (agree(values, this.result)) return [this.parameterFor(slot)];
    return this.expressRatio(values) ?? this.expressMultiple(values) ?? [this.parameterFor(slot)];
  }

  /** `C / 2`, `4 * out`, `kernel / 2`. */
  private expressRatio(values: Ints): Expression | undefined {
    for (const { name, isChannels, values: own } of this.sizes) {
      const ratio = isChannels ? ratioText(values, own) : undefined;
      if (ratio !== undefined) return [ratio.before, name, ratio.behind];
    }
    for (const parameter of this.parameters) {
      const ratio = ratioText(values, intsOf(parameter.values));
      if (ratio !== undefined) return [ratio.before, parameter, ratio.behind];
    }
    return undefined;
  }

  /** `expand * C`: inside of a block, channels are often a multiple of those that flow in. */
  private expressMultiple(values: Ints): Expression | undefined {
    const channels = this.sizes.find(({ isChannels }) => isChannels);
    if (channels === undefined) return undefined;
    const factors = values.map((value, at) => quotient(value, channels.values[at]));
    const isFactor = (factor: number | undefined, at: number): boolean =>
      values[at] === undefined || (factor !== undefined && factor >= 1 && factor <= 16);
    if (!factors.every(isFactor) || distinct(factors) * 2 > distinct(values)) return undefined;
    const parameter = this.parameterFor({
      values: factors.map((value) => (value === undefined ? undefined : { kind: "int", value })),
      fallback: undefined,
      origin: ["expand"],
    });
    return [parameter, ` * ${channels.name}`];
  }

  private parameterFor(slot: Slot): BlockParameter {
    const known = this.toldBefore(slot);
    if (known !== undefined) return known;
    const made = { type: typeOfColumn(slot.values), ...slot };
    this.parameters.push(made);
    return made;
  }
}

/** Something that holds for some of the regions. */
interface Fact {
  readonly holds: readonly boolean[];
  readonly text: Expression;
  readonly negated: Expression;
}

function pairsOf(facts: readonly Fact[]): readonly Fact[] {
  return facts.flatMap((a, at) =>
    facts.slice(at + 1).map((b) => ({
      holds: a.holds.map((holds, i) => holds && b.holds[i]),
      text: [...b.text, " and ", ...a.text],
      negated: [...b.negated, " or ", ...a.negated],
    })),
  );
}

function sameAnswers(a: readonly boolean[], b: readonly boolean[]): boolean {
  return a.every((answer, at) => answer === b[at]);
}

/** The name of what is set. */
export function nameOf({ origin }: Slot | BlockParameter): string {
  return origin[origin.length - 1];
}

function isSymbolic(argument: Argument): boolean {
  if (argument.kind === "tuple") return argument.items.some(isSymbolic);
  return argument.kind === "int" && !isKnown(argument.value);
}

function isNamed(size: Dim | undefined): boolean {
  return size !== undefined && !isKnown(size);
}

function isPair(argument: Argument): boolean {
  return (
    argument.kind === "tuple" && argument.items.length === 2 && argument.items.every(isKnownInt)
  );
}

function itemOf(argument: Argument | undefined, at: number): Argument | undefined {
  return argument?.kind === "tuple" ? argument.items[at] : argument;
}

function intsOf(values: Column): Ints {
  return values.map((value) => (value?.kind === "int" ? value.value : undefined));
}

/** Where the first says a size, the second says the same. */
function agree(values: Ints, own: Ints): boolean {
  return values.every((value, at) => {
    const other = own[at];
    return value === undefined || (other !== undefined && sameDim(value, other));
  });
}

interface Ratio {
  readonly before: string;
  readonly behind: string;
}

/** How to get all values from others by one multiplication or division. */
function ratioText(values: Ints, own: Ints): Ratio | undefined {
  const at = values.findIndex((value) => value !== undefined && value !== 0);
  const [value, other] = [values[at], own[at]];
  if (typeof value !== "number" || typeof other !== "number" || other === 0) return undefined;
  const times = value / other;
  if (Number.isInteger(times) && times > 1 && fits(values, own, (size) => size * times)) {
    return { before: `${times} * `, behind: "" };
  }
  // Halves before others: `kernel / 2` is the padding that keeps a map's size.
  const over = [2, Math.floor(other / value)].find(
    (by) => by > 1 && fits(values, own, (size) => Math.floor(size / by)),
  );
  return over === undefined ? undefined : { before: "", behind: ` / ${over}` };
}

function fits(values: Ints, own: Ints, rule: (size: number) => number): boolean {
  return values.every((value, at) => {
    const other = own[at];
    return value === undefined || (typeof other === "number" && rule(other) === value);
  });
}

function quotient(value: Dim | undefined, by: Dim): number | undefined {
  if (typeof value !== "number" || typeof by !== "number") return undefined;
  return Number.isInteger(value / by) ? value / by : undefined;
}

function distinct(values: readonly unknown[]): number {
  return new Set(values.filter((value) => value !== undefined)).size;
}

function typeOfColumn(values: Column): BlockParameter["type"] {
  const kinds = new Set(values.map((value) => value?.kind));
  if (kinds.has("tuple")) return "pair";
  if (kinds.has("bool")) return "bool";
  return kinds.has("float") ? "float" : "int";
}
