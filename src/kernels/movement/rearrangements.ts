/**
 * Layers that only move elements, as copies: the same elements seen along other axes on each
 * side. Operands of maps have the axes `[N, C, H, W]`.
 */
import type { CopyProblem } from "./copy.ts";
import type { Operand } from "../loops/operand.ts";

type MapShape = readonly [n: number, c: number, h: number, w: number];

/** @param shape of the input, whose channel `(c·r + i)·r + j` is the pixel `(i, j)` of `c` */
export function pixelShuffle(
  [batch, channels, height, width]: MapShape,
  factor: number,
  from: Operand,
  to: Operand,
): CopyProblem {
  const [fromN, fromC, fromH, fromW] = from.strides;
  const [toN, toC, toH, toW] = to.strides;
  const maps = channels / (factor * factor);
  return {
    shape: [batch, maps, factor, factor, height, width],
    from: split([fromN, fromC * factor * factor, fromC * factor, fromC, fromH, fromW]),
    to: { ...to, strides: [toN, toC, toH, toW, toH * factor, toW * factor] },
  };
}

/** Channel `g·(C / groups) + k` of the input becomes channel `k·groups + g`. */
export function channelShuffle(
  [batch, channels, height, width]: MapShape,
  groups: number,
  from: Operand,
  to: Operand,
): CopyProblem {
  const [fromN, fromC, fromH, fromW] = from.strides;
  const [toN, toC, toH, toW] = to.strides;
  const perGroup = channels / groups;
  return {
    shape: [batch, perGroup, groups, height, width],
    from: split([fromN, fromC, fromC * perGroup, fromH, fromW]),
    to: split([toN, toC * groups, toC, toH, toW]),
  };
}

/** Nearest upsampling by whole numbers; @param shape of the input */
export function repeatPixels(
  [batch, channels, height, width]: MapShape,
  [down, across]: readonly [number, number],
  from: Operand,
  to: Operand,
): CopyProblem {
  const [fromN, fromC, fromH, fromW] = from.strides;
  const [toN, toC, toH, toW] = to.strides;
  return {
    shape: [batch, channels, height, down, width, across],
    from: { ...from, strides: [fromN, fromC, fromH, 0, fromW, 0] },
    to: { ...to, strides: [toN, toC, toH * down, toH, toW * across, toW] },
  };
}

/** Axes that are parts of the channels: what fills these up lies behind all of them. */
function split(strides: readonly number[]): Operand {
  return { strides, wholeVectors: false };
}
