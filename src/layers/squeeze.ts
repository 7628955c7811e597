/** Axes of size 1 left out: what follows a global pool. */
import { problem } from "../diagnostics/diagnostic.ts";
import { equals } from "../graph/condition.ts";
import { formatDim, formatShape } from "../graph/dim.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { defineLayer, noWeights } from "./layer.ts";
import { int64s, op } from "./onnx.ts";
import { axes } from "./parameters.ts";
import { axisName, checkedAxes, resolveAxes } from "./shared/axes.ts";
import { reshaped } from "./shared/reshaping.ts";

export const squeeze = defineLayer({
  kind: "squeeze",
  category: "shape",
  summary: "Leaves out axes of size 1.",
  source: "PyTorch torch.squeeze; ONNX Squeeze",
  inputs: ["x"],
  parameters: { axes: axes({ doc: "The axes that are left out." }) },
  weights: noWeights,
  shape: ({ axes: stated }, [{ shape }]) => {
    const dropped = resolveAxes("squeeze", stated, shape);
    if ("code" in dropped) return dropped;
    return {
      outputs: [tensorType(shape.filter((_, axis) => !dropped.includes(axis)))],
      requires: dropped.map((axis) => {
        const facts = {
          axis: axisName(axis, shape.length),
          size: formatDim(shape[axis]),
          shape: formatShape(shape),
        };
        return {
          condition: equals(shape[axis], 1),
          problem: { ...problem("CNN2064", facts), blame: [{ input: 0, axis }] },
        };
      }),
    };
  },
  receptiveField: () => "global",
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => {
    const dropped = checkedAxes(attributes.axes, x);
    return {
      outputs: [
        reshaped(
          x,
          x.shape.filter((_, axis) => !dropped.includes(axis)),
        ),
      ],
    };
  },
  gradient: {
    backward: ({ inputs: [x], outputGradients: [dy] }) => ({
      inputs: [reshaped(dy, x.shape)],
      weights: {},
    }),
  },
  tolerance: 0,
  onnx: ({ attributes, inputs: [x] }) =>
    op("Squeeze", [x, int64s(...checkedAxes(attributes.axes, x))]),
  lowering: { families: ["view"], operation: () => ({ family: "view" }) },
});
