/** The largest element over axes. */
import { largestOf } from "./shared/numbers.ts";
import { reduce } from "./shared/onnx-statistics.ts";
import { reduction } from "./shared/reduction.ts";

export const amax = reduction({
  kind: "amax",
  summary:
    "The largest element over axes, by default of every channel's pixels: [N, C, H, W] to [N, C].",
  source: "PyTorch torch.amax; ONNX ReduceMax",
  value: largestOf,
  derivatives: (elements, value) => {
    // Equal elements share the gradient, as in PyTorch.
    const share = 1 / elements.filter((element) => element === value).length;
    return elements.map((element) => (element === value ? share : 0));
  },
  operation: () => ({ reduce: "max" }),
  onnx: (call) => reduce("ReduceMax", call),
});
