/** Batch normalisation: each channel by its mean and variance over the batch. */
import { product } from "../graph/dim.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  type ParameterValues,
  type ReferenceCall,
  type WeightShapes,
  defineLayer,
} from "./layer.ts";
import { op } from "./onnx.ts";
import { bool, float } from "./parameters.ts";
import { affineOf, affineWeights } from "./shared/affine.ts";
import { statedChannels } from "./shared/channels.ts";
import { known } from "./shared/known.ts";
import { AFFINE_DOC, epsilon, statedFeatures } from "./shared/norm-parameters.ts";
import {
  type Normalization,
  type Statistics,
  groupAlong,
  statisticsOf,
} from "./shared/normalization.ts";
import { normalizing } from "./shared/normalizing.ts";
import {
  channelAffine,
  repeated,
  scaledAndShifted,
  standardized,
} from "./shared/onnx-statistics.ts";
import { missingChannels } from "./shared/rank.ts";

const parameters = {
  num_features: statedFeatures,
  eps: epsilon,
  momentum: float({
    doc: "Share of a batch's statistics in the new running ones.",
    min: 0,
    max: 1,
    default: 0.1,
  }),
  affine: bool({ doc: AFFINE_DOC, default: true }),
  track_running_stats: bool({
    doc: "Keep running statistics in training and use them in inference.",
    default: true,
  }),
};

type Call = ReferenceCall<ParameterValues<typeof parameters>>;

/** Axis 1, for `[N, F]` and for maps. */
const CHANNEL_AXIS = [1];

function usesBatch({ mode, attributes }: Call): boolean {
  return mode === "training" || !attributes.track_running_stats;
}

function normalizationOf(call: Call): Normalization {
  const { attributes, inputs, weights } = call;
  const groups = groupAlong(inputs[0].shape, CHANNEL_AXIS);
  const running = usesBatch(call)
    ? {}
    : { constants: { mean: weights.running_mean.data, variance: weights.running_var.data } };
  return {
    groups,
    eps: attributes.eps,
    ...running,
    ...affineOf(attributes.affine, weights, () => groups),
  };
}

/** `running = (1 - momentum) · running + momentum · batch`, with the unbiased variance. */
function updatedBuffers({ attributes: { momentum }, inputs: [x], weights }: Call) {
  const batch: Statistics = statisticsOf(x, groupAlong(x.shape, CHANNEL_AXIS));
  const size = x.data.length / x.shape[1];
  const towards = (running: Tensor, values: Float64Array, factor: number): Tensor => ({
    shape: running.shape,
    data: running.data.map((old, c) => (1 - momentum) * old + momentum * factor * values[c]),
  });
  return {
    running_mean: towards(weights.running_mean, batch.mean, 1),
    // A single value has no unbiased variance: 0 is taken, where PyTorch refuses to train.
    running_var: towards(weights.running_var, batch.variance, size / Math.max(size - 1, 1)),
  };
}

const normalized = normalizing(normalizationOf);

export const batchNorm = defineLayer({
  kind: "batch_norm",
  category: "normalization",
  summary: "Normalises each channel over the batch; in inference by running statistics.",
  source: "PyTorch BatchNorm1d and BatchNorm2d; Ioffe and Szegedy, 2015",
  inputs: ["x"],
  parameters,
  weights: ({ affine, track_running_stats }, [x]): WeightShapes => {
    const shape = [x.shape[1]];
    const tracked: WeightShapes = {
      running_mean: { shape, role: "buffer", init: "zeros" },
      running_var: { shape, role: "buffer", init: "ones" },
    };
    return { ...affineWeights(affine, shape), ...(track_running_stats ? tracked : {}) };
  },
  shape: ({ num_features }, [x]) => {
    return (
      missingChannels("batch_norm", x) ?? {
        outputs: [x],
        requires: statedChannels("batch_norm", "num_features", num_features, x),
      }
    );
  },
  /** In inference, which is when the field of a model is asked for. */
  receptiveField: () => "point",
  /** In inference: one scale and shift an element. */
  cost: (_, [x]) => ({ macs: product(x.shape) }),
  reference: (call) => {
    const result = normalized.reference(call);
    const updates = call.mode === "training" && call.attributes.track_running_stats;
    return updates ? { ...result, buffers: updatedBuffers(call) } : result;
  },
  gradient: normalized.gradient,
  tolerance: 1e-5,
  /** ONNX's momentum is the share of the old statistics. */
  onnx: ({ opset, attributes, inputs: [x], weights }) => {
    const { eps, momentum, track_running_stats } = attributes;
    const { weight, bias, running_mean, running_var } = weights;
    const rank = x.shape.length;
    if (!track_running_stats) {
      const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
      const y = standardized(x, others, eps, opset);
      return scaledAndShifted(y, channelAffine(weights, rank));
    }
    const channels = known(running_mean.shape[0]);
    return op(
      "BatchNormalization",
      [
        x,
        weight ?? repeated(1, channels),
        bias ?? repeated(0, channels),
        running_mean,
        running_var,
      ],
      { epsilon: { float: eps }, momentum: { float: 1 - momentum } },
    );
  },
  lowering: {
    families: ["batch_norm", "normalization"],
    operation: ({ eps, affine, track_running_stats }, [shape]) => {
      if (track_running_stats) return { family: "batch_norm", eps };
      const axes = shape.map((_, axis) => axis).filter((axis) => !CHANNEL_AXIS.includes(axis));
      const weights = affine ? { axes: CHANNEL_AXIS } : "none";
      return { family: "normalization", axes, eps, affine: weights };
    },
  },
});
