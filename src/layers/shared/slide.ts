/** The shape rule of every layer that slides a window over a map, with what it requires. */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Padding, Pair } from "../../graph/attributes.ts";
import { atLeast, equals } from "../../graph/condition.ts";
import { type Dim, ceilDiv } from "../../graph/dim.ts";
import { type Requirement, requirement } from "../layer.ts";
import { windowFormula } from "./formula.ts";
import {
  type FeatureMap,
  SPATIAL,
  type SpatialIndex,
  formatMap,
  looksChannelsLast,
} from "./map.ts";
import {
  type Rounding,
  type Window,
  after,
  before,
  positions,
  resolvePadding,
  smallestLength,
} from "./window.ts";

/** What programs give; `padding` may still be `same`. */
export interface SlidingAttributes {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Padding;
}

export interface Slid {
  /** `[height, width]` of the output. */
  readonly size: readonly [Dim, Dim];
  readonly requires: readonly Requirement[];
}

export function windowOf(attributes: SlidingAttributes): Window {
  const { kernel, stride, dilation } = attributes;
  return { kernel, stride, dilation, padding: resolvePadding(attributes.padding, attributes) };
}

export function slide(
  kind: string,
  attributes: SlidingAttributes,
  map: FeatureMap,
  rounding: Rounding,
): Slid {
  const window = windowOf(attributes);
  const [height, width] = map.size;
  if (attributes.padding === "same") {
    const [down, across] = attributes.stride;
    return {
      size: [ceilDiv(height, down), ceilDiv(width, across)],
      requires: SPATIAL.map(({ index }) => unitStride(kind, window, index)),
    };
  }
  return {
    size: [positions(window, 0, height, rounding), positions(window, 1, width, rounding)],
    requires: SPATIAL.map(({ index }) => kernelFits(window, index, map, rounding)),
  };
}

/** Pools: padding of more than half the kernel would make windows without a pixel. */
export function paddingWithinHalf(attributes: SlidingAttributes): readonly Requirement[] {
  const window = windowOf(attributes);
  return SPATIAL.map(({ index, name }) => {
    const kernel = window.kernel[index];
    const padding = Math.max(before(window, index), after(window, index));
    return {
      condition: atLeast(Math.floor(kernel / 2), padding),
      problem: problem("CNN2005", { axis: name, padding, kernel }, "padding"),
    };
  });
}

function kernelFits(
  window: Window,
  axis: SpatialIndex,
  map: FeatureMap,
  rounding: Rounding,
): Requirement {
  const length = map.size[axis];
  return requirement(atLeast(length, smallestLength(window, axis, rounding)), () => ({
    ...problem("CNN2003", {
      axis: SPATIAL[axis].name,
      needs: formatMap([smallestLength(window, 0, rounding), smallestLength(window, 1, rounding)]),
      gets: formatMap(map.size),
      formula: windowFormula(window, rounding, {
        axis,
        length,
        result: positions(window, axis, length, rounding),
      }),
      channelsLast: looksChannelsLast(map),
    }),
    blame: [{ input: 0, axis: 2 + axis }],
  }));
}

/** PyTorch refuses `same` with a stride, since where its padding goes would be a guess. */
function unitStride(kind: string, window: Window, axis: SpatialIndex): Requirement {
  const { stride, padding } = window;
  return {
    condition: equals(stride[axis], 1),
    problem: problem(
      "CNN2006",
      { layer: kind, stride: stride[axis], padding: formatSides(padding) },
      "padding",
    ),
  };
}

/** As a program writes it: `1`, `(1, 2)`, `(0, 0, 1, 1)`. */
function formatSides([top, left, bottom, right]: Window["padding"]): string {
  if (top !== bottom || left !== right) return `(${[top, left, bottom, right].join(", ")})`;
  return top === left ? String(top) : `(${top}, ${left})`;
}
