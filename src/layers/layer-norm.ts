/**
 * Layer normalisation: each image by its own mean and variance, over all axes but the batch
 * or over chosen ones. `[N, F]` is normalised over F; a sequence `[N, T, F]` over both, as a map
 * is, unless `axes: -1` asks for the features alone.
 */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { formatShape } from "../graph/dim.ts";
import { type ParameterValues, type ReferenceCall, defineLayer } from "./layer.ts";
import { bool, optionalAxes } from "./parameters.ts";
import { affineGradients, affineOf, affineWeights } from "./shared/affine.ts";
import { epsilon } from "./shared/norm-parameters.ts";
import {
  type Normalization,
  groupAlong,
  normalize,
  normalizeBackward,
} from "./shared/normalization.ts";
import { statisticsCost } from "./shared/statistics.ts";

const parameters = {
  axes: optionalAxes({
    doc: "The normalised axes; all but the batch unless given. `channel`: at every pixel by itself.",
  }),
  eps: epsilon,
  elementwise_affine: bool({
    doc: "Scale and shift by learned numbers, one for each place of the normalised axes.",
    default: true,
  }),
};

/** In ascending order, from the front. */
function normalizedAxes(axes: readonly number[] | null, rank: number): readonly number[] {
  const all = Array.from({ length: rank - 1 }, (_, index) => index + 1);
  if (axes === null) return all;
  return axes.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((a, b) => a - b);
}

function normalizationOf({
  attributes: { axes, eps, elementwise_affine },
  inputs: [{ shape }],
  weights,
}: ReferenceCall<ParameterValues<typeof parameters>>): Normalization {
  const normalized = normalizedAxes(axes, shape.length);
  const others = shape.map((_, axis) => axis).filter((axis) => !normalized.includes(axis));
  return {
    groups: groupAlong(shape, others),
    eps,
    ...affineOf(elementwise_affine, weights, () => groupAlong(shape, normalized)),
  };
}

function wrongAxis(axes: readonly number[], shape: string, rank: number): Problem | undefined {
  const seen = new Set<number>();
  for (const axis of axes) {
    const place = axis < 0 ? axis + rank : axis;
    const missing = place < 0 || place >= rank;
    const reason = missing ? "missing" : place === 0 ? "batch" : seen.has(place) ? "twice" : null;
    if (reason !== null) return problem("CNN2013", { axis, shape, reason }, "axes");
    seen.add(place);
  }
  return undefined;
}

export const layerNorm = defineLayer({
  kind: "layer_norm",
  category: "normalization",
  summary: "Normalises each image by its own mean and variance, or each pixel over its channels.",
  source: "PyTorch LayerNorm; Ba et al., 2016; over channels: Liu et al., ConvNeXt, 2022",
  inputs: ["x"],
  parameters,
  weights: ({ axes, elementwise_affine }, [x]) =>
    affineWeights(
      elementwise_affine,
      normalizedAxes(axes, x.shape.length).map((axis) => x.shape[axis]),
    ),
  shape: ({ axes }, [x]) => {
    const [rank, shape] = [x.shape.length, formatShape(x.shape)];
    if (rank < 2) {
      const needs = "an axis behind the batch: [N, F] or a map [N, C, H, W]";
      return problem("CNN2001", { layer: "layer_norm", needs, rank, gets: shape });
    }
    return wrongAxis(axes ?? [], shape, rank) ?? { outputs: [x], requires: [] };
  },
  receptiveField: ({ axes }, [x]) => {
    const overChannels = normalizedAxes(axes, x.shape.length).every((axis) => axis === 1);
    return x.shape.length === 4 && overChannels ? "point" : "global";
  },
  cost: (_, [x]) => statisticsCost(x),
  reference: (call) => ({ outputs: [normalize(call.inputs[0], normalizationOf(call))] }),
  gradient: {
    backward: (call) =>
      affineGradients(
        call.attributes.elementwise_affine,
        call.weights,
        normalizeBackward(call.inputs[0], normalizationOf(call), call.outputGradients[0]),
      ),
  },
  tolerance: 1e-5,
  onnx: "pending",
  lowering: "pending",
});
