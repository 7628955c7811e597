/** Layer normalisation that is written as means, squares and quotients. */
import type { Attributes } from "../../../../graph/attributes.ts";
import { isKnown } from "../../../../graph/dim.ts";
import type { Node, ValueId } from "../../../../graph/graph.ts";
import { isList } from "../../../../graph/print.ts";
import { reshapedArray } from "../arrays.ts";
import { type NamedArray, type Recognised, type View, recognise } from "../draft.ts";
import { layerNormAxes } from "../ops/axes.ts";
import type { Pattern } from "./pattern.ts";
import { scaledCore } from "./scaled-core.ts";

interface Core {
  readonly x: ValueId;
  readonly axes: readonly number[];
  readonly eps: number;
}

/** `(x - mean) / √(mean((x - mean)²) + eps)`. */
function coreOf(id: ValueId, view: View): Core | undefined {
  const quotient = view.made(id, "div");
  const centred = view.made(quotient?.inputs[0], "sub");
  const root = rootOf(quotient?.inputs[1], view);
  const shifted = view.made(root, "add_scalar");
  const variance = view.made(shifted?.inputs[0], "mean");
  if (centred === undefined || shifted === undefined || variance === undefined) return undefined;
  const square = squareOf(variance.inputs[0], view);
  const [x, middle] = centred.inputs;
  const mean = view.made(middle, "mean");
  const squared = view.made(square, "sub");
  const isSame = squared?.inputs[0] === x && view.made(squared.inputs[1], "mean")?.inputs[0] === x;
  if (mean?.inputs[0] !== x || !isSame) return undefined;
  const axes = axesOf(mean, view.shape(x).length);
  if (axes.join() !== axesOf(variance, view.shape(x).length).join()) return undefined;
  return { x, axes, eps: Number(shifted.attributes.scalar) };
}

function rootOf(id: ValueId | undefined, view: View): ValueId | undefined {
  const root = view.made(id, "sqrt", "pow_scalar");
  if (root?.kind === "pow_scalar" && root.attributes.scalar !== 0.5) return undefined;
  return root?.inputs[0];
}

function squareOf(id: ValueId, view: View): ValueId | undefined {
  const node = view.made(id, "square", "pow_scalar", "mul");
  if (node === undefined) return undefined;
  if (node.kind === "pow_scalar" && node.attributes.scalar !== 2) return undefined;
  if (node.kind === "mul" && node.inputs[0] !== node.inputs[1]) return undefined;
  return node.inputs[0];
}

function axesOf({ attributes: { axes } }: Node, rank: number): readonly number[] {
  if (axes === undefined || !isList(axes)) return [];
  return axes.map((axis) => (Number(axis) < 0 ? Number(axis) + rank : Number(axis))).toSorted();
}

/** The learned tensor as one for the normalised axes, where it has no others. */
function affineFor({ x, axes }: Core, given: NamedArray, view: View): NamedArray | undefined {
  const sizes = axes.map((axis) => view.shape(x)[axis]);
  const rank = view.shape(x).length;
  const known = sizes.filter(isKnown);
  const { shape } = given.array;
  const whole = [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
  const fits =
    known.length === sizes.length &&
    whole.length === rank &&
    whole.every((size, axis) => size === (axes.includes(axis) ? view.shape(x)[axis] : 1));
  return fits ? { ...given, array: reshapedArray(given.array, known) } : undefined;
}

function attributesOf({ x, axes, eps }: Core, affine: boolean, view: View): Attributes {
  const rank = view.shape(x).length;
  return { axes: layerNormAxes(axes, rank), eps, elementwise_affine: affine };
}

export const layerNorm: Pattern = {
  name: "layer_norm",
  summary: "(x - mean) / √(variance + eps), with scale and shift or without",
  apply: (draft) => recognise(recognise(draft, withAffine), plain),
};

function withAffine(node: Node, view: View): Recognised | undefined {
  const found = scaledCore(node, view, coreOf);
  if (found === undefined) return undefined;
  const { core, scale, shift } = found;
  const [weight, bias] = [affineFor(core, scale, view), affineFor(core, shift, view)];
  if (weight === undefined || bias === undefined) return undefined;
  const attributes = attributesOf(core, true, view);
  return { kind: "layer_norm", attributes, inputs: [core.x], weights: { weight, bias } };
}

function plain(node: Node, view: View): Recognised | undefined {
  const core = coreOf(node.outputs[0], view);
  if (core === undefined) return undefined;
  return { kind: "layer_norm", attributes: attributesOf(core, false, view), inputs: [core.x] };
}
