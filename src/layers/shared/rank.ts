/** The one message for every layer that is given a tensor of another rank than it takes. */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import { formatShape } from "../../graph/dim.ts";
import type { TensorType } from "../../graph/tensor-type.ts";

export function wrongRank(layer: string, needs: string, { shape }: TensorType): Problem {
  return problem("CNN2001", { layer, needs, rank: shape.length, gets: formatShape(shape) });
}

/** The problem to report of a tensor that has no channels, axis 1. */
export function missingChannels(layer: string, type: TensorType): Problem | undefined {
  if (type.shape.length >= 2) return undefined;
  return wrongRank(layer, "channels: [N, C] or a map [N, C, H, W]", type);
}
