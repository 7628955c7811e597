/** Softmax: scores to probabilities. */
import { zeros } from "../graph/tensor.ts";
import { checkedAxis } from "./shared/axes.ts";
import { linesAlong } from "./shared/indexing.ts";
import { normalizedExponential } from "./shared/normalized-exponential.ts";

export const softmax = normalizedExponential({
  kind: "softmax",
  summary: "Turns scores into probabilities that sum to 1 along an axis.",
  source: "PyTorch Softmax",
  operator: "Softmax",
  reference: ({ attributes, inputs: [x] }) => {
    const y = zeros(x.shape);
    for (const line of linesAlong(x.shape, checkedAxis(attributes.axis, x))) {
      // Without the largest score the exponentials could overflow.
      const largest = line.reduce((max, at) => Math.max(max, x.data[at]), -Infinity);
      const sum = line.reduce((total, at) => total + Math.exp(x.data[at] - largest), 0);
      for (const at of line) y.data[at] = Math.exp(x.data[at] - largest) / sum;
    }
    return { outputs: [y] };
  },
  backward: ({ attributes, outputs: [y], outputGradients: [dy] }) => {
    const dx = zeros(y.shape);
    for (const line of linesAlong(y.shape, checkedAxis(attributes.axis, y))) {
      const mean = line.reduce((sum, at) => sum + y.data[at] * dy.data[at], 0);
      for (const at of line) dx.data[at] = y.data[at] * (dy.data[at] - mean);
    }
    return { inputs: [dx], weights: {} };
  },
});
