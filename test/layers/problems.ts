/**
 * Example problems of every layer: arguments and input shapes, small enough to compute with
 * plain loops. `table.test.ts` runs all of its checks on each; a layer without problems fails
 * there. A new layer needs one line or more here.
 */
import type { PlainArguments } from "./arguments.ts";

export interface LayerProblem {
  readonly given: PlainArguments;
  readonly inputs: readonly (readonly number[])[];
  /** Of the inputs' values; of both signs, away from 0, unless given. */
  readonly range?: readonly [low: number, high: number];
  /** The declared receptive field is only an upper bound: `global` for a row, or one phase. */
  readonly bound?: true;
}

/** The usual case of one input. */
function on(shape: readonly number[], given: PlainArguments = {}, bound?: true): LayerProblem {
  return bound === undefined ? { given, inputs: [shape] } : { given, inputs: [shape], bound };
}

/** Elements of values for which a function is defined. */
const within = (low: number, high: number, given: PlainArguments = {}): readonly LayerProblem[] =>
  [
    [2, 3, 2, 4],
    [3, 5],
  ].map((shape) => ({ given, inputs: [shape], range: [low, high] }));

const ELEMENTWISE = [on([2, 3, 2, 4]), on([3, 5])];

const BROADCASTING: readonly LayerProblem[] = [
  {
    given: {},
    inputs: [
      [2, 3, 2, 4],
      [2, 3, 2, 4],
    ],
  },
  {
    given: {},
    inputs: [
      [2, 3, 2, 4],
      [2, 3, 1, 1],
    ],
  },
  {
    given: {},
    inputs: [
      [2, 1, 2, 1],
      [1, 3, 1, 4],
    ],
  },
  { given: {}, inputs: [[2, 5], [5]] },
];

const REDUCTIONS = [
  on([2, 3, 2, 4]),
  on([2, 3, 2, 4], { keepdim: true }),
  on([2, 3, 2, 2], { axes: "channel", keepdim: true }),
  on([2, 3, 2, 2], { axes: "channel" }),
  on([2, 3, 4], { axes: [-1, 1] }),
];

const MATRICES = {
  plain: [
    [3, 5],
    [5, 2],
  ],
  batched: [
    [2, 3, 4, 3],
    [2, 3, 3, 2],
  ],
  stretched: [
    [2, 1, 2, 3],
    [3, 3, 5],
  ],
  wide: [
    [11, 7],
    [7, 21],
  ],
};

/** Hardly any change of a pixel makes it equal to another. */
const EQUALITY = BROADCASTING.map((problem) => ({ ...problem, bound: true }) as const);

const SCALAR = [on([2, 3, 2, 4], { scalar: 1.5 }), on([3, 5], { scalar: -2 })];

/** @throws Error that says where a new layer gets its problems */
export function problemsOf(kind: string): readonly LayerProblem[] {
  const found = Object.hasOwn(problems, kind) ? problems[kind] : undefined;
  if (found === undefined) throw new Error(`test/layers/problems.ts has none for \`${kind}\``);
  return found;
}

