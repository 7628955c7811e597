/** Conv and ConvTranspose, of maps and of sequences. */
import { problem } from "../../../../diagnostics/diagnostic.ts";
import type { Pair, Sides } from "../../../../graph/attributes.ts";
import { type Dim, isKnown, sameDim } from "../../../../graph/dim.ts";
import { excerpt, excerptShape } from "../../../excerpt.ts";
import type { OpCall } from "../call.ts";
import { Refusal } from "../node-reader.ts";
import type { Constant } from "../operand.ts";
import { type OpTable, op } from "./handler.ts";
import {
  AUTO_PAD,
  WINDOW_FROM,
  pairAttribute,
  sidesAttribute,
  spatialAxes,
  windowOf,
} from "./window.ts";

export const convolutionOps: OpTable = {
  Conv: op(2, 3, lowerConv),
  ConvTranspose: op(2, 3, lowerConvTranspose),
};

const FROM = { ...WINDOW_FROM, groups: "group", output_padding: "output_padding" };

function lowerConv(call: OpCall): void {
  const axes = spatialAxes(call);
  const x = call.map(0);
  const weight = kernelWeight(call, axes);
  const [out, depth, rows, columns] = weight.array.shape;
  const [, channels, height, width] = x.type.shape;
  const window = windowOf(call, axes, [rows, columns], [height, width]);
  const groups = positiveGroups(call);
  const formula = `group ${groups} · ${depth} channels each = ${depth * groups}`;
  call.expectSize(x, "channels", depth * groups, weight, groups > 1 ? formula : undefined);
  const bias = call.has(2) ? call.weight(2, "B") : undefined;
  const weights = { weight, ...(bias && { bias }) };
  const shared = { ...window, bias: bias !== undefined };
  const byChannel = groups > 1 && depth === 1 && sameDim(channels, groups) && out % groups === 0;
  const y = byChannel
    ? call.layer("depthwise", { ...shared, multiplier: out / groups }, [x], { weights, from: FROM })
    : call.layer("conv", { ...shared, out, groups }, [x], {
        weights,
        from: FROM,
      });
  call.giveMap(y, axes === 1);
}

function lowerConvTranspose(call: OpCall): void {
  const axes = spatialAxes(call);
  const x = call.map(0);
  const weight = kernelWeight(call, axes);
  const [channels, depth, rows, columns] = weight.array.shape;
  const groups = positiveGroups(call);
  call.expectSize(x, "channels", channels, weight);
  const bias = call.has(2) ? call.weight(2, "B") : undefined;
  const stride = pairAttribute(call, "strides", axes, 1) ?? [1, 1];
  const dilation = pairAttribute(call, "dilations", axes, 1) ?? [1, 1];
  const window = { kernel: [rows, columns], stride, dilation } as const;
  const [, , height, width] = x.type.shape;
  const { padding, outputPadding } = transposedPadding(call, axes, window, [height, width]);
  const attributes = {
    ...window,
    out: depth * groups,
    groups,
    padding,
    output_padding: outputPadding,
    bias: bias !== undefined,
  };
  const weights = { weight, ...(bias && { bias }) };
  call.giveMap(call.layer("conv_transpose", attributes, [x], { weights, from: FROM }), axes === 1);
}

/** The weight `[out, depth, kernel…]`, of a sequence with a kernel of height 1. */
function kernelWeight(call: OpCall, axes: 1 | 2): Constant {
  const given = call.weight(1, "W");
  const { shape } = given.array;
  if (shape.length !== axes + 2) {
    const facts = {
      node: call.facts.node,
      weight: excerpt(given.name),
      role: "weight",
      gets: excerptShape(shape),
      needs: axes === 2 ? "[out, in / groups, height, width]" : "[out, in / groups, length]",
    };
    throw new Refusal(problem("CNN6007", facts));
  }
  const stated = call.ints("kernel_shape");
  const kernel = shape.slice(2);
  if (stated !== undefined && kernel.some((size, axis) => size !== stated[axis])) {
    const expects = `[${kernel.join(", ")}], the size of its weight`;
    throw call.wrongAttribute("kernel_shape", { kind: "ints", value: stated }, expects);
  }
  if (axes === 2) return given;
  return { ...given, array: { ...given.array, shape: shape.toSpliced(2, 0, 1) } };
}

function positiveGroups(call: OpCall): number {
  const groups = call.int("group", 1);
  if (groups >= 1) return groups;
  throw call.wrongAttribute("group", { kind: "int", value: groups }, "at least 1");
}

interface TransposedPadding {
  readonly padding: Sides;
  readonly outputPadding: Pair;
}

/** Places cut off around the output, from `pads`, `output_shape` or `auto_pad`. */
function transposedPadding(
  call: OpCall,
  axes: 1 | 2,
  window: { readonly kernel: Pair; readonly stride: Pair; readonly dilation: Pair },
  size: readonly [Dim, Dim],
): TransposedPadding {
  const given = pairAttribute(call, "output_padding", axes, 0) ?? [0, 0];
  const shape = outputShape(call, axes);
  const auto = call.text("auto_pad", AUTO_PAD, "NOTSET");
  if (shape === undefined && (auto === "NOTSET" || auto === "VALID")) {
    const pads = auto === "VALID" ? undefined : sidesAttribute(call, axes);
    return withoutNegatives(pads ?? [0, 0, 0, 0], given);
  }
  const along = ([0, 1] as const).map((axis) => {
    const extent = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
    const [stride, length] = [window.stride[axis], size[axis]];
    // `auto_pad` makes the output `stride` times the input, whatever that is.
    const steps = isKnown(length) ? stride * (length - 1) : undefined;
    const wanted = shape?.[axis];
    let total: number;
    if (wanted === undefined) total = extent - stride + given[axis];
    else if (steps !== undefined) total = steps + given[axis] + extent - wanted;
    else {
      throw call.refuse(
        "its output_shape is fixed, but the size of its input is not",
        "fix the input's size with `--set NAME=SIZE`, or export pads",
      );
    }
    if (axes === 1 && axis === 0) return { start: 0, end: 0, more: 0 };
    if (total < 0) return { start: 0, end: 0, more: -total };
    const small = Math.floor(total / 2);
    return auto === "SAME_UPPER"
      ? { start: small, end: total - small, more: 0 }
      : { start: total - small, end: small, more: 0 };
  });
  const [rows, columns] = along;
  return {
    padding: [rows.start, columns.start, rows.end, columns.end],
    outputPadding: [given[0] + rows.more, given[1] + columns.more],
  };
}

/** `[height, width]` of the output; older versions allowed the batch and the channels before. */
function outputShape(call: OpCall, axes: 1 | 2): readonly number[] | undefined {
  const stated = call.ints("output_shape");
  if (stated === undefined || stated.length === 0) return undefined;
  const spatial = stated.slice(-axes);
  if (spatial.length !== axes) {
    throw call.wrongAttribute("output_shape", { kind: "ints", value: stated }, `${axes} sizes`);
  }
  return axes === 2 ? spatial : [1, ...spatial];
}

/** A negative cut at the end adds places there. */
function withoutNegatives([top, left, bottom, right]: Sides, added: Pair): TransposedPadding {
  return {
    padding: [top, left, Math.max(0, bottom), Math.max(0, right)],
    outputPadding: [added[0] + Math.max(0, -bottom), added[1] + Math.max(0, -right)],
  };
}
