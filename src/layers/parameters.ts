/**
 * Types of layer parameters: how an argument of a program becomes an attribute. Each
 * carries the text that messages and the reference show, so that a wrong argument is
 * described in the same words everywhere.
 */
import type { AttributeValue, Padding, Pair, Sides } from "../graph/attributes.ts";
import { type Dim, fractionOf, isKnown } from "../graph/dim.ts";

/** A compile-time value as the checker hands it over. */
export type Argument =
  | { readonly kind: "int"; readonly value: Dim }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  /** A bare word that names no binding: `same`, `reflect`, `channel`. */
  | { readonly kind: "word"; readonly value: string }
  /** `(a, b)` and `[a, b]`. */
  | { readonly kind: "tuple"; readonly items: readonly Argument[] };

export interface Parameter<T extends AttributeValue> {
  /** As messages and the reference name it: `int or (height, width)`. */
  readonly expects: string;
  readonly doc: string;
  /** Absent where the argument is required. */
  readonly default?: T;
  /** The attribute, or undefined where the argument is not of this type or out of range. */
  accept(argument: Argument): T | undefined;
  /** Words that completion offers. */
  readonly words?: readonly string[];
  /** Programs that are written by this project say numbers, though words are taken too. */
  readonly writtenAsNumbers?: true;
}

export type Parameters = Readonly<Record<string, Parameter<AttributeValue>>>;

/** The attributes' types: what `accept` returns for each parameter. */
export type ParameterValues<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

interface Options<T> {
  readonly doc: string;
  readonly default?: T;
}

interface Range {
  /** Smallest accepted value. */
  readonly min?: number;
  readonly max?: number;
  /** All accepted values are larger. */
  readonly above?: number;
}

function parameter<T extends AttributeValue>(
  expects: string,
  options: Options<T>,
  accept: (argument: Argument) => T | undefined,
  words?: readonly string[],
): Parameter<T> {
  return {
    expects,
    doc: options.doc,
    ...(options.default === undefined ? {} : { default: options.default }),
    accept,
    ...(words === undefined ? {} : { words }),
  };
}

/** A known integer. */
export function int(options: Options<number> & Range): Parameter<number> {
  return parameter(rangeText("int", options), options, (argument) => knownInt(argument, options));
}

/** An integer that may depend on named sizes, such as a number of channels. */
export function size(options: Options<Dim> & Range): Parameter<Dim> {
  return parameter(rangeText("int", options), options, (argument) => sizeOf(argument, options));
}

/** As `size`, absent unless given: a checked statement such as `in_channels: 3`. */
export function optionalSize(options: { doc: string } & Range): Parameter<Dim | null> {
  const { accept } = size(options);
  return parameter<Dim | null>(rangeText("int", options), { ...options, default: null }, accept);
}

export function float(options: Options<number> & Range): Parameter<number> {
  return parameter(rangeText("number", options), options, (argument) =>
    inRange(numberOf(argument), options),
  );
}

/** As `float`, absent unless given. */
export function optionalFloat(options: { doc: string } & Range): Parameter<number | null> {
  const { expects, accept } = float(options);
  return parameter<number | null>(expects, { ...options, default: null }, accept);
}

export function bool(options: Options<boolean>): Parameter<boolean> {
  return parameter("true or false", options, (argument) =>
    argument.kind === "bool" ? argument.value : undefined,
  );
}

/** As `bool`, absent unless given. */
export function optionalBool(options: { doc: string }): Parameter<boolean | null> {
  const { expects, accept } = bool(options);
  return parameter<boolean | null>(expects, { ...options, default: null }, accept);
}

/** One of a few words: `mode: reflect`. */
export function choice<const W extends string>(
  words: readonly W[],
  options: Options<W>,
): Parameter<W> {
  const expects = words.map((word) => `\`${word}\``).join(" or ");
  return parameter(
    expects,
    options,
    (argument) =>
      argument.kind === "word" || argument.kind === "string"
        ? words.find((word) => word === argument.value)
        : undefined,
    words,
  );
}

/** As `choice`, absent unless given. */
export function optionalChoice<const W extends string>(
  words: readonly W[],
  options: { doc: string },
): Parameter<W | null> {
  const { expects, accept } = choice(words, options);
  return parameter<W | null>(expects, { ...options, default: null }, accept, words);
}

