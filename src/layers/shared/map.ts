/**
 * Feature maps: the rank-4 tensors `[N, C, H, W]` that most layers read, taken apart by
 * name, and the one message for every layer that is given something else.
 */
import type { Problem } from "../../diagnostics/diagnostic.ts";
import { type Dim, formatFactor, isKnown, sameDim } from "../../graph/dim.ts";
import { type TensorType, tensorType } from "../../graph/tensor-type.ts";
import { wrongRank } from "./rank.ts";

/** The spatial axes in the order of every `Pair`: index 0 is the height. */
export const SPATIAL = [
  { index: 0, name: "height" },
  { index: 1, name: "width" },
] as const;

export type SpatialIndex = (typeof SPATIAL)[number]["index"];

export interface FeatureMap {
  readonly batch: Dim;
  readonly channels: Dim;
  /** `[height, width]`. */
  readonly size: readonly [Dim, Dim];
}

/** The parts of a rank-4 type, or the problem to report of another. */
export function featureMap(kind: string, type: TensorType): FeatureMap | Problem {
  if (type.shape.length !== 4) {
    return wrongRank(kind, "a map [N, C, H, W]", type);
  }
  const [batch, channels, height, width] = type.shape;
  return { batch, channels, size: [height, width] };
}

export function mapType(
  batch: Dim,
  channels: Dim,
  [height, width]: readonly [Dim, Dim],
): TensorType {
  return tensorType([batch, channels, height, width]);
}

/** `28×28`, `H×(W + 1)`. */
export function formatMap(size: readonly [Dim, Dim]): string {
  return size.map(formatFactor).join("×");
}

/**
 * Whether a map looks like an image [N, H, W, C] taken for [N, C, H, W]: its last axis has as many
 * places as an image has channels, and the two in front are large enough for an image. A
 * single column is common in maps too, so a grey image is only seen where it is square.
 */
export function looksChannelsLast({ channels, size: [height, width] }: FeatureMap): boolean {
  if (!couldBeImage(channels) || !couldBeImage(height)) return false;
  return width === 3 || width === 4 || (width === 1 && sameDim(channels, height));
}

const SMALLEST_IMAGE = 8;

function couldBeImage(length: Dim): boolean {
  return !isKnown(length) || length >= SMALLEST_IMAGE;
}
