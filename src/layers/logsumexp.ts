/** The logarithm of a sum of exponentials: a smooth maximum. */
import { largestOf, sumOf } from "./shared/numbers.ts";
import { reduce } from "./shared/onnx-statistics.ts";
import { reduction } from "./shared/reduction.ts";

export const logsumexp = reduction({
  kind: "logsumexp",
  summary: "The logarithm of the sum of exponentials over axes, without their overflow.",
  source: "PyTorch torch.logsumexp; ONNX ReduceLogSumExp",
  value: (elements) => {
    const largest = largestOf(elements);
    if (!Number.isFinite(largest)) return largest;
    return largest + Math.log(sumOf(elements.map((element) => Math.exp(element - largest))));
  },
  derivatives: (elements, value) => elements.map((element) => Math.exp(element - value)),
  operation: () => ({ reduce: "logSumExp" }),
  onnx: (call) => reduce("ReduceLogSumExp", call),
});
