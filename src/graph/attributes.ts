/** Values of a layer's parameters after checking: plain data that goes into JSON as it is. */
import type { Dim } from "./dim.ts";

/** Explicit sides `[top, left, bottom, right]`, or `same`: output size = ceil(input / stride). */
export type Padding = "same" | readonly [top: number, left: number, bottom: number, right: number];

/** `[height, width]`. */
export type Pair = readonly [number, number];

export type AttributeValue =
  | Dim
  | boolean
  | string
  | null
  | readonly AttributeValue[];

export type Attributes = Readonly<Record<string, AttributeValue>>;
