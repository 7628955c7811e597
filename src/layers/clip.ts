/** Limits of values from below, above or both. */
import { clamp } from "../graph/element.ts";
import { constant, op } from "./onnx.ts";
import { optionalFloat } from "./parameters.ts";
import { activation } from "./shared/activation.ts";
import { conflict } from "./shared/arguments.ts";

export const clip = activation({
  kind: "clip",
  summary: "Limits values to min … max.",
  source: "ONNX Clip; PyTorch torch.clamp",
  parameters: {
    min: optionalFloat({ doc: "Smaller values become this one." }),
    max: optionalFloat({ doc: "Larger values become this one." }),
  },
  conflict: ({ min, max }) => {
    if (min === null && max === null) {
      return conflict(
        "clip",
        "neither `min` nor `max` is given",
        "give one of them or both",
        "min",
      );
    }
    if (min === null || max === null || min <= max) return undefined;
    return conflict("clip", `min ${min} is above max ${max}`, "exchange the two", "min");
  },
  element: (x, { min, max }) => clamp(x, min ?? -Infinity, max ?? Infinity),
  value: (x, { min, max }) => Math.min(Math.max(x, min ?? -Infinity), max ?? Infinity),
  /** PyTorch takes 1 at both ends. */
  derivative: (x, { min, max }) => (x >= (min ?? -Infinity) && x <= (max ?? Infinity) ? 1 : 0),
  onnx: ({ attributes: { min, max }, inputs: [x] }) =>
    op("Clip", [
      x,
      min === null ? undefined : constant(min),
      max === null ? undefined : constant(max),
    ]),
});
