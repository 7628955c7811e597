/**
 * A learned tensor by itself, to add to or multiply with what flows: ConvNeXt's layer scale,
 * a position embedding. It reads no tensor, so a call of it is a value at once.
 */
import { tensorType } from "../graph/tensor-type.ts";
import { defineLayer } from "./layer.ts";
import { bool, float, shape } from "./parameters.ts";

export const parameter = defineLayer({
  kind: "parameter",
  category: "source",
  summary: "A learned tensor of the given shape, called what it is bound to.",
  source: "PyTorch torch.nn.Parameter",
  inputs: [],
  parameters: {
    shape: shape({ doc: "Its sizes: `[C, 1, 1]` for one number a channel.", min: 1 }),
    init: float({ doc: "What all its numbers are before training.", default: 0 }),
    requires_grad: bool({
      doc: "Whether training changes it; what it does not change is a constant of the weights file.",
      default: true,
    }),
  },
  weights: ({ shape: sizes, init, requires_grad: trained }) => ({
    value: {
      shape: sizes,
      role: trained ? "parameter" : "buffer",
      init: { constant: init },
      namedAsNode: true,
    },
  }),
  shape: ({ shape: sizes }) => ({ outputs: [tensorType(sizes)], requires: [] }),
  receptiveField: () => "point",
  cost: () => ({ macs: 0 }),
  reference: ({ weights: { value } }) => ({
    outputs: [{ shape: value.shape, data: Float64Array.from(value.data) }],
  }),
  gradient: {
    backward: ({ attributes, outputGradients: [dy] }) => ({
      inputs: [],
      weights: attributes.requires_grad ? { value: dy } : {},
    }),
  },
  tolerance: 1e-6,
  onnx: ({ weights: { value } }) => value,
  lowering: { families: ["parameter"], operation: () => ({ family: "parameter" }) },
});
