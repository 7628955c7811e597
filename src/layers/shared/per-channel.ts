/** Numbers of a program that are one for all channels, or one for each. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { equals } from "../../graph/condition.ts";
import { type Dim, formatDim, formatShape } from "../../graph/dim.ts";
import type { Requirement } from "../layer.ts";

export const CHANNEL = 1;

/** Numbers by channel: the argument, and how many there are. */
export interface PerChannel {
  readonly layer: string;
  readonly argument: string;
  readonly values: readonly number[];
}

/** One value serves all channels. */
export function fitsChannels(
  { layer, argument, values }: PerChannel,
  shape: readonly Dim[],
): readonly Requirement[] {
  if (values.length === 1) return [];
  const facts = {
    layer,
    argument,
    count: String(values.length),
    channels: formatDim(shape[CHANNEL]),
    shape: formatShape(shape),
  };
  const blame = [{ input: 0, axis: CHANNEL }];
  return [
    {
      condition: equals(shape[CHANNEL], values.length),
      problem: { ...problem("CNN2060", facts, argument), blame },
    },
  ];
}

/** The value of a channel. */
export function ofChannel(values: readonly number[], channel: number): number {
  return values[channel % values.length];
}
