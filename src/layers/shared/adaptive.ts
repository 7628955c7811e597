/** Pools that cut any map into a given number of parts: shape rule, taps, receptive field. */
import type { Problem } from "../../diagnostics/diagnostic.ts";
import type { Pair } from "../../graph/attributes.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { isKnown } from "../../graph/dim.ts";
import type { FieldStep, ShapeResult } from "../layer.ts";
import { pair } from "../parameters.ts";
import { featureMap, mapType } from "./map.ts";
import type { Taps } from "./pooling.ts";
import { type Tap, adaptiveTaps } from "./taps.ts";

export const adaptiveParameters = {
  output_size: pair({ doc: "Size of the output, for maps of any size.", min: 1 }),
};

/** The output size of global pools. */
export const ONE_PIXEL: Pair = [1, 1];

export function adaptiveShape(kind: string, size: Pair, x: TensorType): ShapeResult | Problem {
  const map = featureMap(kind, x);
  if ("code" in map) return map;
  return { outputs: [mapType(map.batch, map.channels, size)], requires: [] };
}

export function adaptiveTapsOf([height, width]: Pair, { shape }: Tensor): Taps {
  const [, , inputRows, inputColumns] = shape;
  return {
    rows: adaptiveTaps(inputRows, height),
    columns: adaptiveTaps(inputColumns, width),
    height,
    width,
  };
}

/** Parts of a map of unknown size may be of any size, so they count as the whole. */
export function adaptiveField([height, width]: Pair, { shape }: TensorType): FieldStep {
  const [, , inputRows, inputColumns] = shape;
  if (!isKnown(inputRows) || !isKnown(inputColumns)) return "global";
  if (height === 1 && width === 1) return "global";
  return {
    size: [largestPart(inputRows, height), largestPart(inputColumns, width)],
    stride: [inputRows / height, inputColumns / width],
    start: [0, 0],
  };
}

function largestPart(inputs: number, outputs: number): number {
  return adaptiveTaps(inputs, outputs).reduce(
    (size, tap: Tap) => Math.max(size, tap.kernel + 1),
    1,
  );
}
