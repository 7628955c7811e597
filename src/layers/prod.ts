/** The product over axes. */
import { productOf } from "./shared/numbers.ts";
import { reduce } from "./shared/onnx-statistics.ts";
import { reduction } from "./shared/reduction.ts";

export const prod = reduction({
  kind: "prod",
  summary: "The product over axes, by default of every channel's pixels: [N, C, H, W] to [N, C].",
  source: "PyTorch torch.prod; ONNX ReduceProd",
  value: productOf,
  derivatives: (elements, value) => {
    const zeros = elements.filter((element) => element === 0).length;
    if (zeros === 0) return elements.map((element) => value / element);
    const others = zeros > 1 ? 0 : productOf(elements.filter((element) => element !== 0));
    return elements.map((element) => (element === 0 ? others : 0));
  },
  operation: () => ({ reduce: "product" }),
  onnx: (call) => reduce("ReduceProd", call),
});
