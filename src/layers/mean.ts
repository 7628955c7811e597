/** The mean over axes: over height and width it is a global pool that leaves vectors. */
import { tensorType } from "../graph/tensor-type.ts";
import { zeros } from "../graph/tensor.ts";
import { defineLayer, noWeights } from "./layer.ts";
import { axes, bool } from "./parameters.ts";
import { checkedAxis, fieldAlong, resolveAxes } from "./shared/axes.ts";
import { broadcastPosition } from "./shared/indexing.ts";
import { reduce } from "./shared/onnx-statistics.ts";
import { reshaped } from "./shared/reshaping.ts";

/** The shape with a 1 for every axis that is averaged. */
function keptShape(stated: readonly number[], shape: readonly number[]): readonly number[] {
  const averaged = stated.map((axis) => checkedAxis(axis, { shape }));
  return shape.map((size, axis) => (averaged.includes(axis) ? 1 : size));
}

export const mean = defineLayer({
  kind: "mean",
  category: "pooling",
  summary: "The mean over axes, by default of every channel's pixels: [N, C, H, W] to [N, C].",
  source: "PyTorch torch.mean; ONNX ReduceMean",
  inputs: ["x"],
  parameters: {
    axes: axes({ doc: "The axes to average over.", default: [2, 3] }),
    keepdim: bool({ doc: "Keep the averaged axes with size 1.", default: false }),
  },
  weights: noWeights,
  shape: ({ axes: stated, keepdim }, [{ shape }]) => {
    const averaged = resolveAxes("mean", stated, shape);
    if ("code" in averaged) return averaged;
    const sizes = keepdim
      ? shape.map((size, axis) => (averaged.includes(axis) ? 1 : size))
      : shape.filter((_, axis) => !averaged.includes(axis));
    return { outputs: [tensorType(sizes)], requires: [] };
  },
  receptiveField: ({ axes: stated, keepdim }, [x]) => {
    // Without all four axes the output is no map: it is seen as one place, of the whole map.
    if (!keepdim && x.shape.length === 4) return "global";
    return fieldAlong(stated.map((axis) => checkedAxis(axis, x)));
  },
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => {
    const kept = keptShape(attributes.axes, x.shape);
    const y = zeros(kept);
    const count = x.data.length / y.data.length;
    for (const [at, value] of x.data.entries()) {
      y.data[broadcastPosition(at, kept, x.shape)] += value / count;
    }
    const averaged = attributes.axes.map((axis) => checkedAxis(axis, x));
    const shape = attributes.keepdim ? kept : x.shape.filter((_, axis) => !averaged.includes(axis));
    return { outputs: [reshaped(y, shape)] };
  },
  gradient: {
    backward: ({ attributes, inputs: [x], outputGradients: [dy] }) => {
      const kept = keptShape(attributes.axes, x.shape);
      const count = x.data.length / dy.data.length;
      const data = x.data.map((_, at) => dy.data[broadcastPosition(at, kept, x.shape)] / count);
      return { inputs: [{ shape: x.shape, data }], weights: {} };
    },
  },
  tolerance: 1e-5,
  onnx: ({ opset, attributes, inputs: [x] }) => {
    const averaged = attributes.axes.map((axis) => checkedAxis(axis, x));
    return reduce("ReduceMean", x, averaged, attributes.keepdim, opset);
  },
  lowering: {
    operation: ({ axes: stated }, [shape]) => ({
      family: "mean",
      axes: stated.map((axis) => checkedAxis(axis, { shape })),
    }),
  },
});