/** `3` or `(3, 5)`: [height, width]. */
export function pair(options: Options<Pair> & Range): Parameter<Pair> {
  const expects = rangeText("int or (height, width)", options);
  return parameter(expects, options, (argument) => pairOf(argument, options));
}

/** As `pair`, absent unless given (a pool's stride, which then is its kernel). */
export function optionalPair(options: { doc: string } & Range): Parameter<Pair | null> {
  const expects = rangeText("int or (height, width)", options);
  return parameter<Pair | null>(expects, { ...options, default: null }, (argument) =>
    pairOf(argument, options),
  );
}

/** An int, a pair, `(top, left, bottom, right)`, `same` or `valid`. */
export function padding(options: Options<Padding>): Parameter<Padding> {
  const expects = "int at least 0, (height, width), (top, left, bottom, right), `same` or `valid`";
  return parameter(expects, options, paddingOf, ["same", "valid"]);
}

/** As `padding`, without its words: an int, a pair, or `(top, left, bottom, right)`. */
export function sides(options: Options<Sides> & Range): Parameter<Sides> {
  const expects = `${rangeText("int", options)}, (height, width) or (top, left, bottom, right)`;
  return parameter(expects, options, (argument) => sidesOf(argument, options));
}

/** One number or several: `0.5`, `(0.485, 0.456, 0.406)`. */
export function floats(options: Options<readonly number[]> & Range): Parameter<readonly number[]> {
  const itemOf = (argument: Argument) => inRange(numberOf(argument), options);
  return parameter(rangeText("number or a tuple of numbers", options), options, (argument) => {
    const one = itemOf(argument);
    return one === undefined ? listOf(argument, itemOf) : [one];
  });
}

/** As `floats`, of so many numbers, absent unless given. */
export function optionalFloats(
  options: { doc: string },
  names: readonly string[],
): Parameter<readonly number[] | null> {
  return parameter<readonly number[] | null>(
    `numbers (${names.join(", ")})`,
    { ...options, default: null },
    (argument) => {
      const items = listOf(argument, numberOf);
      return items?.length === names.length ? items : undefined;
    },
  );
}

/**
 * Factors of sizes as [height, width], null unless given: `2`, `1.5`, `(2, 1)`. They must be
 * fractions, so that a scaled symbolic size is exact.
 */
export function optionalScales(options: { doc: string }): Parameter<Pair | null> {
  const expects = "number above 0 with at most 3 decimals, or (height, width)";
  return parameter<Pair | null>(expects, { ...options, default: null }, (argument) => {
    const both = scaleOf(argument);
    if (both !== undefined) return [both, both];
    const items = listOf(argument, scaleOf);
    return items?.length === 2 ? [items[0], items[1]] : undefined;
  });
}

/** One int or several, known. */
export function ints(options: Options<readonly number[]> & Range): Parameter<readonly number[]> {
  return parameter(rangeText("int or a tuple of ints", options), options, (argument) => {
    const one = knownInt(argument, options);
    return one === undefined ? listOf(argument, (item) => knownInt(item, options)) : [one];
  });
}

/** A shape, whose sizes may depend on names: `[N, 16, H / 2, W / 2]`. */
export function shape(options: Options<readonly Dim[]> & Range): Parameter<readonly Dim[]> {
  return parameter("a shape such as [N, 400]", options, (argument) =>
    listOf(argument, (item) => sizeOf(item, options)),
  );
}

/** One or two sizes that may depend on names: `size: (H, W)`. Null unless given. */
export function optionalSizes(options: { doc: string }): Parameter<readonly [Dim, Dim] | null> {
  const expects = "int at least 1, or (height, width)";
  return parameter<readonly [Dim, Dim] | null>(
    expects,
    { ...options, default: null },
    (argument) => {
      const both = sizeOf(argument, { min: 1 });
      if (both !== undefined) return [both, both];
      const items = listOf(argument, (item) => sizeOf(item, { min: 1 }));
      return items?.length === 2 ? [items[0], items[1]] : undefined;
    },
  );
}

