/** The parameters that all convolutions have, in PyTorch's order. */
import { padding, pair } from "../parameters.ts";

export const windowParameters = {
  kernel: pair({ doc: "Size of the window.", min: 1 }),
  stride: pair({ doc: "Pixels from one window to the next.", min: 1, default: [1, 1] }),
  padding: padding({
    doc: "Zeros around the map; `same` keeps its size (an odd pixel goes to the end).",
    default: [0, 0, 0, 0],
  }),
  dilation: pair({
    doc: "Pixels from one tap of the kernel to the next.",
    min: 1,
    default: [1, 1],
  }),
} as const;
