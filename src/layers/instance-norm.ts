/** Instance normalisation: each channel of each image by its own mean and variance. */
import { type ParameterValues, type ReferenceCall, defineLayer } from "./layer.ts";
import { op } from "./onnx.ts";
import { bool } from "./parameters.ts";
import { affineOf, affineWeights } from "./shared/affine.ts";
import { statedChannels } from "./shared/channels.ts";
import { featureMap } from "./shared/map.ts";
import { AFFINE_DOC, epsilon, statedFeatures } from "./shared/norm-parameters.ts";
import { type Normalization, groupAlong } from "./shared/normalization.ts";
import { normalizing } from "./shared/normalizing.ts";
import { standardizedChannels } from "./shared/onnx-statistics.ts";
import { severalPixels, statisticsCost } from "./shared/statistics.ts";

const parameters = {
  num_features: statedFeatures,
  eps: epsilon,
  affine: bool({ doc: AFFINE_DOC, default: false }),
};

/** By image and channel. */
const STATISTICS_AXES = [0, 1];
const CHANNEL_AXIS = [1];

function normalizationOf({
  attributes: { eps, affine },
  inputs: [x],
  weights,
}: ReferenceCall<ParameterValues<typeof parameters>>): Normalization {
  return {
    groups: groupAlong(x.shape, STATISTICS_AXES),
    eps,
    ...affineOf(affine, weights, () => groupAlong(x.shape, CHANNEL_AXIS)),
  };
}

export const instanceNorm = defineLayer({
  kind: "instance_norm",
  category: "normalization",
  summary: "Normalises each channel of each image by its own mean and variance.",
  source: "PyTorch InstanceNorm2d; Ulyanov et al., 2016",
  inputs: ["x"],
  parameters,
  weights: ({ affine }, [x]) => affineWeights(affine, [x.shape[1]]),
  shape: ({ num_features }, [x]) => {
    const map = featureMap("instance_norm", x);
    if ("code" in map) return map;
    const stated = statedChannels("instance_norm", "num_features", num_features, x);
    return { outputs: [x], requires: [...stated, ...severalPixels("instance_norm", x)] };
  },
  receptiveField: () => "global",
  cost: (_, [x]) => statisticsCost(x),
  ...normalizing(normalizationOf),
  tolerance: 1e-5,
  onnx: ({ opset, attributes: { eps }, inputs: [x], weights: { weight, bias } }) =>
    weight === undefined
      ? standardizedChannels(x, eps, opset)
      : op("InstanceNormalization", [x, weight, bias], { epsilon: { float: eps } }),
  lowering: {
    families: ["normalization"],
    operation: ({ eps, affine }) => ({
      family: "normalization",
      axes: [2, 3],
      eps,
      affine: affine ? { axes: CHANNEL_AXIS } : "none",
    }),
  },
});
