/** Dropout: in training, zeroes values at random so that no feature relies on a single other. */
import type { Tensor } from "../graph/tensor.ts";
import { type ReferenceCall, defineLayer, noWeights } from "./layer.ts";
import { constant, op } from "./onnx.ts";
import { float } from "./parameters.ts";

/**
 * The factor of each element: 0 for the dropped, and for the kept what makes up for those.
 * The backward pass draws the same numbers again, and so has the same factors.
 */
function factors(x: Tensor, { attributes, mode, random }: ReferenceCall<{ p: number }>) {
  if (mode === "inference" || random === undefined) return x.data.map(() => 1);
  const { p } = attributes;
  return x.data.map(() => (random() < p ? 0 : 1 / (1 - p)));
}

export const dropout = defineLayer({
  kind: "dropout",
  category: "regularization",
  summary: "In training, zeroes values at random and scales the others up; else does nothing.",
  source: "PyTorch Dropout; Hinton et al., 2012",
  inputs: ["x"],
  parameters: {
    p: float({ doc: "Probability of a value to be zeroed.", min: 0, max: 1, default: 0.5 }),
  },
  weights: noWeights,
  shape: (_, [x]) => ({ outputs: [x], requires: [] }),
  receptiveField: () => "point",
  cost: () => ({ macs: 0 }),
  reference: (call) => {
    const [x] = call.inputs;
    const factor = factors(x, call);
    return { outputs: [{ shape: x.shape, data: x.data.map((v, i) => v * factor[i]) }] };
  },
  gradient: {
    backward: (call) => {
      const [dy] = call.outputGradients;
      const factor = factors(dy, call);
      return {
        inputs: [{ shape: dy.shape, data: dy.data.map((v, i) => v * factor[i]) }],
        weights: {},
      };
    },
  },
  tolerance: 0,
  /** ONNX has no probability of 1; in inference it makes no difference. */
  onnx: ({ attributes: { p }, inputs: [x] }) =>
    p < 1 ? op("Dropout", [x, constant(p)]) : op("Identity", [x]),
  /** In inference. */
  lowering: { families: ["view"], operation: () => ({ family: "view" }) },
});
