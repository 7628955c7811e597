/** The table of layers: a new one is its file and one line here. */
import { abs } from "./abs.ts";
import { acos } from "./acos.ts";
import { acosh } from "./acosh.ts";
import { adain } from "./adain.ts";
import { adaptiveAvgPool } from "./adaptive-avg-pool.ts";
import { adaptiveMaxPool } from "./adaptive-max-pool.ts";
import { addScalar } from "./add-scalar.ts";
import { add } from "./add.ts";
import { amax } from "./amax.ts";
import { amin } from "./amin.ts";
import { asin } from "./asin.ts";
import { asinh } from "./asinh.ts";
import { atan } from "./atan.ts";
import { atanh } from "./atanh.ts";
import { avgPool } from "./avg-pool.ts";
import { batchNorm } from "./batch-norm.ts";
import { ceil } from "./ceil.ts";
import { celu } from "./celu.ts";
import { channelShuffle } from "./channel-shuffle.ts";
import { clip } from "./clip.ts";
import { concat } from "./concat.ts";
import { convTranspose } from "./conv-transpose.ts";
import { conv } from "./conv.ts";
import { cos } from "./cos.ts";
import { cosh } from "./cosh.ts";
import { depthwise } from "./depthwise.ts";
import { divScalar } from "./div-scalar.ts";
import { div } from "./div.ts";
import { dropout } from "./dropout.ts";
import { elu } from "./elu.ts";
import { eqScalar } from "./eq-scalar.ts";
import { eq } from "./eq.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { expand } from "./expand.ts";
import { flatten } from "./flatten.ts";
import { flip } from "./flip.ts";
import { floor } from "./floor.ts";
import { geScalar } from "./ge-scalar.ts";
import { ge } from "./ge.ts";
import { gelu } from "./gelu.ts";
import { globalAvgPool } from "./global-avg-pool.ts";
import { globalMaxPool } from "./global-max-pool.ts";
import { groupNorm } from "./group-norm.ts";
import { gtScalar } from "./gt-scalar.ts";
import { gt } from "./gt.ts";
import { hardShrink } from "./hard-shrink.ts";
import { hardSigmoid } from "./hard-sigmoid.ts";
import { hardSwish } from "./hard-swish.ts";
import { identity } from "./identity.ts";
import { indexSelect } from "./index-select.ts";
import { instanceNorm } from "./instance-norm.ts";
import { layerNorm } from "./layer-norm.ts";
import type { Layer } from "./layer.ts";
import { leScalar } from "./le-scalar.ts";
import { le } from "./le.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { linear } from "./linear.ts";
import { logSigmoid } from "./log-sigmoid.ts";
import { logSoftmax } from "./log-softmax.ts";
import { log } from "./log.ts";
import { logsumexp } from "./logsumexp.ts";
import { lrn } from "./lrn.ts";
import { ltScalar } from "./lt-scalar.ts";
import { lt } from "./lt.ts";
import { matmul } from "./matmul.ts";
import { maxPool } from "./max-pool.ts";
import { maximumScalar } from "./maximum-scalar.ts";
import { maximum } from "./maximum.ts";
import { mean } from "./mean.ts";
import { minimumScalar } from "./minimum-scalar.ts";
import { minimum } from "./minimum.ts";
import { mish } from "./mish.ts";
import { mulScalar } from "./mul-scalar.ts";
import { mul } from "./mul.ts";
import { neScalar } from "./ne-scalar.ts";
import { ne } from "./ne.ts";
import { norm } from "./norm.ts";
import { normalize } from "./normalize.ts";
import { pad } from "./pad.ts";
import { parameter } from "./parameter.ts";
import { permute } from "./permute.ts";
import { pixelShuffle } from "./pixel-shuffle.ts";
import { pixelUnshuffle } from "./pixel-unshuffle.ts";
import { powScalar } from "./pow-scalar.ts";
import { pow } from "./pow.ts";
import { prelu } from "./prelu.ts";
import { prod } from "./prod.ts";
import { rdivScalar } from "./rdiv-scalar.ts";
import { reciprocal } from "./reciprocal.ts";
import { relu } from "./relu.ts";
import { relu6 } from "./relu6.ts";
import { reshape } from "./reshape.ts";
import { round } from "./round.ts";
import { rpowScalar } from "./rpow-scalar.ts";
import { rsqrt } from "./rsqrt.ts";
import { rsubScalar } from "./rsub-scalar.ts";
import { select } from "./select.ts";
import { selu } from "./selu.ts";
import { sigmoid } from "./sigmoid.ts";
import { sign } from "./sign.ts";
import { silu } from "./silu.ts";
import { sin } from "./sin.ts";
import { sinh } from "./sinh.ts";
import { slice } from "./slice.ts";
import { softShrink } from "./soft-shrink.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
import { softsign } from "./softsign.ts";
import { split } from "./split.ts";
import { sqrt } from "./sqrt.ts";
import { square } from "./square.ts";
import { squeeze } from "./squeeze.ts";
import { subScalar } from "./sub-scalar.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { tan } from "./tan.ts";
import { tanhShrink } from "./tanh-shrink.ts";
import { tanh } from "./tanh.ts";
import { threshold } from "./threshold.ts";
import { tile } from "./tile.ts";
import { unsqueeze } from "./unsqueeze.ts";
import { upsample } from "./upsample.ts";

const all = [
  abs,
  acos,
  acosh,
  adain,
  adaptiveAvgPool,
  adaptiveMaxPool,
  add,
  addScalar,
  amax,
  amin,
  asin,
  asinh,
  atan,
  atanh,
  avgPool,
  batchNorm,
  ceil,
  celu,
  channelShuffle,
  clip,
  concat,
  conv,
  convTranspose,
  cos,
  cosh,
  depthwise,
  div,
  divScalar,
  dropout,
  elu,
  eq,
  eqScalar,
  erf,
  exp,
  expand,
  flatten,
  flip,
  floor,
  ge,
  geScalar,
  gelu,
  globalAvgPool,
  globalMaxPool,
  groupNorm,
  gt,
  gtScalar,
  hardShrink,
  hardSigmoid,
  hardSwish,
  identity,
  indexSelect,
  instanceNorm,
  layerNorm,
  le,
  leScalar,
  leakyRelu,
  linear,
  log,
  logSigmoid,
  logSoftmax,
  logsumexp,
  lrn,
  lt,
  ltScalar,
  matmul,
  maxPool,
  maximum,
  maximumScalar,
  mean,
  minimum,
  minimumScalar,
  mish,
  mul,
  mulScalar,
  ne,
  neScalar,
  norm,
  normalize,
  pad,
  parameter,
  permute,
  pixelShuffle,
  pixelUnshuffle,
  pow,
  powScalar,
  prelu,
  prod,
  rdivScalar,
  reciprocal,
  relu,
  relu6,
  reshape,
  round,
  rpowScalar,
  rsqrt,
  rsubScalar,
  select,
  selu,
  sigmoid,
  sign,
  silu,
  sin,
  sinh,
  slice,
  softShrink,
  softmax,
  softplus,
  softsign,
  split,
  sqrt,
  square,
  squeeze,
  sub,
  subScalar,
  sum,
  tan,
  tanh,
  tanhShrink,
  threshold,
  tile,
  unsqueeze,
  upsample,
];

/** Every built-in layer by its kind. */
export const layers: ReadonlyMap<string, Layer> = new Map(all.map((layer) => [layer.kind, layer]));
