/** Values of a layer's parameters after checking: plain data that goes into JSON as it is. */
import type { Dim } from "./dim.ts";

/** What is added at each side of a map. */
export type Sides = readonly [top: number, left: number, bottom: number, right: number];

/** Explicit sides, or `same`: output size = ceil(input / stride). */
export type Padding = "same" | Sides;

/** `[height, width]`. */
export type Pair = readonly [number, number];

export type AttributeValue = Dim | boolean | string | null | readonly AttributeValue[];

export type Attributes = Readonly<Record<string, AttributeValue>>;
