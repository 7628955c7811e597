/** The table of patterns, in the order in which they are looked for. */
import type { Draft } from "../draft.ts";
import { gelu, hardSigmoid, hardSwish, mish, silu } from "./activations.ts";
import { biases } from "./biases.ts";
import { channelAffine } from "./channel-affine.ts";
import { channelShuffle } from "./channel-shuffle.ts";
import { flattenedLinear } from "./flattened-linear.ts";
import { globalPools } from "./global-pools.ts";
import { groupNorm } from "./group-norm.ts";
import { layerNorm } from "./layer-norm.ts";
import { normalize } from "./normalize.ts";
import { mergedPads } from "./pads.ts";
import type { Pattern } from "./pattern.ts";
import { channelsFirst, composedPermutes } from "./permutes.ts";
import { pixelShuffle } from "./pixel-shuffle.ts";
import { prelu } from "./prelu.ts";
import { splits } from "./splits.ts";
import { stretchedOperands } from "./stretched-operands.ts";
import { undoneViews } from "./views.ts";

const patterns: readonly Pattern[] = [
  composedPermutes,
  channelShuffle,
  pixelShuffle,
  stretchedOperands,
  splits,
  gelu,
  silu,
  hardSigmoid,
  hardSwish,
  mish,
  layerNorm,
  groupNorm,
  undoneViews,
  channelsFirst,
  composedPermutes,
  flattenedLinear,
  globalPools,
  normalize,
  prelu,
  biases,
  channelAffine,
  mergedPads,
];

export function recogniseAll(draft: Draft): Draft {
  return patterns.reduce((graph, pattern) => pattern.apply(graph), draft);
}
