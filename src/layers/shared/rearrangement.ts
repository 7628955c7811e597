/**
 * Builds the layers whose every output element is a copy of one input element, or a
 * constant: the reference copies, the gradient adds up what flows back to each element.
 */
import type { Problem } from "../../diagnostics/diagnostic.ts";
import type { Family, OperationOf } from "../../graph/operation.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import { type Tensor, zeros } from "../../graph/tensor.ts";
import {
  type Category,
  type FieldStep,
  type Layer,
  type ShapeResult,
  defineLayer,
  noWeights,
} from "../layer.ts";
import type { OnnxCall, OnnxExpression } from "../onnx.ts";
import type { Parameters, ParameterValues } from "../parameters.ts";
import { coordinatesOf, positionOf } from "./indexing.ts";

/** What the output is made of. */
export interface Arrangement {
  readonly shape: readonly number[];
  /** The input's coordinates for those of an output element; undefined for the constant. */
  source(at: readonly number[]): readonly number[] | undefined;
  /** The constant at an element's coordinates; 0 unless given. */
  constant?(at: readonly number[]): number;
}

interface Rearrangement<P extends Parameters, F extends Family> {
  readonly kind: string;
  readonly category: Category;
  readonly summary: string;
  readonly source: string;
  readonly parameters: P;
  shape(attributes: ParameterValues<P>, x: TensorType): ShapeResult | Problem;
  receptiveField(attributes: ParameterValues<P>, x: TensorType): FieldStep;
  arrange(attributes: ParameterValues<P>, shape: readonly number[]): Arrangement;
  readonly families: readonly F[];
  operation(attributes: ParameterValues<P>, shape: readonly number[]): OperationOf<F>;
  onnx(call: OnnxCall<ParameterValues<P>>): OnnxExpression;
}

export function rearrangement<const P extends Parameters, F extends Family>(
  definition: Rearrangement<P, F>,
): Layer {
  const { kind, category, summary, source, parameters } = definition;
  return defineLayer({
    kind,
    category,
    summary,
    source,
    inputs: ["x"],
    parameters,
    weights: noWeights,
    shape: (attributes, [x]) => definition.shape(attributes, x),
    receptiveField: (attributes, [x]) => definition.receptiveField(attributes, x),
    cost: () => ({ macs: 0 }),
    reference: ({ attributes, inputs: [x] }) => ({
      outputs: [gather(x, definition.arrange(attributes, x.shape))],
    }),
    gradient: {
      backward: ({ attributes, inputs: [x], outputGradients: [dy] }) => ({
        inputs: [scatter(dy, x.shape, definition.arrange(attributes, x.shape))],
        weights: {},
      }),
    },
    tolerance: 0,
    onnx: (call) => definition.onnx(call),
    lowering: {
      families: definition.families,
      operation: (attributes, [shape]) => definition.operation(attributes, shape),
    },
  });
}

function gather(x: Tensor, { shape, source, constant }: Arrangement): Tensor {
  const y = zeros(shape);
  y.data.forEach((_, position) => {
    const at = coordinatesOf(position, shape);
    const from = source(at);
    y.data[position] =
      from === undefined ? (constant?.(at) ?? 0) : x.data[positionOf(from, x.shape)];
  });
  return y;
}

function scatter(dy: Tensor, into: readonly number[], { shape, source }: Arrangement): Tensor {
  const dx = zeros(into);
  dy.data.forEach((gradient, position) => {
    const from = source(coordinatesOf(position, shape));
    if (from !== undefined) dx.data[positionOf(from, into)] += gradient;
  });
  return dx;
}
