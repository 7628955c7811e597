/** Axes of size 1 put in: a vector made a map, a gate made to fit. */
import type { Dim } from "../graph/dim.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { defineLayer, noWeights } from "./layer.ts";
import { int64s, op } from "./onnx.ts";
import { axes } from "./parameters.ts";
import { checkedAxes, resolveAxes } from "./shared/axes.ts";
import { reshaped } from "./shared/reshaping.ts";

/** The shape with sizes of 1 at these axes, which are those of the result. */
function inserted<D extends Dim>(
  shape: readonly D[],
  stated: readonly number[],
): readonly (D | 1)[] {
  const result: (D | 1)[] = [...shape];
  const whole = { shape: Array.from({ length: shape.length + stated.length }, () => 1) };
  const places = checkedAxes(stated, whole).toSorted((a, b) => a - b);
  for (const axis of places) result.splice(axis, 0, 1);
  return result;
}

export const unsqueeze = defineLayer({
  kind: "unsqueeze",
  category: "shape",
  summary: "Puts in axes of size 1.",
  source: "PyTorch torch.unsqueeze; ONNX Unsqueeze",
  inputs: ["x"],
  parameters: { axes: axes({ doc: "Which axes of the result they are." }) },
  weights: noWeights,
  shape: ({ axes: stated }, [{ shape }]) => {
    const places = resolveAxes("unsqueeze", stated, [...shape, ...stated.map(() => 1)]);
    if ("code" in places) return places;
    return { outputs: [tensorType(inserted(shape, places))], requires: [] };
  },
  receptiveField: () => "global",
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => ({
    outputs: [reshaped(x, inserted(x.shape, attributes.axes))],
  }),
  gradient: {
    backward: ({ inputs: [x], outputGradients: [dy] }) => ({
      inputs: [reshaped(dy, x.shape)],
      weights: {},
    }),
  },
  tolerance: 0,
  onnx: ({ attributes, inputs: [x], shapes: [shape] }) =>
    op("Unsqueeze", [x, int64s(...checkedAxes(attributes.axes, { shape }))]),
  lowering: { families: ["view"], operation: () => ({ family: "view" }) },
});
