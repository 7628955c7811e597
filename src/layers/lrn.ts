/** Local response normalisation: each value by the squares of its neighbour channels. */
import { mul, product } from "../graph/dim.ts";
import { type Tensor, zeros } from "../graph/tensor.ts";
import { type ParameterValues, defineLayer, noWeights } from "./layer.ts";
import { constant, flag, op } from "./onnx.ts";
import { float, int } from "./parameters.ts";
import { featureMap } from "./shared/map.ts";
import { reshapeTo } from "./shared/onnx-shape.ts";
import { undilatedAttributes } from "./shared/onnx-window.ts";

const parameters = {
  size: int({ doc: "Number of neighbouring channels, the value's own included.", min: 1 }),
  alpha: float({ doc: "Factor of the mean square.", default: 1e-4 }),
  beta: float({ doc: "Exponent of the divisor.", default: 0.75 }),
  k: float({ doc: "Added to the divisor before its power is taken.", default: 1 }),
};

type LrnAttributes = ParameterValues<typeof parameters>;

/**
 * Pairs of offsets of an element and of one in its window, itself included. Of an even window
 * the extra channel lies before (PyTorch; ONNX has it behind).
 */
function forEachNeighbour(
  [batch, channels, height, width]: readonly number[],
  size: number,
  visit: (at: number, neighbour: number) => void,
): void {
  const plane = height * width;
  for (let at = 0; at < batch * channels * plane; at++) {
    const channel = Math.floor(at / plane) % channels;
    const first = Math.max(0, channel - Math.floor(size / 2));
    const last = Math.min(channels - 1, channel + Math.floor((size - 1) / 2));
    for (let other = first; other <= last; other++) visit(at, at + (other - channel) * plane);
  }
}

/** `k + alpha / size · Σ x²` for each element. */
function divisors(x: Tensor, { size, alpha, k }: LrnAttributes): Float64Array {
  const divisor = zeros(x.shape).data.fill(k);
  forEachNeighbour(x.shape, size, (at, neighbour) => {
    divisor[at] += (alpha / size) * x.data[neighbour] ** 2;
  });
  return divisor;
}

export const lrn = defineLayer({
  kind: "lrn",
  category: "normalization",
  summary: "Divides each value by a power of the mean square over neighbouring channels.",
  source: "PyTorch LocalResponseNorm; Krizhevsky et al., AlexNet, 2012",
  inputs: ["x"],
  parameters,
  weights: noWeights,
  shape: (_, [x]) => {
    const map = featureMap("lrn", x);
    return "code" in map ? map : { outputs: [x], requires: [] };
  },
  receptiveField: () => "point",
  /** A square for each place of the window, and the product with the divisor's power. */
  cost: ({ size }, [x]) => ({ macs: mul(size + 1, product(x.shape)) }),
  reference: ({ attributes, inputs: [x] }) => {
    const divisor = divisors(x, attributes);
    const data = x.data.map((value, at) => value / divisor[at] ** attributes.beta);
    return { outputs: [{ shape: x.shape, data }] };
  },
  gradient: {
    backward: ({ attributes, inputs: [x], outputGradients: [dy] }) => {
      const { size, alpha, beta } = attributes;
      const divisor = divisors(x, attributes);
      const dx = zeros(x.shape);
      dy.data.forEach((gradient, at) => {
        dx.data[at] = gradient / divisor[at] ** beta;
      });
      forEachNeighbour(x.shape, size, (at, neighbour) => {
        const slope = (-2 * beta * alpha * x.data[neighbour]) / size;
        dx.data[neighbour] += (dy.data[at] * x.data[at] * slope) / divisor[at] ** (beta + 1);
      });
      return { inputs: [dx], weights: {} };
    },
  },
  tolerance: 1e-5,
  /** A window of an even size, whose extra channel stands before here and behind in ONNX, is a pool. */
  onnx: ({ attributes, inputs: [x] }) => {
    const { size, alpha, beta, k } = attributes;
    if (size % 2 === 1) {
      return op("LRN", [x], {
        size: { int: size },
        alpha: { float: alpha },
        beta: { float: beta },
        bias: { float: k },
      });
    }
    const [batch, channels, height, width] = x.shape;
    const columns = [batch, 1, channels, mul(height, width)];
    const squares = reshapeTo(op("Mul", [x, x]), x.shape, columns);
    const means = op("AveragePool", [squares], {
      ...undilatedAttributes({
        kernel: [size, 1],
        stride: [1, 1],
        padding: [size / 2, 0, size / 2 - 1, 0],
      }),
      count_include_pad: flag(true),
    });
    const divisor = op("Add", [
      op("Mul", [reshapeTo(means, columns, x.shape), constant(alpha)]),
      constant(k),
    ]);
    return op("Div", [x, op("Pow", [divisor, constant(beta)])]);
  },
  lowering: {
    families: ["lrn"],
    operation: ({ size, alpha, beta, k }) => ({ family: "lrn", size, alpha, beta, k }),
  },
});
