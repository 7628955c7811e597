/** The logarithm of softmax, computed without the rounding of first dividing. */
import { zeros } from "../graph/tensor.ts";
import { checkedAxis } from "./shared/axes.ts";
import { linesAlong } from "./shared/indexing.ts";
import { normalizedExponential } from "./shared/normalized-exponential.ts";

export const logSoftmax = normalizedExponential({
  kind: "log_softmax",
  summary: "The logarithm of the probabilities that softmax gives.",
  source: "PyTorch LogSoftmax",
  operator: "LogSoftmax",
  reference: ({ attributes, inputs: [x] }) => {
    const y = zeros(x.shape);
    for (const line of linesAlong(x.shape, checkedAxis(attributes.axis, x))) {
      const largest = line.reduce((max, at) => Math.max(max, x.data[at]), -Infinity);
      const sum = line.reduce((total, at) => total + Math.exp(x.data[at] - largest), 0);
      for (const at of line) y.data[at] = x.data[at] - largest - Math.log(sum);
    }
    return { outputs: [y] };
  },
  backward: ({ attributes, outputs: [y], outputGradients: [dy] }) => {
    const dx = zeros(y.shape);
    for (const line of linesAlong(y.shape, checkedAxis(attributes.axis, y))) {
      const total = line.reduce((sum, at) => sum + dy.data[at], 0);
      for (const at of line) dx.data[at] = dy.data[at] - Math.exp(y.data[at]) * total;
    }
    return { inputs: [dx], weights: {} };
  },
});
