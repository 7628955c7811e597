/** One of two values, by a third. */
import { ifEqual } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";

/** The type in ONNX. */
const BOOL = 9;

export const select = arithmetic({
  kind: "select",
  summary: "Takes the element of `a` where the condition is not 0, else that of `b`.",
  source: "PyTorch torch.where, whose name is a word of this language; ONNX Where",
  inputs: ["condition", "a", "b"],
  value: (condition, a, b) => (condition === 0 ? b : a),
  derivatives: (condition) => [0, condition === 0 ? 0 : 1, condition === 0 ? 1 : 0],
  element: (condition, a, b) => ifEqual(condition, 0, b, a),
  onnx: ([condition, a, b]) => op("Where", [op("Cast", [condition], { to: { int: BOOL } }), a, b]),
});
