/** Values of a layer's parameters after checking: plain data that goes into JSON as it is. */
import type { Dim } from "./dim.ts";

/** What is added at each side of a map. */
export type Sides = readonly [top: number, left: number, bottom: number, right: number];

/** Explicit sides, or `same`: output size = ceil(input / stride). */
export type Padding = "same" | Sides;

/** `[height, width]`. */
export type Pair = readonly [number, number];

/**
 * An argument of a layer once it was checked: a size, a word, a flag, or a list of these; null
 * where it is absent.
 */
export type AttributeValue = Dim | boolean | string | null | readonly AttributeValue[];

/** Arguments of a layer by the names of its parameters; defaults are filled in. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
