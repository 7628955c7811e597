/** What a norm computes, forward and backward, from what it says of its groups and its affine part. */
import type { Tensor } from "../../graph/tensor.ts";
import type {
  Differentiable,
  GradientCall,
  Gradients,
  ReferenceCall,
  ReferenceResult,
} from "../layer.ts";
import {
  type Normalization,
  type NormalizationGradients,
  normalize,
  normalizeBackward,
} from "./normalization.ts";

export interface Normalizing<A> {
  reference(call: ReferenceCall<A>): ReferenceResult;
  readonly gradient: Differentiable<A>;
}

export function normalizing<A>(of: (call: ReferenceCall<A>) => Normalization): Normalizing<A> {
  return {
    reference: (call) => ({ outputs: [normalize(call.inputs[0], of(call))] }),
    gradient: {
      backward: (call: GradientCall<A>) => {
        const { inputs, weights, outputGradients } = call;
        const normalization = of(call);
        const gradients = normalizeBackward(inputs[0], normalization, outputGradients[0]);
        return normalization.affine === undefined
          ? { inputs: [gradients.x], weights: {} }
          : affineGradients(weights, gradients);
      },
    },
  };
}

function affineGradients(
  { weight: { shape } }: Readonly<Record<string, Tensor>>,
  { x, scale, shift }: NormalizationGradients,
): Gradients {
  return {
    inputs: [x],
    weights: { weight: { shape, data: scale }, bias: { shape, data: shift } },
  };
}
