/** Batch normalisation in inference, which is a scale and a shift of each channel, written as such. */
import { isKnown } from "../../../../graph/dim.ts";
import type { ValueId } from "../../../../graph/graph.ts";
import { floats } from "../arrays.ts";
import { type Recognised, type View, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

/** `x · scale + shift` by channel. */
interface Affine {
  readonly x: ValueId;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
  /** Of the learned tensors, the last of each sort. */
  readonly names: { readonly scale?: string; readonly shift?: string };
}

const STEPS = ["add", "sub", "mul", "div"];

/** The steps that lead to the value, as far back as they are of this sort. */
function affineOf(id: ValueId, channels: number, view: View): Affine {
  const none: Affine = {
    x: id,
    scale: new Float64Array(channels).fill(1),
    shift: new Float64Array(channels),
    names: {},
  };
  const node = view.made(id, ...STEPS);
  if (node === undefined) return none;
  const [first] = node.inputs;
  const flowing = view.parameter(first) === undefined ? first : node.inputs[1];
  const learned = view.parameter(view.other(node, flowing));
  const count = learned?.array.shape.reduce((a, b) => a * b, 1);
  const place = view.shape(id).length === 2 ? -1 : -3;
  if (learned === undefined || count !== channels || learned.array.shape.at(place) !== channels) {
    return none;
  }
  if (flowing !== first && (node.kind === "sub" || node.kind === "div")) return none;
  const inner = affineOf(flowing, channels, view);
  const by = view.numbers(learned);
  const { scale, shift } = inner;
  switch (node.kind) {
    case "add":
    case "sub": {
      const sign = node.kind === "add" ? 1 : -1;
      const names = { ...inner.names, shift: learned.name };
      return { ...inner, names, shift: shift.map((value, c) => value + sign * by[c]) };
    }
    default: {
      const factor = (c: number): number => (node.kind === "mul" ? by[c] : 1 / by[c]);
      return {
        x: inner.x,
        names: { ...inner.names, scale: learned.name },
        scale: scale.map((value, c) => value * factor(c)),
        shift: shift.map((value, c) => value * factor(c)),
      };
    }
  }
}

const EPS = 1e-5;

export const channelAffine: Pattern = {
  name: "batch_norm",
  summary: "a scale and a shift of each channel, one behind the other",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      const channels = view.shape(node.outputs[0]).at(1);
      if (!STEPS.includes(node.kind) || channels === undefined || !isKnown(channels))
        return undefined;
      const affine = affineOf(node.outputs[0], channels, view);
      const { scale, shift } = affine.names;
      if (scale === undefined || shift === undefined) return undefined;
      const vector = (name: string, values: ArrayLike<number>) => ({
        name,
        array: floats([channels], values),
      });
      return {
        kind: "batch_norm",
        attributes: { eps: EPS },
        inputs: [affine.x],
        weights: {
          weight: vector(scale, affine.scale),
          bias: vector(shift, affine.shift),
          running_mean: vector("", new Float64Array(channels)),
          // With eps it is 1.
          running_var: vector("", new Float64Array(channels).fill(1 - EPS)),
        },
      };
    }),
};
