/** Leaky ReLU whose slope is learned: one for all channels or one for each. */
import { problem } from "../diagnostics/diagnostic.ts";
import { equals } from "../graph/condition.ts";
import { formatDim, formatShape } from "../graph/dim.ts";
import { type Tensor, zeros } from "../graph/tensor.ts";
import { defineLayer } from "./layer.ts";
import { op } from "./onnx.ts";
import { size } from "./parameters.ts";
import { resolveAxis } from "./shared/axes.ts";
import { perChannel } from "./shared/onnx-shape.ts";

const CHANNEL = 1;

/** The slope's place in `weight` for each element of x. */
function slopeOf(weight: Tensor, x: Tensor): (position: number) => number {
  if (weight.data.length === 1) return () => 0;
  const inner = x.shape.slice(CHANNEL + 1).reduce((n, length) => n * length, 1);
  return (position) => Math.floor(position / inner) % x.shape[CHANNEL];
}

export const prelu = defineLayer({
  kind: "prelu",
  category: "activation",
  summary: "Multiplies negative values by a learned slope.",
  source: "PyTorch PReLU; He et al., Delving Deep into Rectifiers, 2015",
  inputs: ["x"],
  parameters: {
    num_parameters: size({
      doc: "Number of slopes: 1 for all channels together, or the number of channels.",
      min: 1,
      default: 1,
    }),
  },
  /** `weight` [num_parameters]. */
  weights: ({ num_parameters: count }) => ({
    weight: { shape: [count], role: "parameter", init: { constant: 0.25 } },
  }),
  shape: ({ num_parameters: count }, [x]) => {
    if (count === 1) return { outputs: [x], requires: [] };
    const axis = resolveAxis("prelu", CHANNEL, x.shape);
    if (typeof axis !== "number") return axis;
    const facts = {
      layer: "prelu",
      argument: "num_parameters",
      count: formatDim(count),
      channels: formatDim(x.shape[CHANNEL]),
      shape: formatShape(x.shape),
    };
    const blame = [{ input: 0, axis: CHANNEL }];
    return {
      outputs: [x],
      requires: [
        {
          condition: equals(x.shape[CHANNEL], count),
          problem: { ...problem("CNN2060", facts, "num_parameters"), blame },
        },
      ],
    };
  },
  receptiveField: () => "point",
  cost: () => ({ macs: 0 }),
  reference: ({ inputs: [x], weights: { weight } }) => {
    const slope = slopeOf(weight, x);
    const data = x.data.map((v, i) => (v > 0 ? v : weight.data[slope(i)] * v));
    return { outputs: [{ shape: x.shape, data }] };
  },
  gradient: {
    backward: ({ inputs: [x], weights: { weight }, outputGradients: [dy] }) => {
      const slope = slopeOf(weight, x);
      const dx = zeros(x.shape);
      const dw = zeros(weight.shape);
      for (const [i, v] of x.data.entries()) {
        if (v > 0) dx.data[i] = dy.data[i];
        else {
          dx.data[i] = weight.data[slope(i)] * dy.data[i];
          dw.data[slope(i)] += v * dy.data[i];
        }
      }
      return { inputs: [dx], weights: { weight: dw } };
    },
  },
  tolerance: 1e-6,
  onnx: ({ inputs: [x], weights: { weight } }) =>
    op("PRelu", [x, weight.shape[0] === 1 ? weight : perChannel(weight, x.shape.length)]),
  lowering: { families: ["prelu"], operation: () => ({ family: "prelu" }) },
});
