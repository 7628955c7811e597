/** Rounding to the nearest whole number. */
import { round as roundOf } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

function toEven(x: number): number {
  const nearest = Math.round(x);
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : nearest;
}

export const round = activation({
  kind: "round",
  category: "function",
  summary: "Rounds to the nearest whole number, a half to the even one.",
  source: "PyTorch torch.round",
  parameters: {},
  value: toEven,
  derivative: () => 0,
  element: roundOf,
  onnx: ({ inputs: [x] }) => op("Round", [x]),
});
