/** `(x - mean) / std` per channel, on a model's input: what its weights were trained with. */
import { product } from "../graph/dim.ts";
import { defineLayer, noWeights } from "./layer.ts";
import { constant, floatTensor, op } from "./onnx.ts";
import { floats } from "./parameters.ts";
import { resolveAxis } from "./shared/axes.ts";
import { CHANNEL, fitsChannels, ofChannel } from "./shared/per-channel.ts";

/** The channel of each element, and from it its mean and std. */
function perElement(shape: readonly number[], values: readonly number[]): (at: number) => number {
  const inner = shape.slice(CHANNEL + 1).reduce((n, size) => n * size, 1);
  return (at) => ofChannel(values, Math.floor(at / inner) % shape[CHANNEL]);
}

export const normalize = defineLayer({
  kind: "normalize",
  category: "normalization",
  summary: "Subtracts a known mean from each channel and divides by a known deviation.",
  source: "torchvision.transforms.Normalize",
  inputs: ["x"],
  parameters: {
    mean: floats({ doc: "The mean of the training images: one, or one for each channel." }),
    std: floats({ doc: "Their standard deviation: one, or one for each channel.", above: 0 }),
  },
  weights: noWeights,
  shape: ({ mean, std }, [x]) => {
    const axis = resolveAxis("normalize", CHANNEL, x.shape);
    if (typeof axis !== "number") return axis;
    const requires = Object.entries({ mean, std }).flatMap(([argument, values]) =>
      fitsChannels({ layer: "normalize", argument, values }, x.shape),
    );
    return { outputs: [x], requires };
  },
  receptiveField: () => "point",
  /** As a multiplication with `1 / std` and an addition of `-mean / std`. */
  cost: (_, [x]) => ({ macs: product(x.shape) }),
  reference: ({ attributes, inputs: [x] }) => {
    const mean = perElement(x.shape, attributes.mean);
    const std = perElement(x.shape, attributes.std);
    const data = x.data.map((value, at) => (value - mean(at)) / std(at));
    return { outputs: [{ shape: x.shape, data }] };
  },
  gradient: {
    backward: ({ attributes, outputGradients: [dy] }) => {
      const std = perElement(dy.shape, attributes.std);
      const data = dy.data.map((value, at) => value / std(at));
      return { inputs: [{ shape: dy.shape, data }], weights: {} };
    },
  },
  tolerance: 1e-6,
  onnx: ({ attributes: { mean, std }, inputs: [x] }) => {
    const ones = x.shape.slice(CHANNEL + 1).map(() => 1);
    const each = (values: readonly number[]) =>
      values.length === 1 ? constant(values[0]) : floatTensor(values, [values.length, ...ones]);
    return op("Div", [op("Sub", [x, each(mean)]), each(std)]);
  },
  lowering: {
    families: ["channel_affine"],
    operation: ({ mean, std }) => {
      const channels = Math.max(mean.length, std.length);
      const each = (of: (c: number) => number) => Array.from({ length: channels }, (_, c) => of(c));
      return {
        family: "channel_affine",
        scale: each((c) => 1 / ofChannel(std, c)),
        shift: each((c) => -ofChannel(mean, c) / ofChannel(std, c)),
      };
    },
  },
});