export const problems: Readonly<Record<string, readonly LayerProblem[]>> = {
  abs: ELEMENTWISE,
  acos: within(-0.95, 0.95),
  acosh: within(1.05, 9),
  adain: [
    {
      given: {},
      inputs: [
        [2, 3, 3, 4],
        [2, 6],
      ],
    },
    {
      given: { eps: 0.1 },
      inputs: [
        [1, 2, 2, 2],
        [1, 4],
      ],
    },
  ],
  adaptive_avg_pool: [
    on([2, 2, 6, 4], { output_size: [3, 2] }),
    on([1, 2, 5, 7], { output_size: [3, 4] }, true),
    on([1, 1, 3, 4], { output_size: 1 }),
    on([1, 1, 2, 3], { output_size: [4, 5] }, true),
  ],
  adaptive_max_pool: [
    on([2, 2, 6, 4], { output_size: [3, 2] }),
    on([1, 2, 5, 7], { output_size: [3, 4] }, true),
    on([1, 1, 3, 4], { output_size: 1 }),
  ],
  add: BROADCASTING,
  add_scalar: SCALAR,
  amax: REDUCTIONS,
  amin: REDUCTIONS,
  asin: within(-0.95, 0.95),
  asinh: ELEMENTWISE,
  atan: ELEMENTWISE,
  atanh: within(-0.95, 0.95),
  avg_pool: [
    on([2, 2, 6, 4], { kernel: 2 }),
    on([1, 2, 7, 6], { kernel: [3, 2], stride: [2, 1], padding: 1 }),
    on([1, 1, 6, 7], { kernel: 3, stride: 2, padding: 1, ceil_mode: true }),
    on([1, 1, 6, 6], { kernel: 3, stride: 2, padding: 1, count_include_pad: false }),
    on([1, 2, 7, 6], { kernel: [3, 2], stride: 1, dilation: [2, 3], padding: 1 }),
    on([1, 1, 7, 7], { kernel: 3, stride: 2, dilation: 2, padding: 1, count_include_pad: false }),
    on([1, 2, 6, 5], { kernel: 3, stride: 2, padding: [1, 0, 0, 1], count_include_pad: false }),
  ],
  batch_norm: [
    on([2, 3, 3, 4]),
    on([4, 3, 2, 2], { affine: false, momentum: 0.3 }),
    on([2, 2, 2, 3], { eps: 0.01 }),
  ],
  ceil: ELEMENTWISE,
  celu: [...ELEMENTWISE, on([2, 3], { alpha: 0.6 })],
  channel_shuffle: [on([2, 6, 2, 3], { groups: 2 }), on([1, 6, 1, 2], { groups: 3 })],
  clip: [
    on([2, 3, 2, 4], { min: -1.1, max: 1.1 }),
    on([3, 5], { min: -0.9 }),
    on([3, 5], { max: 0.8 }),
  ],
  concat: [
    {
      given: {},
      inputs: [
        [2, 3, 2, 4],
        [2, 1, 2, 4],
        [2, 2, 2, 4],
      ],
    },
    {
      given: {},
      inputs: [
        [2, 3],
        [2, 4],
      ],
    },
    {
      given: { axis: "width" },
      inputs: [
        [1, 2, 2, 3],
        [1, 2, 2, 1],
      ],
      bound: true,
    },
    { given: {}, inputs: [[1, 2, 2, 3]] },
  ],
  conv: [
    on([2, 3, 5, 6], { out: 4, kernel: 3 }),
    on([1, 2, 7, 6], { out: 2, kernel: [3, 2], stride: [2, 3], padding: [1, 0] }),
    on([1, 4, 6, 6], { out: 6, kernel: 3, groups: 2, dilation: 2, padding: 2 }),
    on([1, 2, 5, 5], { out: 3, kernel: [4, 3], padding: "same", bias: false }),
    on([1, 1, 4, 5], { out: 2, kernel: 3, stride: 2, padding: [1, 0, 0, 2] }),
    on([1, 3, 3, 3], { out: 2, kernel: 1 }),
  ],
  conv_transpose: [
    on([2, 3, 3, 4], { out: 2, kernel: 2, stride: 2 }),
    on([1, 2, 3, 3], { out: 2, kernel: 3, padding: 1 }),
    on([1, 4, 3, 2], { out: 2, kernel: 3, stride: 2, padding: 1, output_padding: 1, groups: 2 }),
    on([1, 2, 3, 3], { out: 1, kernel: [2, 3], dilation: [2, 1], bias: false }),
  ],
  cos: ELEMENTWISE,
  cosh: ELEMENTWISE,
  depthwise: [
    on([2, 3, 5, 6], { kernel: 3, padding: 1 }),
    on([1, 2, 6, 5], { kernel: [3, 2], stride: 2, multiplier: 2, bias: false }),
  ],
  div: BROADCASTING,
  div_scalar: SCALAR,
  dropout: [on([2, 3, 2, 4]), on([4, 5], { p: 0.2 }), on([2, 3], { p: 0 }), on([2, 3], { p: 1 })],
  elu: [...ELEMENTWISE, on([2, 3], { alpha: 0.6 })],
  eq: EQUALITY,
  eq_scalar: SCALAR.map((problem) => ({ ...problem, bound: true })),
  erf: ELEMENTWISE,
  expand: [
    on([2, 3, 1, 1], { shape: [-1, -1, 2, 3] }),
    on([1, 4], { shape: [3, 4] }),
    on([3, 1, 2], { shape: [2, 3, 4, -1] }),
    on([2, 3, 2, 3], { shape: [2, 3, 2, 3] }),
  ],
  exp: ELEMENTWISE,
  flatten: [
    on([2, 3, 2, 4]),
    on([2, 3, 2, 4], { start_axis: 2 }),
    on([2, 3, 4], { start_axis: 0, end_axis: 1 }),
    on([2, 5]),
  ],
  flip: [
    on([2, 3, 2, 4], { axes: "channel" }),
    on([2, 3, 3, 4], { axes: ["height", "width"] }, true),
    on([2, 5], { axes: -1 }),
    on([2, 3, 4], { axes: [0, 2] }),
  ],
  floor: ELEMENTWISE,
  ge: BROADCASTING,
  ge_scalar: SCALAR,
  gelu: [...ELEMENTWISE, on([2, 3, 2, 4], { approximate: "tanh" })],
  global_avg_pool: [on([2, 3, 3, 4]), on([1, 2, 1, 1])],
  global_max_pool: [on([2, 3, 3, 4]), on([1, 2, 1, 1])],
  group_norm: [
    on([2, 4, 2, 3], { num_groups: 2 }),
    on([1, 3, 2, 2], { num_groups: 1, affine: false }),
  ],
  gt: BROADCASTING,
  gt_scalar: SCALAR,
  hard_shrink: [...ELEMENTWISE, on([3, 5], { lambd: 1.1, bias: 0.4 })],
  hard_sigmoid: [...ELEMENTWISE, on([2, 3], { alpha: -0.2, beta: 0.4 })],
  hard_swish: ELEMENTWISE,
  identity: ELEMENTWISE,
  index_select: [
    on([2, 3, 2, 4], { axis: "channel", indices: [2, 1, 0] }),
    on([1, 2, 7, 3], { axis: "height", indices: [0, 3, 3, -1, 4, 5, 6] }, true),
    on([2, 5], { axis: 1, indices: 2 }),
  ],
  instance_norm: [on([2, 3, 3, 4]), on([1, 2, 2, 3], { affine: true })],
  layer_norm: [
    on([2, 3, 2, 3]),
    on([2, 5]),
    on([2, 3, 2, 3], { axes: "channel" }),
    on([2, 2, 2, 3], { elementwise_affine: false }),
    on([1, 2, 3, 3], { axes: ["height", "width"] }),
  ],
  le: BROADCASTING,
  le_scalar: SCALAR,
  leaky_relu: [...ELEMENTWISE, on([2, 3], { negative_slope: 0.3 })],
  linear: [
    on([3, 5], { out: 4 }),
    on([2, 3], { out: 2, bias: false }),
    on([2, 2, 2, 3], { out: 4, in_features: 3 }, true),
  ],
  log: within(0.1, 20),
  log_sigmoid: ELEMENTWISE,
  log_softmax: [
    on([3, 5]),
    on([2, 3, 2, 2]),
    on([1, 2, 3, 2], { axis: "height" }, true),
    on([2, 4], { axis: 0 }),
  ],
  logsumexp: REDUCTIONS,
  lrn: [on([2, 5, 2, 3], { size: 3 }), on([1, 4, 2, 2], { size: 2, alpha: 0.5, k: 2 })],
  lt: BROADCASTING,
  lt_scalar: SCALAR,
  matmul: [
    { given: {}, inputs: MATRICES.plain },
    { given: {}, inputs: MATRICES.batched, bound: true },
    { given: {}, inputs: MATRICES.stretched, bound: true },
    { given: {}, inputs: MATRICES.wide },
  ],
  max_pool: [
    on([2, 2, 6, 4], { kernel: 2 }),
    on([1, 2, 7, 6], { kernel: 3, stride: 2, padding: 1 }),
    on([1, 1, 6, 7], { kernel: [2, 3], stride: 2, ceil_mode: true }),
    on([1, 1, 7, 7], { kernel: 2, stride: 1, dilation: [2, 3] }),
  ],
  maximum: BROADCASTING,
  maximum_scalar: SCALAR,
  mean: REDUCTIONS,
  minimum: BROADCASTING,
  minimum_scalar: SCALAR,
  mish: ELEMENTWISE,
  mul: BROADCASTING,
  mul_scalar: SCALAR,
  ne: EQUALITY,
  ne_scalar: SCALAR.map((problem) => ({ ...problem, bound: true })),
  norm: [
    ...REDUCTIONS,
    on([2, 3, 2, 4], { p: 1 }),
    on([2, 3, 4], { p: 3, axes: -1 }),
    on([2, 3], { p: 1.5, axes: 1, keepdim: true }),
  ],
  normalize: [
    on([2, 3, 2, 3], { mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] }),
    on([2, 1, 2, 3], { mean: 0.1307, std: 0.3081 }),
    on([2, 3], { mean: [1, 2, 3], std: 0.5 }),
  ],
  pad: [
    on([2, 2, 2, 3], { padding: 1, value: 0.5 }),
    on([2, 3, 2, 3], { padding: [1, 0, 2, 1], value: [0.5, -1, 0.25] }),
    on([1, 2, 3, 4], { padding: [2, 1, 0, 3], mode: "reflect" }),
    on([1, 2, 2, 3], { padding: [1, 2], mode: "edge" }),
    on([1, 2, 4, 5], { padding: [-1, 2, 1, -2], value: 3 }),
    on([1, 2, 4, 5], { padding: [1, -1, -2, 2], mode: "reflect" }),
    on([1, 3, 2, 3], { padding: 0, channels: [2, 1] }),
    on([1, 4, 2, 3], { padding: [1, 0, 0, -1], channels: [-1, 2] }),
    on([2, 4, 2, 3], { padding: 0, channels: [-1, -2] }),
    on([1, 2, 3, 4], { padding: [1, 2, 2, 0], mode: "circular" }),
  ],
  parameter: [
    { given: { shape: [3, 1, 1] }, inputs: [] },
    { given: { shape: [1, 4], init: 0.5, requires_grad: false }, inputs: [] },
  ],
  permute: [
    on([2, 3, 2, 4], { order: [0, 3, 1, 2] }, true),
    on([2, 3, 2, 4], { order: [1, 0, 2, 3] }),
    on([2, 3, 4], { order: [-1, 0, 1] }),
  ],
  pixel_shuffle: [
    on([2, 8, 2, 3], { factor: 2 }),
    on([1, 9, 1, 2], { factor: 3 }),
    on([2, 12, 2, 3], { factor: 2, mode: "dcr" }),
  ],
  pixel_unshuffle: [
    on([2, 3, 4, 6], { factor: 2 }),
    on([1, 2, 3, 6], { factor: 3 }),
    on([2, 3, 4, 6], { factor: 2, mode: "dcr" }),
  ],
  pow: BROADCASTING.map((problem) => ({ ...problem, range: [0.2, 2] })),
  pow_scalar: [
    ...[2, 3, -1, 5, 0].flatMap((scalar) => on([3, 5], { scalar })),
    ...[0.5, 1.7, -0.4].flatMap((scalar) => within(0.2, 3, { scalar })),
  ],
  prelu: [
    ...ELEMENTWISE,
    on([2, 3, 2, 2], { num_parameters: 3 }),
    on([2, 5], { num_parameters: 5 }),
  ],
  prod: REDUCTIONS,
  rdiv_scalar: SCALAR,
  reciprocal: ELEMENTWISE,
  relu: ELEMENTWISE,
  relu6: ELEMENTWISE,
  reshape: [on([2, 3, 2, 4], { shape: [2, 6, 4] }), on([2, 3, 2, 4], { shape: [2, 4, -1] })],
  round: ELEMENTWISE,
  rpow_scalar: [on([2, 3, 2, 4], { scalar: 1.5 }), on([3, 5], { scalar: 0.3 })],
  rsqrt: within(0.2, 9),
  rsub_scalar: SCALAR,
  select: BROADCASTING.map(({ inputs }) => ({
    given: {},
    inputs: [...inputs, inputs[1]],
    bound: true,
  })),
  selu: ELEMENTWISE,
  sigmoid: ELEMENTWISE,
  sign: ELEMENTWISE,
  silu: ELEMENTWISE,
  sin: ELEMENTWISE,
  sinh: ELEMENTWISE,
  slice: [
    on([2, 4, 2, 3], { axis: "channel", start: 1, end: -1 }),
    on([1, 2, 7, 3], { axis: "height", start: 1, end: 6, step: 2 }),
    on([1, 2, 3, 7], { axis: -1, start: -5 }),
    on([3, 5], { axis: 1, end: 2 }),
  ],
  soft_shrink: [...ELEMENTWISE, on([3, 5], { lambd: 1.1 })],
  softmax: [
    on([3, 5]),
    on([2, 3, 2, 2]),
    on([1, 2, 3, 2], { axis: "height" }, true),
    on([2, 4], { axis: 0 }),
  ],
  softplus: [...ELEMENTWISE, on([2, 3, 2, 4], { beta: 2.5, threshold: 3 })],
  softsign: ELEMENTWISE,
  split: [
    on([2, 4, 2, 3], { sections: 2 }),
    on([1, 6, 2, 2], { sections: [1, 2, 3] }),
    on([1, 2, 2, 6], { sections: 3, axis: "width" }, true),
    on([2, 6], { sections: 3 }),
  ],
  squeeze: [
    on([2, 3, 1, 1], { axes: ["height", "width"] }),
    on([2, 1, 4], { axes: 1 }),
    on([1, 3, 1, 5], { axes: [0, -2] }, true),
  ],
  sqrt: within(0.2, 9),
  square: ELEMENTWISE,
  sub: BROADCASTING,
  sub_scalar: SCALAR,
  sum: REDUCTIONS,
  tan: within(-1.3, 1.3),
  tanh: ELEMENTWISE,
  tile: [
    on([2, 3, 2, 2], { repeats: [1, 2, 1, 1] }),
    on([1, 2, 2, 3], { repeats: [2, 1, 3, 2] }, true),
    on([2, 3], { repeats: [3, 2] }),
  ],
  tanh_shrink: ELEMENTWISE,
  threshold: [
    on([2, 3, 2, 4], { threshold: 0.7, value: 0 }),
    on([3, 5], { threshold: -1, value: 3 }),
  ],
  unsqueeze: [
    on([2, 3], { axes: [2, 3] }),
    on([2, 3, 4], { axes: 1 }),
    on([2, 3], { axes: [0, -1] }),
    on([4], { axes: [0, 2, 3] }),
  ],
  upsample: [
    on([1, 2, 2, 3], { scale: 2 }),
    on([1, 1, 4, 6], { scale: [1.5, 0.5] }),
    on([1, 2, 3, 2], { size: [5, 6] }),
    on([1, 2, 3, 4], { scale: 2, mode: "bilinear" }),
    on([1, 1, 6, 6], { scale: [0.5, 1], mode: "bilinear" }),
    on([1, 1, 9, 3], { size: [3, 5], mode: "bilinear" }),
    on([1, 1, 3, 5], { scale: 2, mode: "bilinear", align_corners: true }),
    on([1, 2, 4, 5], { scale: 2, mode: "bicubic" }, true),
    on([1, 1, 5, 4], { size: [3, 7], mode: "bicubic", exclude_outside: true }, true),
    on([1, 1, 8, 6], { scale: 0.5, mode: "bilinear", antialias: true }, true),
    on(
      [1, 1, 8, 6],
      { scale: 0.5, mode: "bicubic", antialias: true, exclude_outside: false },
      true,
    ),
    on([1, 1, 4, 5], { size: [7, 3], coordinates: "half_pixel", rounding: "round_prefer_ceil" }),
    on([1, 1, 4, 5], { size: [6, 8], coordinates: "align_corners", rounding: "ceil" }, true),
    on(
      [1, 1, 4, 5],
      { size: [6, 3], coordinates: "half_pixel", rounding: "round_prefer_floor" },
      true,
    ),
    on([1, 1, 5, 3], { size: [1, 6], mode: "bilinear", coordinates: "pytorch_half_pixel" }, true),
    on([1, 1, 5, 4], { scale: 1.3, mode: "bilinear", coordinates: "half_pixel_symmetric" }, true),
    on([1, 1, 4, 4], { scale: 2, mode: "bilinear", coordinates: "asymmetric" }),
    on(
      [1, 2, 5, 6],
      {
        size: [4, 3],
        mode: "bilinear",
        coordinates: "tf_crop_and_resize",
        roi: [0.2, -0.3, 0.9, 1.2],
        extrapolation_value: 2,
      },
      true,
    ),
  ],
};
