/** The mean over axes: over height and width it is a global pool that leaves vectors. */
import { argument, multiply } from "../graph/element.ts";
import { sumOf } from "./shared/numbers.ts";
import { reduce } from "./shared/onnx-statistics.ts";
import { reduction } from "./shared/reduction.ts";

export const mean = reduction({
  kind: "mean",
  summary: "The mean over axes, by default of every channel's pixels: [N, C, H, W] to [N, C].",
  source: "PyTorch torch.mean; ONNX ReduceMean",
  value: (elements) => sumOf(elements) / elements.length,
  derivatives: (elements) => elements.map(() => 1 / elements.length),
  operation: (_, count) => ({ reduce: "sum", final: multiply(argument(0), 1 / count) }),
  onnx: (call) => reduce("ReduceMean", call),
});
