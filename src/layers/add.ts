/** The operator `+` on two tensors. */
import { arithmetic } from "./shared/arithmetic.ts";

export const add = arithmetic({
  kind: "add",
  summary: "Adds two tensors element by element; sizes of 1 stretch.",
  value: (a, b) => a + b,
  derivatives: () => [1, 1],
});
