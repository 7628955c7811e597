/**
 * Layer normalisation: each image by its own mean and variance, over all axes but the batch
 * or over chosen ones. `[N, F]` is normalised over F; a sequence `[N, T, F]` over both, as a map
 * is, unless `axes: -1` asks for the features alone.
 */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import type { Dim } from "../graph/dim.ts";
import { type ParameterValues, type ReferenceCall, defineLayer } from "./layer.ts";
import { bool, optionalAxes } from "./parameters.ts";
import { affineOf, affineWeights } from "./shared/affine.ts";
import { checkedAxes, fieldAlong, resolveAxis } from "./shared/axes.ts";
import { epsilon } from "./shared/norm-parameters.ts";
import { type Normalization, groupAlong } from "./shared/normalization.ts";
import { normalizing } from "./shared/normalizing.ts";
import { layerNormOnnx } from "./shared/onnx-layer-norm.ts";
import { wrongRank } from "./shared/rank.ts";
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

/** From 0, in ascending order. */
function normalizedAxes(
  axes: readonly number[] | null,
  { shape }: { readonly shape: readonly Dim[] },
): readonly number[] {
  if (axes === null) return Array.from({ length: shape.length - 1 }, (_, index) => index + 1);
  return checkedAxes(axes, { shape }).toSorted((a, b) => a - b);
}

function normalizationOf({
  attributes: { axes, eps, elementwise_affine },
  inputs: [x],
  weights,
}: ReferenceCall<ParameterValues<typeof parameters>>): Normalization {
  const { shape } = x;
  const normalized = normalizedAxes(axes, x);
  const others = shape.map((_, axis) => axis).filter((axis) => !normalized.includes(axis));
  return {
    groups: groupAlong(shape, others),
    eps,
    ...affineOf(elementwise_affine, weights, () => groupAlong(shape, normalized)),
  };
}

function wrongAxis(axes: readonly number[], shape: readonly Dim[]): Problem | undefined {
  const seen = new Set<number>();
  for (const axis of axes) {
    const place = resolveAxis("layer_norm", axis, shape);
    if (typeof place !== "number") return { ...place, argument: "axes" };
    if (place === 0 || seen.has(place)) {
      const reason = place === 0 ? "batch" : "twice";
      return problem("CNN2013", { axis, reason }, "axes");
    }
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
      normalizedAxes(axes, x).map((axis) => x.shape[axis]),
    ),
  shape: ({ axes }, [x]) => {
    if (x.shape.length < 2) {
      return wrongRank("layer_norm", "an axis behind the batch: [N, F] or a map [N, C, H, W]", x);
    }
    return wrongAxis(axes ?? [], x.shape) ?? { outputs: [x], requires: [] };
  },
  receptiveField: ({ axes }, [x]) => fieldAlong(normalizedAxes(axes, x)),
  cost: (_, [x]) => statisticsCost(x),
  ...normalizing(normalizationOf),
  tolerance: 1e-5,
  onnx: ({ opset, attributes: { axes, eps }, inputs: [x], weights }) =>
    layerNormOnnx(x, { axes: normalizedAxes(axes, x), eps, weights }, opset),
  lowering: {
    families: ["normalization"],
    operation: ({ axes, eps, elementwise_affine }, [shape]) => {
      const normalized = normalizedAxes(axes, { shape });
      const affine = elementwise_affine ? { axes: normalized } : "none";
      return { family: "normalization", axes: normalized, eps, affine };
    },
  },
});
