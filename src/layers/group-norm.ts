/** Group normalisation: groups of channels of each image by their own mean and variance. */
import { problem } from "../diagnostics/diagnostic.ts";
import { divisible } from "../graph/condition.ts";
import { divideExactly, formatDim } from "../graph/dim.ts";
import { type ParameterValues, type ReferenceCall, defineLayer } from "./layer.ts";
import { int64s, op } from "./onnx.ts";
import { bool, int } from "./parameters.ts";
import { affineOf, affineWeights } from "./shared/affine.ts";
import { groupsNear, statedChannels } from "./shared/channels.ts";
import { AFFINE_DOC, epsilon, statedFeatures } from "./shared/norm-parameters.ts";
import { type Grouping, type Normalization, groupAlong } from "./shared/normalization.ts";
import { normalizing } from "./shared/normalizing.ts";
import { reshapeTo } from "./shared/onnx-shape.ts";
import { channelAffine, repeated, scaledAndShifted } from "./shared/onnx-statistics.ts";
import { missingChannels } from "./shared/rank.ts";
import { statisticsCost } from "./shared/statistics.ts";

const parameters = {
  num_groups: int({ doc: "Number of groups; it must divide the channels.", min: 1 }),
  num_channels: statedFeatures,
  eps: epsilon,
  affine: bool({ doc: AFFINE_DOC, default: true }),
};

const CHANNEL_AXIS = [1];

/** By image and group: the channels' axis is cut in two, group and channel within it. */
function statisticsGroups([batch, channels, ...rest]: readonly number[], groups: number): Grouping {
  return groupAlong([batch, groups, channels / groups, ...rest], [0, 1]);
}

function normalizationOf({
  attributes: { num_groups, eps, affine },
  inputs: [x],
  weights,
}: ReferenceCall<ParameterValues<typeof parameters>>): Normalization {
  return {
    groups: statisticsGroups(x.shape, num_groups),
    eps,
    ...affineOf(affine, weights, () => groupAlong(x.shape, CHANNEL_AXIS)),
  };
}

export const groupNorm = defineLayer({
  kind: "group_norm",
  category: "normalization",
  summary: "Normalises groups of channels of each image by their own mean and variance.",
  source: "PyTorch GroupNorm; Wu and He, 2018",
  inputs: ["x"],
  parameters,
  weights: ({ affine }, [x]) => affineWeights(affine, [x.shape[1]]),
  shape: ({ num_groups, num_channels }, [x]) => {
    const missing = missingChannels("group_norm", x);
    if (missing !== undefined) return missing;
    const [, channels] = x.shape;
    const stated = statedChannels("group_norm", "num_channels", num_channels, x);
    if (divideExactly(channels, num_groups) !== undefined) {
      return { outputs: [x], requires: stated };
    }
    const facts = {
      groups: num_groups,
      channels: formatDim(channels),
      fitting: groupsNear(num_groups, channels),
    };
    const undivided = problem("CNN2009", facts, "num_groups");
    return {
      outputs: [x],
      requires: [
        ...stated,
        {
          condition: divisible(channels, num_groups),
          problem: { ...undivided, blame: [{ input: 0, axis: 1 }] },
        },
      ],
    };
  },
  receptiveField: () => "global",
  cost: (_, [x]) => statisticsCost(x),
  ...normalizing(normalizationOf),
  tolerance: 1e-5,
  /** The operator of opset 18 has a scale for each group, that of 21 one for each channel. */
  onnx: ({ opset, attributes: { num_groups, eps }, inputs: [x], weights }) => {
    const { weight, bias } = weights;
    const rank = x.shape.length;
    if (opset >= 21 && weight !== undefined && rank > 2) {
      const settings = { num_groups: { int: num_groups }, epsilon: { float: eps } };
      return op("GroupNormalization", [x, weight, bias], settings);
    }
    const grouped = op("Reshape", [x, int64s(0, num_groups, -1)]);
    const normalized = op(
      "InstanceNormalization",
      [grouped, repeated(1, num_groups), repeated(0, num_groups)],
      { epsilon: { float: eps } },
    );
    const y = reshapeTo(normalized, [x.shape[0], num_groups], x.shape);
    return scaledAndShifted(y, channelAffine(weights, rank));
  },
  lowering: {
    families: ["normalization"],
    operation: ({ num_groups, eps, affine }, [shape]) => ({
      family: "normalization",
      axes: shape.map((_, axis) => axis).slice(1),
      groups: num_groups,
      eps,
      affine: affine ? { axes: CHANNEL_AXIS } : "none",
    }),
  },
});
