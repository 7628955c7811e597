/** Values up to a threshold replaced by a number: ReLU is threshold(0, 0). */
import { ifLessOrEqual } from "../graph/element.ts";
import { constant, op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { activation } from "./shared/activation.ts";

export const threshold = activation({
  kind: "threshold",
  summary: "Replaces values that are not above a threshold.",
  source: "PyTorch Threshold; ONNX ThresholdedRelu",
  parameters: {
    threshold: float({ doc: "Values above it stay." }),
    value: float({ doc: "What the others become." }),
  },
  value: (x, { threshold: least, value }) => (x <= least ? value : x),
  derivative: (x, { threshold: least }) => (x <= least ? 0 : 1),
  element: (x, { threshold: least, value }) => ifLessOrEqual(x, least, value, x),
  onnx: ({ attributes, inputs: [x] }) =>
    attributes.value === 0
      ? op("ThresholdedRelu", [x], { alpha: { float: attributes.threshold } })
      : op("Where", [
          op("Greater", [x, constant(attributes.threshold)]),
          x,
          constant(attributes.value),
        ]),
});
