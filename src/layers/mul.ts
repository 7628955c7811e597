/** The operator `*` on two tensors: gates, such as squeeze-and-excitation's. */
import { arithmetic } from "./shared/arithmetic.ts";

export const mul = arithmetic({
  kind: "mul",
  summary: "Multiplies two tensors element by element; sizes of 1 stretch, as a gate's.",
  value: (a, b) => a * b,
  derivatives: (a, b) => [b, a],
});
