/** Gaussian error linear unit: `x · Φ(x)`, exact or by its usual approximation with tanh. */
import { type Element, add, erf, multiply, tanh } from "../graph/element.ts";
import { type OnnxValue, constant, op } from "./onnx.ts";
import { choice } from "./parameters.ts";
import { activation } from "./shared/activation.ts";
import { erfc } from "./shared/erf.ts";

/** Φ(x) ≈ (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2: Hendrycks and Gimpel, 2016. */
const CUBIC = 0.044715;
const SLOPE = Math.sqrt(2 / Math.PI);

function tanhPart(x: number): number {
  return Math.tanh(SLOPE * (x + CUBIC * x ** 3));
}

const tanhElement = (x: Element): Element =>
  tanh(multiply(multiply(SLOPE, x), add(multiply(CUBIC, multiply(x, x)), 1)));

/** The standard normal distribution function. */
function normalBelow(x: number): number {
  return erfc(-x / Math.SQRT2) / 2;
}

function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** `erf(x / √2)`. */
function onnxErf(x: OnnxValue): OnnxValue {
  return op("Erf", [op("Div", [x, constant(Math.SQRT2)])]);
}

/** As `tanhPart`. */
function onnxTanh(x: OnnxValue): OnnxValue {
  const cube = op("Mul", [op("Mul", [x, op("Mul", [x, x])]), constant(CUBIC)]);
  return op("Tanh", [op("Mul", [op("Add", [x, cube]), constant(SLOPE)])]);
}

export const gelu = activation({
  kind: "gelu",
  summary: "Multiplies each value by the probability that a normal variable is below it.",
  source: "PyTorch GELU; Hendrycks and Gimpel, 2016",
  parameters: {
    approximate: choice(["none", "tanh"], {
      doc: "`tanh` for the approximation that some networks were trained with.",
      default: "none",
    }),
  },
  element: (x, { approximate }) => {
    const inner = approximate === "tanh" ? tanhElement(x) : erf(multiply(x, Math.SQRT1_2));
    const half = multiply(0.5, x);
    return add(multiply(half, inner), half);
  },
  value: (x, { approximate }) =>
    approximate === "tanh" ? (x * (1 + tanhPart(x))) / 2 : x * normalBelow(x),
  derivative: (x, { approximate }) => {
    if (approximate === "none") return normalBelow(x) + x * normalDensity(x);
    const t = tanhPart(x);
    return (1 + t) / 2 + (x / 2) * (1 - t * t) * SLOPE * (1 + 3 * CUBIC * x * x);
  },
  onnx: ({ opset, attributes: { approximate }, inputs: [x] }) => {
    if (opset >= 20) return op("Gelu", [x], { approximate: { string: approximate } });
    const half = op("Mul", [x, constant(0.5)]);
    return op("Mul", [
      half,
      op("Add", [approximate === "tanh" ? onnxTanh(x) : onnxErf(x), constant(1)]),
    ]);
  },
});
