/** Batch normalisation in inference, which is a scale and a shift of each channel, written as such. */
import { isKnown } from "../../../../graph/dim.ts";
import type { ValueId } from "../../../../graph/graph.ts";
import { floats } from "../arrays.ts";
import { isByChannel } from "../by-channel.ts";
import { type NamedArray, type Recognised, type View, recognise } from "../draft.ts";
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

/** Centring and scaling, each in two steps, and what follows; a longer chain is cut. */
const MOST_STEPS = 8;

/** The steps that lead to the value, as far back as they are of this sort. */
function affineOf(id: ValueId, channels: number, view: View, steps = MOST_STEPS): Affine {
  const none: Affine = {
    x: id,
    scale: new Float64Array(channels).fill(1),
    shift: new Float64Array(channels),
    names: {},
  };
  const node = view.made(id, ...STEPS);
  if (node === undefined || steps === 0) return none;
  const [first] = node.inputs;
  const flowing = view.parameter(first) === undefined ? first : node.inputs[1];
  const learned = view.parameter(view.other(node, flowing));
  if (learned === undefined || !isByChannel(learned.array.shape, view.shape(id))) return none;
  if (flowing !== first && (node.kind === "sub" || node.kind === "div")) return none;
  const inner = affineOf(flowing, channels, view, steps - 1);
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

const ROLES = ["weight", "bias", "running_mean", "running_var"];

/** The norm in front, where there is one that nobody else reads: Caffe has its scale and shift apart. */
function joinedNorm({ x, scale, shift }: Affine, view: View): Recognised | undefined {
  const norm = view.made(x, "batch_norm");
  if (norm === undefined || view.uses(x) > 1) return undefined;
  const weights = ROLES.map((role) => view.weight(norm, role));
  const [weight, bias, running_mean, running_var] = weights;
  if (!weight || !bias || !running_mean || !running_var) return undefined;
  const changed = (named: NamedArray, by: (value: number, c: number) => number): NamedArray => ({
    name: named.name,
    array: floats(named.array.shape, view.numbers(named).map(by)),
  });
  return {
    kind: "batch_norm",
    attributes: norm.attributes,
    inputs: norm.inputs,
    weights: {
      weight: changed(weight, (value, c) => value * scale[c]),
      bias: changed(bias, (value, c) => value * scale[c] + shift[c]),
      running_mean,
      running_var,
    },
  };
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
      const joined = joinedNorm(affine, view);
      if (joined !== undefined) return joined;
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
