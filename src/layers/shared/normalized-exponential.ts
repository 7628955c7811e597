/** What softmax and log_softmax have in common: all but their arithmetic. */
import {
  type Differentiable,
  type Layer,
  type ReferenceCall,
  type ReferenceResult,
  defineLayer,
  noWeights,
} from "../layer.ts";
import { op } from "../onnx.ts";
import { axis } from "../parameters.ts";
import { checkedAxis, fieldAlong, resolveAxis } from "./axes.ts";

interface Attributes {
  readonly axis: number;
}

interface NormalizedExponential extends Differentiable<Attributes> {
  readonly kind: "softmax" | "log_softmax";
  readonly summary: string;
  readonly source: string;
  /** ONNX's. */
  readonly operator: "Softmax" | "LogSoftmax";
  reference(call: ReferenceCall<Attributes>): ReferenceResult;
}

export function normalizedExponential(definition: NormalizedExponential): Layer {
  const { kind, summary, source, operator, reference, backward } = definition;
  return defineLayer({
    kind,
    category: "activation",
    summary,
    source,
    inputs: ["x"],
    parameters: {
      axis: axis({ doc: "The axis of the scores, the channels by default.", default: 1 }),
    },
    weights: noWeights,
    shape: (attributes, [x]) => {
      const resolved = resolveAxis(kind, attributes.axis, x.shape);
      return typeof resolved === "number" ? { outputs: [x], requires: [] } : resolved;
    },
    receptiveField: (attributes, [x]) => fieldAlong([checkedAxis(attributes.axis, x)]),
    cost: () => ({ macs: 0 }),
    reference,
    gradient: { backward },
    tolerance: 1e-5,
    onnx: ({ attributes, inputs: [x] }) =>
      op(operator, [x], { axis: { int: checkedAxis(attributes.axis, x) } }),
    lowering: {
      families: ["softmax"],
      operation: (attributes, [shape]) => ({
        family: "softmax",
        kind,
        axis: checkedAxis(attributes.axis, { shape }),
      }),
    },
  });
}
