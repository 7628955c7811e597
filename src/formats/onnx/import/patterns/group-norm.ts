/** Group normalisation, which exporters write as InstanceNormalization of groups. */
import { isKnown } from "../../../../graph/dim.ts";
import type { Node, ValueId } from "../../../../graph/graph.ts";
import { reshapedArray } from "../arrays.ts";
import { isByChannel } from "../by-channel.ts";
import { type NamedArray, type Recognised, type View, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";
import { scaledCore } from "./scaled-core.ts";
import { VIEWS, unshaped } from "./views.ts";

interface Core {
  readonly x: ValueId;
  readonly groups: number;
  readonly eps: number;
}

/** Groups as channels, normalised without a scale of their own, and channels again. */
function coreOf(id: ValueId, view: View): Core | undefined {
  const norm = view.made(unshaped(id, view), "instance_norm");
  if (norm === undefined) return undefined;
  const x = unshaped(norm.inputs[0], view);
  const [, groups] = view.shape(norm.inputs[0]);
  if (!isKnown(groups) || x === norm.inputs[0]) return undefined;
  const [weight, bias] = ["weight", "bias"].map((role) => view.weight(norm, role));
  const neutral = (named: NamedArray | undefined, value: number): boolean =>
    named === undefined || view.numbers(named).every((number) => number === value);
  if (!neutral(weight, 1) || !neutral(bias, 0)) return undefined;
  return { x, groups, eps: Number(norm.attributes.eps) };
}

export const groupNorm: Pattern = {
  name: "group_norm",
  summary:
    "InstanceNormalization of [N, groups, …], with scale and shift of the channels or without",
  apply: (draft) => recognise(recognise(draft, withAffine), plain),
};

function withAffine(node: Node, view: View): Recognised | undefined {
  const found = scaledCore(node, view, coreOf);
  if (found === undefined) return undefined;
  const { x, groups: num_groups, eps } = found.core;
  const [, channels] = view.shape(x);
  if (!isKnown(channels)) return undefined;
  const vector = ({ array, name }: NamedArray): NamedArray => ({
    name,
    array: reshapedArray(array, [channels]),
  });
  const { scale, shift } = found;
  const of = view.shape(node.outputs[0]);
  if (![scale, shift].every(({ array }) => isByChannel(array.shape, of))) return undefined;
  return {
    kind: "group_norm",
    attributes: { num_groups, eps },
    inputs: [x],
    weights: { weight: vector(scale), bias: vector(shift) },
  };
}

function plain(node: Node, view: View): Recognised | undefined {
  if (!VIEWS.includes(node.kind)) return undefined;
  const core = coreOf(node.outputs[0], view);
  if (core === undefined) return undefined;
  const attributes = { num_groups: core.groups, eps: core.eps, affine: false };
  return { kind: "group_norm", attributes, inputs: [core.x] };
}