/** Axes by PyTorch's number (from 0; -1 is the last) or by name. */
const AXES = ["batch", "channel", "height", "width"] as const;

export function axis(options: Options<number>): Parameter<number> {
  return parameter("an axis: an int, or `channel`, `height`, `width`", options, axisOf, AXES);
}

/** One axis or several: `(height, width)`. */
export function axes(options: Options<readonly number[]>): Parameter<readonly number[]> {
  const expects = "axes: ints or names, such as `(height, width)`";
  return parameter(
    expects,
    options,
    (argument) => {
      const one = axisOf(argument);
      return one === undefined ? listOf(argument, axisOf) : [one];
    },
    AXES,
  );
}

/**
 * All axes in an order, `(0, 2, 3, 1)`. Behind it the names are those of other axes, which is why
 * they are not written.
 */
export function order(options: Options<readonly number[]>): Parameter<readonly number[]> {
  return { ...axes(options), writtenAsNumbers: true };
}

/** As `axes`, absent unless given. */
export function optionalAxes(options: { doc: string }): Parameter<readonly number[] | null> {
  const { expects, accept } = axes(options);
  return parameter<readonly number[] | null>(expects, { ...options, default: null }, accept, AXES);
}

function axisOf(argument: Argument): number | undefined {
  if (argument.kind === "word") {
    const at = AXES.findIndex((name) => name === argument.value);
    return at < 0 ? undefined : at;
  }
  return knownInt(argument, {});
}

function knownInt(argument: Argument, range: Range): number | undefined {
  if (argument.kind !== "int" || !isKnown(argument.value)) return undefined;
  return Number.isSafeInteger(argument.value) ? inRange(argument.value, range) : undefined;
}

function sizeOf(argument: Argument, range: Range): Dim | undefined {
  if (argument.kind !== "int") return undefined;
  return isKnown(argument.value) ? knownInt(argument, range) : argument.value;
}

function numberOf(argument: Argument): number | undefined {
  if (argument.kind === "float") return argument.value;
  return argument.kind === "int" && isKnown(argument.value) ? argument.value : undefined;
}

function scaleOf(argument: Argument): number | undefined {
  const value = inRange(numberOf(argument), { above: 0 });
  return value !== undefined && fractionOf(value) !== undefined ? value : undefined;
}

/** Infinity, which no program states, is in no range. */
function inRange(value: number | undefined, { min, max, above }: Range): number | undefined {
  if (value === undefined || !Number.isFinite(value)) return undefined;
  if (value < (min ?? -Infinity) || value > (max ?? Infinity)) {
    return undefined;
  }
  return value > (above ?? -Infinity) ? value : undefined;
}

function pairOf(argument: Argument, range: Range): Pair | undefined {
  const both = knownInt(argument, range);
  if (both !== undefined) return [both, both];
  const items = listOf(argument, (item) => knownInt(item, range));
  return items?.length === 2 ? [items[0], items[1]] : undefined;
}

function paddingOf(argument: Argument): Padding | undefined {
  if (argument.kind === "word" || argument.kind === "string") {
    if (argument.value === "same") return "same";
    return argument.value === "valid" ? [0, 0, 0, 0] : undefined;
  }
  return sidesOf(argument, { min: 0 });
}

function sidesOf(argument: Argument, range: Range): Sides | undefined {
  const each = listOf(argument, (item) => knownInt(item, range));
  if (each?.length === 4) return [each[0], each[1], each[2], each[3]];
  const both = pairOf(argument, range);
  return both && [both[0], both[1], both[0], both[1]];
}

function listOf<T>(
  argument: Argument,
  itemOf: (item: Argument) => T | undefined,
): readonly T[] | undefined {
  if (argument.kind !== "tuple") return undefined;
  const items = argument.items.map(itemOf).filter((item) => item !== undefined);
  return items.length === argument.items.length ? items : undefined;
}

function rangeText(type: string, { min, max, above }: Range): string {
  if (above !== undefined) return `${type} above ${above}`;
  if (min !== undefined && max !== undefined) return `${type} from ${min} to ${max}`;
  if (min !== undefined) return `${type} at least ${min}`;
  return max === undefined ? type : `${type} at most ${max}`;
}
