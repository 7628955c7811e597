/** Builds the layers that apply one function to each element, without weights. */
import type { Problem } from "../../diagnostics/diagnostic.ts";
import { type Element, argument } from "../../graph/element.ts";
import type { OperationOf } from "../../graph/operation.ts";
import { type Category, type Layer, defineLayer, noWeights } from "../layer.ts";
import type { OnnxCall, OnnxExpression } from "../onnx.ts";
import type { Parameters, ParameterValues } from "../parameters.ts";

interface Activation<P extends Parameters> {
  readonly kind: string;
  /** `activation` unless given. */
  readonly category?: Category;
  readonly summary: string;
  readonly source: string;
  readonly parameters: P;
  /** What is wrong with accepted arguments taken together. */
  conflict?(attributes: ParameterValues<P>): Problem | undefined;
  value(x: number, attributes: ParameterValues<P>): number;
  /** d value / d x; `"none"` where there is no useful one. */
  readonly derivative: ((x: number, attributes: ParameterValues<P>) => number) | "none";
  readonly tolerance?: number;
  onnx(call: OnnxCall<ParameterValues<P>>): OnnxExpression;
  /** What kernels compute. */
  element(x: Element, attributes: ParameterValues<P>): Element;
  /** What kernels see, where it is less than a function. */
  readonly operation?: OperationOf<"view">;
}

export function activation<const P extends Parameters>(definition: Activation<P>): Layer {
  const { derivative, operation } = definition;
  return defineLayer({
    kind: definition.kind,
    category: definition.category ?? "activation",
    summary: definition.summary,
    source: definition.source,
    inputs: ["x"],
    parameters: definition.parameters,
    weights: noWeights,
    shape: (attributes, [x]) => definition.conflict?.(attributes) ?? { outputs: [x], requires: [] },
    receptiveField: () => "point",
    cost: () => ({ macs: 0 }),
    reference: ({ attributes, inputs: [x] }) => ({
      outputs: [{ shape: x.shape, data: x.data.map((v) => definition.value(v, attributes)) }],
    }),
    gradient:
      derivative === "none"
        ? "none"
        : {
            backward: ({ attributes, inputs: [x], outputGradients: [dy] }) => {
              const data = x.data.map((v, i) => derivative(v, attributes) * dy.data[i]);
              return { inputs: [{ shape: x.shape, data }], weights: {} };
            },
          },
    tolerance: definition.tolerance ?? 1e-6,
    onnx: (call) => definition.onnx(call),
    lowering:
      operation === undefined
        ? {
            families: ["elementwise"],
            operation: (attributes) => ({
              family: "elementwise",
              element: definition.element(argument(0), attributes),
            }),
          }
        : { families: ["view"], operation: () => operation },
  });
}
