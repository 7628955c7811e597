/** Requirements on numbers of channels: stated ones, and groups that must divide them. */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import { divisible, equals } from "../../graph/condition.ts";
import {
  type Dim,
  divideExactly,
  floorDiv,
  formatDim,
  formatShape,
  gcd,
  isKnown,
} from "../../graph/dim.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import type { Requirement } from "../layer.ts";

const CHANNELS = [{ input: 0, axis: 1 }];

/** Holds where a program says how many channels (axis 1) it expects, as PyTorch's modules do. */
export function statedChannels(
  kind: string,
  parameter: string,
  stated: Dim | null,
  { shape }: TensorType,
): readonly Requirement[] {
  if (stated === null) return [];
  const facts = {
    layer: kind,
    parameter,
    stated: formatDim(stated),
    gets: formatDim(shape[1]),
    shape: formatShape(shape),
    channelsLast: shape.length === 4 && shape[3] === stated,
  };
  return [
    {
      condition: equals(shape[1], stated),
      problem: { ...problem("CNN2002", facts, parameter), blame: CHANNELS },
    },
  ];
}

/** Groups must divide both numbers of channels: required of known groups, certain for others. */
export function groupsDivide(
  kind: string,
  groups: Dim,
  input: Dim,
  output: Dim,
): readonly Requirement[] | Problem {
  const requires: Requirement[] = [];
  for (const [side, channels] of [
    ["input", input],
    ["output", output],
  ] as const) {
    if (divideExactly(channels, groups) !== undefined) continue;
    const facts = {
      layer: kind,
      groups: formatDim(groups),
      side,
      channels: formatDim(channels),
      fitting: isKnown(groups) ? groupsNear(groups, input, output) : [],
    };
    const refusal = { ...problem("CNN2004", facts, "groups"), blame: CHANNELS };
    if (!isKnown(groups)) return refusal;
    requires.push({ condition: divisible(channels, groups), problem: refusal });
  }
  return requires;
}

/** Channels of one group; undefined where a symbolic number of groups does not divide them. */
export function perGroup(channels: Dim, groups: Dim): Dim | undefined {
  return isKnown(groups) ? floorDiv(channels, groups) : divideExactly(channels, groups);
}

const NAMED_AT_MOST = 6;

/** More channels than any real layer has: without advice, so that finding it takes no time. */
const ADVISED_UP_TO = 1e6;

/** Numbers of groups that divide all of these channel counts, those nearest to `groups`. */
export function groupsNear(groups: number, ...counts: readonly Dim[]): readonly number[] {
  const known = counts.filter(isKnown);
  const common = known.reduce(gcd, 0);
  if (known.length < counts.length || common > ADVISED_UP_TO) return [];
  const divisors: number[] = [];
  for (let divisor = 1; divisor <= common; divisor++) {
    if (common % divisor === 0) divisors.push(divisor);
  }
  const distance = (divisor: number) => Math.abs(divisor - groups);
  const nearest = divisors.toSorted((a, b) => distance(a) - distance(b)).slice(0, NAMED_AT_MOST);
  return nearest.toSorted((a, b) => a - b);
}
