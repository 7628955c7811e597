/** The table of layers: a new one is its file and one line here. */
import { adain } from "./adain.ts";
import { adaptiveAvgPool } from "./adaptive-avg-pool.ts";
import { adaptiveMaxPool } from "./adaptive-max-pool.ts";
import { avgPool } from "./avg-pool.ts";
import { batchNorm } from "./batch-norm.ts";
import { convTranspose } from "./conv-transpose.ts";
import { conv } from "./conv.ts";
import { depthwise } from "./depthwise.ts";
import { globalAvgPool } from "./global-avg-pool.ts";
import { globalMaxPool } from "./global-max-pool.ts";
import { groupNorm } from "./group-norm.ts";
import { instanceNorm } from "./instance-norm.ts";
import { layerNorm } from "./layer-norm.ts";
import type { Layer } from "./layer.ts";
import { linear } from "./linear.ts";
import { lrn } from "./lrn.ts";
import { maxPool } from "./max-pool.ts";
import { relu } from "./relu.ts";

const all = [
  adain,
  adaptiveAvgPool,
  adaptiveMaxPool,
  avgPool,
  batchNorm,
  conv,
  convTranspose,
  depthwise,
  globalAvgPool,
  globalMaxPool,
  groupNorm,
  instanceNorm,
  layerNorm,
  linear,
  lrn,
  maxPool,
  relu,
];

/** Every built-in layer by its kind. */
export const layers: ReadonlyMap<string, Layer> = new Map(all.map((layer) => [layer.kind, layer]));
