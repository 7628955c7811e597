/** The sum over axes. */
import { sumOf } from "./shared/numbers.ts";
import { reduce } from "./shared/onnx-statistics.ts";
import { reduction } from "./shared/reduction.ts";

export const sum = reduction({
  kind: "sum",
  summary: "The sum over axes, by default of every channel's pixels: [N, C, H, W] to [N, C].",
  source: "PyTorch torch.sum; ONNX ReduceSum",
  value: sumOf,
  derivatives: (elements) => elements.map(() => 1),
  operation: () => ({ reduce: "sum" }),
  onnx: (call) => reduce("ReduceSum", call),
});
