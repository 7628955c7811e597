/**
 * Builds the layers that join a tensor and a number. They are layers of their own, with one
 * tensor each, so that `add` and its like always have two; `operators.ts` says which of them
 * an operator of the language stands for.
 */
import type { Element } from "../../graph/element.ts";
import type { Layer } from "../layer.ts";
import { type OnnxResult, type OnnxValue, constant } from "../onnx.ts";
import { float } from "../parameters.ts";
import { activation } from "./activation.ts";

interface ScalarArithmetic {
  readonly kind: string;
  readonly summary: string;
  /** PyTorch's function. */
  readonly source: string;
  value(x: number, scalar: number): number;
  /** d value / d x; `"none"` where there is no useful one. */
  readonly derivative: ((x: number, scalar: number) => number) | "none";
  readonly tolerance?: number;
  element(x: Element, scalar: number): Element;
  onnx(x: OnnxValue, scalar: OnnxValue): OnnxResult;
}

export function scalarArithmetic(definition: ScalarArithmetic): Layer {
  const { kind, summary, source, derivative, tolerance } = definition;
  return activation({
    kind,
    category: "arithmetic",
    summary,
    source,
    parameters: { scalar: float({ doc: "The number on the other side of the operator." }) },
    value: (x, { scalar }) => definition.value(x, scalar),
    derivative: derivative === "none" ? "none" : (x, { scalar }) => derivative(x, scalar),
    ...(tolerance === undefined ? {} : { tolerance }),
    element: (x, { scalar }) => definition.element(x, scalar),
    onnx: ({ attributes, inputs: [x] }) => definition.onnx(x, constant(attributes.scalar)),
  });
}
