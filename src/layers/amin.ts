/** The smallest element over axes. */
import { smallestOf } from "./shared/numbers.ts";
import { reduce } from "./shared/onnx-statistics.ts";
import { reduction } from "./shared/reduction.ts";

export const amin = reduction({
  kind: "amin",
  summary:
    "The smallest element over axes, by default of every channel's pixels: [N, C, H, W] to [N, C].",
  source: "PyTorch torch.amin; ONNX ReduceMin",
  value: smallestOf,
  derivatives: (elements, value) => {
    // Equal elements share the gradient, as in PyTorch.
    const share = 1 / elements.filter((element) => element === value).length;
    return elements.map((element) => (element === value ? share : 0));
  },
  operation: () => ({ reduce: "min" }),
  onnx: (call) => reduce("ReduceMin", call),
});
