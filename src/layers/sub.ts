/** The operator `-` on two tensors. */
import { arithmetic } from "./shared/arithmetic.ts";

export const sub = arithmetic({
  kind: "sub",
  summary: "Subtracts the second tensor from the first, element by element; sizes of 1 stretch.",
  value: (a, b) => a - b,
  derivatives: () => [1, -1],
});
