/**
 * Words of other frameworks that stand for something else here, and what to write instead. What
 * layers are called is in `syntax/foreign/layer-names.ts`, since whole calls are read with it.
 */

/** What other frameworks call a parameter. */
const PARAMETERS: Readonly<Record<string, string>> = {
  kernel_size: "kernel",
  kernel_shape: "kernel",
  ksize: "kernel",
  pool_size: "kernel",
  strides: "stride",
  pads: "padding",
  pad: "padding",
  dilations: "dilation",
  dilation_rate: "dilation",
  group: "groups",
  filters: "out",
  out_channels: "out",
  out_features: "out",
  units: "out",
  use_bias: "bias",
  epsilon: "eps",
  num_groups: "groups",
  scale_factor: "scale",
  dim: "axis",
  dims: "axes",
  alpha: "negative_slope",
  rate: "p",
  learning_rate: "lr",
};

/** Parameters of other frameworks that change nothing where they are left out, and why. */
const SUPERFLUOUS: Readonly<Record<string, string>> = {
  inplace: "values never change",
  input_shape: "the shape follows from what flows in",
  input_dim: "it follows from what flows in",
  data_format: "maps are [N, C, H, W]",
  kernel_initializer: "weights come from a file",
  bias_initializer: "weights come from a file",
  track_running_stats: "`batch_norm` alone keeps running statistics",
  return_indices: "a pool gives its maxima only",
  dtype: "tensors are of 32-bit floats",
  device: "the target is chosen when the model runs",
};

/** What to write instead of other parameters that have no place here. */
const ADVICE: Readonly<Record<string, string>> = {
  activation: "an activation is a step of its own: `-> relu`",
  name: "a layer is named by a label: `conv1: conv(8, kernel: 3)`",
  padding_mode: "put `pad(1, mode: reflect)` in front",
  kernel_regularizer: "write `weight_decay` in the `train` block",
};

const TYPES: Readonly<Record<string, string>> = {
  integer: "int",
  number: "float",
  double: "float",
  boolean: "bool",
  str: "string",
  tuple: "pair",
  size: "pair",
  module: "layer",
  callable: "layer",
  activation: "layer",
};

const A_SHAPE = "a tensor has a shape for its type, `[N, C, H, W]`, or none";

const NO_SEQUENCES = "networks here are convolutional: there are no layers for sequences";

/** Names that stand for no layer, but for something that is written otherwise. */
const OTHERS: Readonly<Record<string, string>> = {
  Input: "inputs stand in the head: `model Net(image: [N, 3, 32, 32])`",
  InputLayer: "inputs stand in the head: `model Net(image: [N, 3, 32, 32])`",
  Activation: "write the activation itself: `-> relu`",
  activation: "write the activation itself: `-> relu`",
  separable_conv: "write its two parts: `depthwise(3) -> conv(16, kernel: 1)`",
  SeparableConv2D: "write its two parts: `depthwise(3) -> conv(16, kernel: 1)`",
  separable_conv2d: "write its two parts: `depthwise(3) -> conv(16, kernel: 1)`",
  conv1x1: "write `conv(16, kernel: 1)`",
  conv3x3: "write `conv(16, kernel: 3, padding: 1)`",
  residual: "add what is passed by: `let y = x -> conv(8, kernel: 3, padding: 1)`, then `x + y`",
  skip: "add what is passed by: `let y = x -> conv(8, kernel: 3, padding: 1)`, then `x + y`",
  output: "the result is what the body ends with",
  lstm: NO_SEQUENCES,
  LSTM: NO_SEQUENCES,
  gru: NO_SEQUENCES,
  GRU: NO_SEQUENCES,
  rnn: NO_SEQUENCES,
  RNN: NO_SEQUENCES,
  embedding: NO_SEQUENCES,
  Embedding: NO_SEQUENCES,
  attention: NO_SEQUENCES,
  MultiheadAttention: NO_SEQUENCES,
  MultiHeadAttention: NO_SEQUENCES,
  self: "a layer is declared where it is used: `x -> conv(8, kernel: 3)`",
  this: "a layer is declared where it is used: `x -> conv(8, kernel: 3)`",
  cls: "a layer is declared where it is used: `x -> conv(8, kernel: 3)`",
  learning_rate: "an argument of the optimizer: `sgd(lr: 0.05)`",
  lr: "an argument of the optimizer: `sgd(lr: 0.05)`",
  momentum: "an argument of the optimizer: `sgd(lr: 0.05, momentum: 0.9)`",
  weight_decay: "an argument of the optimizer: `sgd(lr: 0.05, weight_decay: 0.0005)`",
  metrics: "leave it out: accuracy is always measured",
};

/** Settings of training. */
const SETTINGS: Readonly<Record<string, string>> = {
  batch_size: "batch",
  criterion: "loss",
  num_epochs: "epochs",
  max_epochs: "epochs",
  scheduler: "schedule",
  lr_scheduler: "schedule",
  random_seed: "seed",
  CrossEntropyLoss: "cross_entropy",
  categorical_crossentropy: "cross_entropy",
  sparse_categorical_crossentropy: "cross_entropy",
  NLLLoss: "nll",
  MSELoss: "mse",
  mean_squared_error: "mse",
  L1Loss: "l1",
  mae: "l1",
  BCEWithLogitsLoss: "bce_with_logits",
  SGD: "sgd",
  Adam: "adam",
  AdamW: "adamw",
  CosineAnnealingLR: "cosine",
  StepLR: "step",
};

function entryOf<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** The parameter that another framework calls so. */
export function parameterCalled(foreign: string): string | undefined {
  return entryOf(PARAMETERS, foreign);
}

/** Words for which other frameworks, or their capitals, have others. */
const WORDS: Readonly<Record<string, string>> = {
  replicate: "edge",
  replication: "edge",
  nearest_neighbor: "nearest",
  reflection: "reflect",
  symmetric: "reflect",
  mirror: "reflect",
  wrap: "circular",
  zeros: "constant",
  zero: "constant",
  linear: "bilinear",
  cubic: "bicubic",
  channels: "channel",
  none: "valid",
};

/** The word that a parameter takes for what another framework calls so, among those given. */
export function wordCalled(foreign: string, words: ReadonlySet<string>): string | undefined {
  const plain = foreign.toLowerCase();
  return [plain, entryOf(WORDS, plain)].find((word) => word !== undefined && words.has(word));
}

/** What to do about a parameter that layers do not have here. */
export function adviceOnParameter(name: string): string | undefined {
  return isSuperfluous(name) ? `leave it out: ${SUPERFLUOUS[name]}` : entryOf(ADVICE, name);
}

export function isSuperfluous(parameter: string): boolean {
  return Object.hasOwn(SUPERFLUOUS, parameter);
}

/** The type of a parameter that other languages call so. */
export function typeCalled(foreign: string): string | undefined {
  return entryOf(TYPES, foreign.toLowerCase());
}

/** Whether other languages write tensors with this type. */
export function isTensorType(name: string): boolean {
  return ["tensor", "image"].includes(name.toLowerCase());
}

/** What to write for a name that stands for no layer. */
export function adviceOnName(name: string): string | undefined {
  return isTensorType(name) ? A_SHAPE : entryOf(OTHERS, name);
}

/** The setting of a `train` block, or what it may be, that others call so. */
export function settingCalled(foreign: string): string | undefined {
  return entryOf(SETTINGS, foreign);
}
