/** The table of layers: a new one is its file and one line here. */
import { adain } from "./adain.ts";
import { adaptiveAvgPool } from "./adaptive-avg-pool.ts";
import { adaptiveMaxPool } from "./adaptive-max-pool.ts";
import { addScalar } from "./add-scalar.ts";
import { add } from "./add.ts";
import { avgPool } from "./avg-pool.ts";
import { batchNorm } from "./batch-norm.ts";
import { celu } from "./celu.ts";
import { channelShuffle } from "./channel-shuffle.ts";
import { clip } from "./clip.ts";
import { concat } from "./concat.ts";
import { convTranspose } from "./conv-transpose.ts";
import { conv } from "./conv.ts";
import { depthwise } from "./depthwise.ts";
import { divScalar } from "./div-scalar.ts";
import { div } from "./div.ts";
import { dropout } from "./dropout.ts";
import { elu } from "./elu.ts";
import { flatten } from "./flatten.ts";
import { gelu } from "./gelu.ts";
import { globalAvgPool } from "./global-avg-pool.ts";
import { globalMaxPool } from "./global-max-pool.ts";
import { groupNorm } from "./group-norm.ts";
import { hardSigmoid } from "./hard-sigmoid.ts";
import { hardSwish } from "./hard-swish.ts";
import { identity } from "./identity.ts";
import { instanceNorm } from "./instance-norm.ts";
import { layerNorm } from "./layer-norm.ts";
import type { Layer } from "./layer.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { linear } from "./linear.ts";
import { logSoftmax } from "./log-softmax.ts";
import { lrn } from "./lrn.ts";
import { maxPool } from "./max-pool.ts";
import { mean } from "./mean.ts";
import { mish } from "./mish.ts";
import { mulScalar } from "./mul-scalar.ts";
import { mul } from "./mul.ts";
import { normalize } from "./normalize.ts";
import { pad } from "./pad.ts";
import { parameter } from "./parameter.ts";
import { permute } from "./permute.ts";
import { pixelShuffle } from "./pixel-shuffle.ts";
import { prelu } from "./prelu.ts";
import { rdivScalar } from "./rdiv-scalar.ts";
import { relu } from "./relu.ts";
import { relu6 } from "./relu6.ts";
import { reshape } from "./reshape.ts";
import { rsubScalar } from "./rsub-scalar.ts";
import { selu } from "./selu.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
import { softsign } from "./softsign.ts";
import { split } from "./split.ts";
import { subScalar } from "./sub-scalar.ts";
import { sub } from "./sub.ts";
import { tanh } from "./tanh.ts";
import { upsample } from "./upsample.ts";

const all = [
  adain,
  adaptiveAvgPool,
  adaptiveMaxPool,
  add,
  addScalar,
  avgPool,
  batchNorm,
  celu,
  channelShuffle,
  clip,
  concat,
  conv,
  convTranspose,
  depthwise,
  div,
  divScalar,
  dropout,
  elu,
  flatten,
  gelu,
  globalAvgPool,
  globalMaxPool,
  groupNorm,
  hardSigmoid,
  hardSwish,
  identity,
  instanceNorm,
  layerNorm,
  leakyRelu,
  linear,
  logSoftmax,
  lrn,
  maxPool,
  mean,
  mish,
  mul,
  mulScalar,
  normalize,
  pad,
  parameter,
  permute,
  pixelShuffle,
  prelu,
  rdivScalar,
  relu,
  relu6,
  reshape,
  rsubScalar,
  selu,
  sigmoid,
  silu,
  slice,
  softmax,
  softplus,
  softsign,
  split,
  sub,
  subScalar,
  tanh,
  upsample,
];

/** Every built-in layer by its kind. */
export const layers: ReadonlyMap<string, Layer> = new Map(all.map((layer) => [layer.kind, layer]));
