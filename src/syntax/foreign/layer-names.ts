/** What other frameworks call layers, where this language has another word for them. */

const NAMES: Readonly<Record<string, readonly string[]>> = {
  conv: ["conv2d", "convolution", "convolution2d"],
  conv_transpose: ["convtranspose2d", "conv2dtranspose", "deconv", "deconvolution"],
  depthwise: ["depthwiseconv", "depthwiseconv2d"],
  linear: ["dense", "fc", "fullyconnected", "gemm"],
  max_pool: ["maxpool2d", "maxpool", "maxpooling2d", "pool", "pool2d", "pooling"],
  avg_pool: ["avgpool2d", "avgpool", "averagepool", "averagepooling2d"],
  adaptive_avg_pool: ["adaptiveavgpool2d"],
  adaptive_max_pool: ["adaptivemaxpool2d"],
  global_avg_pool: ["gap", "globalaveragepool", "globalaveragepooling2d"],
  global_max_pool: ["gmp", "globalmaxpool", "globalmaxpooling2d"],
  batch_norm: ["bn", "batchnorm", "batchnorm2d", "batchnormalization"],
  layer_norm: ["layernorm", "layernormalization"],
  instance_norm: ["instancenorm2d"],
  lrn: ["localresponsenorm", "localresponsenormalization"],
  dropout: ["dropout2d"],
  leaky_relu: ["leakyrelu"],
  silu: ["swish"],
  hard_sigmoid: ["hardsigmoid", "hsigmoid"],
  hard_swish: ["hardswish", "hswish"],
  log_softmax: ["logsoftmax"],
  concat: ["cat", "concatenate"],
  reshape: ["view"],
  permute: ["transpose"],
  pad: ["zeropad", "zeropad2d", "zeropadding2d", "reflectionpad2d", "replicationpad2d"],
  upsample: ["interpolate", "resize", "upsampling2d", "unpool", "unpooling"],
  clip: ["clamp", "hardtanh"],
  pixel_shuffle: ["pixelshuffle"],
};

const byForeignName = new Map(
  Object.entries(NAMES).flatMap(([name, others]) => others.map((other) => [other, name] as const)),
);

/** The layer that another framework calls so, in whatever spelling: `Conv2d`, `conv_2d`, `fc1`. */
export function layerCalled(foreign: string): string | undefined {
  const plain = foreign.toLowerCase().replaceAll("_", "");
  return byForeignName.get(plain) ?? byForeignName.get(plain.replace(/\d+$/, ""));
}
