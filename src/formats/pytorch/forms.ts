/**
 * Each layer in PyTorch: a functional call, and the module that computes it or holds its weights.
 * Most names and numbers are PyTorch's own already.
 */
import type { AttributeValue } from "../../graph/attributes.ts";
import { type Dim, formatDim, isKnown, sameDim } from "../../graph/dim.ts";
import { isList } from "../../graph/print.ts";
import { checkedAxis } from "../../layers/shared/axes.ts";
import {
  type Argument,
  type ModuleCall,
  Reader,
  bool,
  callText,
  number,
  pair,
  tuple,
} from "./python.ts";

/** What PyTorch has no words for, as a reason. */
export class Inexpressible extends Error {}

export interface FormCall {
  readonly attributes: Reader;
  /** Shapes of the layer's inputs and of its outputs. */
  readonly shapes: readonly (readonly Dim[])[];
  readonly outputs: readonly (readonly Dim[])[];
}

export interface Form {
  /** The call as an expression of its inputs; `self` is the module, where there is one. */
  expression(call: FormCall, inputs: readonly string[], self: string): string;
  /** Undefined where a call without weights is only an expression. */
  module?(call: FormCall): ModuleCall | undefined;
  /** Names of functions of `HELPERS` that the expression calls. */
  readonly helper?: keyof typeof HELPERS;
}

export const HELPERS = {
  normalize: `def normalize(x, mean, std):
    shape = (-1,) + (1,) * (x.dim() - 2)
    mean = torch.tensor(mean, dtype=x.dtype, device=x.device).reshape(shape)
    std = torch.tensor(std, dtype=x.dtype, device=x.device).reshape(shape)
    return (x - mean) / std`,
  adain: `def adain(content, style, eps):
    scale, shift = style[:, :, None, None].chunk(2, dim=1)
    return F.instance_norm(content, eps=eps) * (1 + scale) + shift`,
  depth_to_space: `def depth_to_space(x, factor):
    n, c, h, w = x.shape
    x = x.reshape(n, factor, factor, c // factor**2, h, w).permute(0, 3, 4, 1, 5, 2)
    return x.reshape(n, c // factor**2, h * factor, w * factor)`,
  space_to_depth: `def space_to_depth(x, factor):
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // factor, factor, w // factor, factor).permute(0, 3, 5, 1, 2, 4)
    return x.reshape(n, c * factor**2, h // factor, w // factor)`,
} as const;

const positional = (name: string, value: string): Argument => ({ name, value });
const named = (name: string, value: string, usual: string): Argument => ({
  name,
  value,
  default: usual,
});

function known(size: Dim, what: string): string {
  if (isKnown(size)) return String(size);
  throw new Inexpressible(`${what} is ${formatDim(size)}`);
}

/** Symmetric padding as PyTorch's pair; undefined where the sides differ. */
function evenPadding(value: AttributeValue): string | undefined {
  if (value === "same") return '"same"';
  const sides = new Reader({ value }).numbers("value");
  const [top, left, bottom, right] = sides;
  return top === bottom && left === right ? pair([top, left]) : undefined;
}

/** Sides in the order of `F.pad`. */
function padSides(value: AttributeValue, sign = 1): string {
  const [top, left, bottom, right] = new Reader({ value }).numbers("value");
  return tuple([left, right, top, bottom].map((side) => (side === 0 ? 0 : sign * side)));
}

/** A size at run time: a number, or the size of an axis of an input. */
function sizeText(size: Dim, { shapes }: FormCall, inputs: readonly string[]): string {
  if (isKnown(size)) return String(size);
  for (const [at, shape] of shapes.entries()) {
    const axis = shape.findIndex((other) => sameDim(size, other));
    if (axis >= 0) return `${inputs[at]}.shape[${axis}]`;
  }
  throw new Inexpressible(`the size ${formatDim(size)} is that of no axis of its input`);
}

function axesOf({ attributes, shapes: [shape] }: FormCall, name = "axes"): readonly number[] {
  return attributes.numbers(name).map((axis) => checkedAxis(axis, { shape }));
}

function axisOf({ attributes, shapes: [shape] }: FormCall): number {
  return checkedAxis(attributes.number("axis"), { shape });
}

/** `torch.abs(x)`. */
const torchCall = (name: string): Form => ({ expression: (_, [x]) => `torch.${name}(${x})` });

/** A function of `F` whose module has the same arguments. */
function activation(
  functional: string,
  type: string,
  given: (call: FormCall) => readonly Argument[] = () => [],
): Form {
  return {
    expression: (call, [x]) => callText(functional, [positional("x", x), ...given(call)]),
    module: (call) => ({ type, arguments: given(call) }),
  };
}

/** `-2 ** x` would be `-(2 ** x)`. */
const grouped = (value: number): string => (value < 0 ? `(${number(value)})` : number(value));

const operator = (sign: string): Form => ({ expression: (_, [a, b]) => `${a} ${sign} ${b}` });
const scalarOperator = (sign: string): Form => ({
  expression: ({ attributes }, [x]) => `${x} ${sign} ${number(attributes.number("scalar"))}`,
});
const reversedOperator = (sign: string): Form => ({
  expression: ({ attributes }, [x]) => `${grouped(attributes.number("scalar"))} ${sign} ${x}`,
});
const comparison = (sign: string): Form => ({
  expression: (_, [a, b]) => `(${a} ${sign} ${b}).to(${a}.dtype)`,
});
const scalarComparison = (sign: string): Form => ({
  expression: ({ attributes }, [x]) =>
    `(${x} ${sign} ${number(attributes.number("scalar"))}).to(${x}.dtype)`,
});

function reductionArguments(call: FormCall): readonly Argument[] {
  const { attributes } = call;
  return [
    named("dim", tuple(axesOf(call)), ""),
    named("keepdim", bool(attributes.flag("keepdim")), "False"),
  ];
}

const reduction = (name: string): Form => ({
  expression: (call, [x]) =>
    callText(`torch.${name}`, [positional("x", x), ...reductionArguments(call)]),
});

const softmaxes = (functional: string, type: string): Form =>
  activation(functional, type, (call) => [named("dim", String(axisOf(call)), "")]);

const adaptive = (reduce: "avg" | "max"): Form =>
  activation(
    `F.adaptive_${reduce}_pool2d`,
    `nn.Adaptive${reduce === "avg" ? "Avg" : "Max"}Pool2d`,
    ({ attributes }) => [positional("output_size", pair(attributes.numbers("output_size")))],
  );

const globalPool = (reduce: "avg" | "max"): Form =>
  activation(
    `F.adaptive_${reduce}_pool2d`,
    `nn.Adaptive${reduce === "avg" ? "Avg" : "Max"}Pool2d`,
    () => [positional("output_size", "1")],
  );

/** PyTorch's average pools know of no gaps: theirs is a parameter of max pools alone. */
function dilationOf({ attributes }: FormCall, reduce: "avg" | "max"): readonly Argument[] {
  const dilation = attributes.numbers("dilation");
  if (reduce === "max") return [named("dilation", pair(dilation), "1")];
  if (dilation.some((step) => step !== 1)) {
    throw new Inexpressible("PyTorch's average pools have no dilation");
  }
  return [];
}

function poolArguments(
  call: FormCall,
  reduce: "avg" | "max",
  padding: string,
): readonly Argument[] {
  const { attributes } = call;
  const kernel = pair(attributes.numbers("kernel"));
  const stride = attributes.isNull("stride") ? kernel : pair(attributes.numbers("stride"));
  return [
    positional("kernel_size", kernel),
    named("stride", stride, kernel),
    named("padding", padding, "0"),
    ...dilationOf(call, reduce),
    named("ceil_mode", bool(attributes.flag("ceil_mode")), "False"),
    ...(attributes.value("count_include_pad") === undefined
      ? []
      : [named("count_include_pad", bool(attributes.flag("count_include_pad")), "True")]),
  ];
}

function windowPadding({ attributes }: FormCall): readonly number[] {
  const padding = attributes.value("padding");
  if (padding !== "same") return attributes.numbers("padding");
  const kernel = attributes.numbers("kernel");
  const dilation = attributes.numbers("dilation");
  const around = kernel.map((size, axis) => dilation[axis] * (size - 1));
  const before = around.map((pixels) => Math.floor(pixels / 2));
  return [...before, ...around.map((pixels, axis) => pixels - before[axis])];
}

/** Uneven padding is put around the map before. */
const pool = (reduce: "avg" | "max"): Form => {
  const [functional, type] = [
    `F.${reduce}_pool2d`,
    reduce === "avg" ? "nn.AvgPool2d" : "nn.MaxPool2d",
  ];
  return {
    expression: (call, [x]) => {
      const sides = windowPadding(call);
      const padding = evenPadding(sides);
      if (padding !== undefined) {
        return callText(functional, [positional("x", x), ...poolArguments(call, reduce, padding)]);
      }
      const { attributes } = call;
      if (
        attributes.flag("ceil_mode") ||
        (reduce === "avg" && !attributes.flag("count_include_pad"))
      ) {
        throw new Inexpressible("its padding is not the same on opposite sides");
      }
      const around = reduce === "max" ? ', value=float("-inf")' : "";
      const padded = `F.pad(${x}, ${padSides(sides)}${around})`;
      return callText(functional, [positional("x", padded), ...poolArguments(call, reduce, "0")]);
    },
    module: (call) => {
      const padding = evenPadding(windowPadding(call));
      return padding === undefined
        ? undefined
        : { type, arguments: poolArguments(call, reduce, padding) };
    },
  };
};

function convolutionArguments(
  { attributes, shapes: [[, channels]], outputs: [[, out]] }: FormCall,
  groups: Dim,
): readonly Argument[] {
  return [
    positional("in_channels", known(channels, "the number of its input channels")),
    positional("out_channels", known(out, "the number of its output channels")),
    positional("kernel_size", pair(attributes.numbers("kernel"))),
    named("stride", pair(attributes.numbers("stride")), "1"),
    named("padding", evenPadding(attributes.value("padding")) ?? "0", "0"),
    named("dilation", pair(attributes.numbers("dilation")), "1"),
    named("groups", known(groups, "the number of its groups"), "1"),
    named("bias", bool(attributes.flag("bias")), "True"),
  ];
}

const convolution = (groupsOf: (call: FormCall) => Dim): Form => ({
  expression: ({ attributes }, [x], self) => {
    const padding = attributes.value("padding");
    return evenPadding(padding) === undefined
      ? `${self}(F.pad(${x}, ${padSides(padding)}))`
      : `${self}(${x})`;
  },
  module: (call) => ({ type: "nn.Conv2d", arguments: convolutionArguments(call, groupsOf(call)) }),
});

const CALLED: Form["expression"] = (_, [x], self) => `${self}(${x})`;

function normModule(rank: number): string {
  return rank === 4 ? "nn.BatchNorm2d" : rank === 5 ? "nn.BatchNorm3d" : "nn.BatchNorm1d";
}

function channelsOf({ shapes: [[, channels]] }: FormCall): Argument {
  return positional("num_features", known(channels, "the number of its channels"));
}

const epsilon = ({ attributes }: FormCall): Argument =>
  named("eps", number(attributes.number("eps")), number(1e-5));

function layerNormAxes({ attributes, shapes: [shape] }: FormCall): readonly number[] {
  return attributes.isNull("axes")
    ? shape.map((_, axis) => axis).slice(1)
    : attributes
        .numbers("axes")
        .map((axis) => checkedAxis(axis, { shape }))
        .toSorted((a, b) => a - b);
}

/** By kind. */
export const forms: Readonly<Record<string, Form>> = {
  conv: convolution(({ attributes }) => attributes.number("groups")),
  depthwise: convolution(({ shapes: [[, channels]] }) => channels),
  conv_transpose: {
    expression: ({ attributes }, [x], self) => {
      const padding = attributes.value("padding");
      return evenPadding(padding) === undefined
        ? `F.pad(${self}(${x}), ${padSides(padding, -1)})`
        : `${self}(${x})`;
    },
    module: (call) => {
      const { attributes } = call;
      const [inputs, out, kernel, stride, padding, dilation, groups, bias] = convolutionArguments(
        call,
        attributes.number("groups"),
      );
      const added = named("output_padding", pair(attributes.numbers("output_padding")), "0");
      return {
        type: "nn.ConvTranspose2d",
        arguments: [inputs, out, kernel, stride, padding, added, groups, bias, dilation],
      };
    },
  },
  linear: {
    expression: CALLED,
    module: ({ attributes, shapes: [shape], outputs: [output] }) => ({
      type: "nn.Linear",
      arguments: [
        positional("in_features", known(shape[shape.length - 1], "the number of its features")),
        positional("out_features", known(output[output.length - 1], "the number of its outputs")),
        named("bias", bool(attributes.flag("bias")), "True"),
      ],
    }),
  },
  batch_norm: {
    expression: CALLED,
    module: (call) => {
      const { attributes, shapes } = call;
      const usual = (name: string): Argument => named(name, bool(attributes.flag(name)), "True");
      return {
        type: normModule(shapes[0].length),
        arguments: [
          channelsOf(call),
          epsilon(call),
          named("momentum", number(attributes.number("momentum")), "0.1"),
          usual("affine"),
          usual("track_running_stats"),
        ],
      };
    },
  },
  instance_norm: {
    expression: ({ attributes }, [x], self) =>
      attributes.flag("affine")
        ? `${self}(${x})`
        : callText("F.instance_norm", [
            positional("x", x),
            named("eps", number(attributes.number("eps")), number(1e-5)),
          ]),
    module: (call) => ({
      type: "nn.InstanceNorm2d",
      arguments: [
        channelsOf(call),
        epsilon(call),
        named("affine", bool(call.attributes.flag("affine")), "False"),
      ],
    }),
  },
  group_norm: {
    expression: ({ attributes }, [x], self) =>
      attributes.flag("affine")
        ? `${self}(${x})`
        : callText("F.group_norm", [
            positional("x", x),
            positional("num_groups", String(attributes.number("num_groups"))),
            named("eps", number(attributes.number("eps")), number(1e-5)),
          ]),
    module: (call) => ({
      type: "nn.GroupNorm",
      arguments: [
        positional("num_groups", String(call.attributes.number("num_groups"))),
        channelsOf(call),
        epsilon(call),
        named("affine", bool(call.attributes.flag("affine")), "True"),
      ],
    }),
  },
  layer_norm: {
    /** PyTorch's takes the last axes: others are brought there and back. */
    expression: (call, [x], self) => {
      const axes = layerNormAxes(call);
      const order = call.shapes[0].map((_, axis) => axis).filter((axis) => !axes.includes(axis));
      const all = [...order, ...axes];
      const sizes = axes.map((axis) => sizeText(call.shapes[0][axis], call, [x]));
      const normalize = (of: string): string =>
        call.attributes.flag("elementwise_affine")
          ? `${self}(${of})`
          : callText("F.layer_norm", [
              positional("x", of),
              positional("normalized_shape", tuple(sizes)),
              epsilon(call),
            ]);
      if (all.every((axis, at) => axis === at)) return normalize(x);
      const back = all.map((_, axis) => all.indexOf(axis));
      return `${normalize(`${x}.permute${tuple(all)}`)}.permute${tuple(back)}`;
    },
    module: (call) => {
      const axes = layerNormAxes(call);
      const [shape] = call.shapes;
      if (!call.attributes.flag("elementwise_affine")) return undefined;
      const sizes = axes.map((axis) => known(shape[axis], "a size that it normalises over"));
      return {
        type: "nn.LayerNorm",
        arguments: [
          positional("normalized_shape", sizes.length === 1 ? sizes[0] : tuple(sizes)),
          epsilon(call),
        ],
      };
    },
  },
  lrn: activation("F.local_response_norm", "nn.LocalResponseNorm", ({ attributes }) => [
    positional("size", String(attributes.number("size"))),
    named("alpha", number(attributes.number("alpha")), "0.0001"),
    named("beta", number(attributes.number("beta")), "0.75"),
    named("k", number(attributes.number("k")), "1"),
  ]),
  adain: {
    expression: ({ attributes }, [content, style]) =>
      `adain(${content}, ${style}, ${number(attributes.number("eps"))})`,
    helper: "adain",
  },
  normalize: {
    expression: ({ attributes }, [x]) =>
      `normalize(${x}, [${attributes.numbers("mean").join(", ")}], [${attributes.numbers("std").join(", ")}])`,
    helper: "normalize",
  },
  prelu: {
    expression: CALLED,
    module: ({ attributes }) => ({
      type: "nn.PReLU",
      arguments: [named("num_parameters", String(attributes.number("num_parameters")), "1")],
    }),
  },
  parameter: { expression: (_, __, self) => self },

  max_pool: pool("max"),
  avg_pool: pool("avg"),
  adaptive_avg_pool: adaptive("avg"),
  adaptive_max_pool: adaptive("max"),
  global_avg_pool: globalPool("avg"),
  global_max_pool: globalPool("max"),
  upsample: {
    expression: (call, [x]) =>
      callText("F.interpolate", [positional("x", x), ...interpolation(call)]),
    module: (call) =>
      call.attributes.flag("antialias")
        ? undefined
        : { type: "nn.Upsample", arguments: interpolation(call) },
  },

  relu: activation("F.relu", "nn.ReLU"),
  relu6: activation("F.relu6", "nn.ReLU6"),
  leaky_relu: activation("F.leaky_relu", "nn.LeakyReLU", ({ attributes }) => [
    named("negative_slope", number(attributes.number("negative_slope")), "0.01"),
  ]),
  elu: activation("F.elu", "nn.ELU", alpha),
  celu: activation("F.celu", "nn.CELU", alpha),
  selu: activation("F.selu", "nn.SELU"),
  gelu: activation("F.gelu", "nn.GELU", ({ attributes }) => [
    named("approximate", `"${attributes.text("approximate")}"`, '"none"'),
  ]),
  silu: activation("F.silu", "nn.SiLU"),
  mish: activation("F.mish", "nn.Mish"),
  sigmoid: activation("torch.sigmoid", "nn.Sigmoid"),
  tanh: activation("torch.tanh", "nn.Tanh"),
  softplus: activation("F.softplus", "nn.Softplus", ({ attributes }) => [
    named("beta", number(attributes.number("beta")), "1"),
    named("threshold", number(attributes.number("threshold")), "20"),
  ]),
  softsign: activation("F.softsign", "nn.Softsign"),
  log_sigmoid: activation("F.logsigmoid", "nn.LogSigmoid"),
  hard_sigmoid: {
    expression: ({ attributes }, [x]) => {
      const [slope, offset] = [attributes.number("alpha"), attributes.number("beta")];
      if (slope === 1 / 6 && offset === 0.5) return `F.hardsigmoid(${x})`;
      return `torch.clamp(${number(slope)} * ${x} + ${number(offset)}, 0, 1)`;
    },
    module: ({ attributes }) =>
      attributes.number("alpha") === 1 / 6 && attributes.number("beta") === 0.5
        ? { type: "nn.Hardsigmoid", arguments: [] }
        : undefined,
  },
  hard_swish: activation("F.hardswish", "nn.Hardswish"),
  hard_shrink: {
    expression: ({ attributes }, [x]) => {
      const [lambd, bias] = [attributes.number("lambd"), attributes.number("bias")];
      if (bias === 0) return `F.hardshrink(${x}, ${number(lambd)})`;
      return `F.hardshrink(${x}, ${number(lambd)}) - ${number(bias)} * torch.sign(F.hardshrink(${x}, ${number(lambd)}))`;
    },
  },
  soft_shrink: activation("F.softshrink", "nn.Softshrink", ({ attributes }) => [
    named("lambd", number(attributes.number("lambd")), "0.5"),
  ]),
  tanh_shrink: activation("F.tanhshrink", "nn.Tanhshrink"),
  threshold: activation("F.threshold", "nn.Threshold", ({ attributes }) => [
    positional("threshold", number(attributes.number("threshold"))),
    positional("value", number(attributes.number("value"))),
  ]),
  softmax: softmaxes("torch.softmax", "nn.Softmax"),
  log_softmax: softmaxes("torch.log_softmax", "nn.LogSoftmax"),
  clip: {
    expression: ({ attributes }, [x]) => {
      const limits = (["min", "max"] as const).flatMap((limit) => {
        const value = attributes.optional(limit);
        return value === undefined ? [] : [`${limit}=${number(value)}`];
      });
      return `torch.clamp(${[x, ...limits].join(", ")})`;
    },
  },
  dropout: {
    expression: ({ attributes }, [x]) =>
      `F.dropout(${x}, ${number(attributes.number("p"))}, self.training)`,
    module: ({ attributes }) => ({
      type: "nn.Dropout",
      arguments: [named("p", number(attributes.number("p")), "0.5")],
    }),
  },
  identity: { expression: (_, [x]) => x, module: () => ({ type: "nn.Identity", arguments: [] }) },

  add: operator("+"),
  sub: operator("-"),
  mul: operator("*"),
  div: operator("/"),
  pow: operator("**"),
  add_scalar: scalarOperator("+"),
  sub_scalar: scalarOperator("-"),
  mul_scalar: scalarOperator("*"),
  div_scalar: scalarOperator("/"),
  pow_scalar: scalarOperator("**"),
  rsub_scalar: reversedOperator("-"),
  rdiv_scalar: reversedOperator("/"),
  rpow_scalar: reversedOperator("**"),
  eq: comparison("=="),
  ne: comparison("!="),
  lt: comparison("<"),
  le: comparison("<="),
  gt: comparison(">"),
  ge: comparison(">="),
  eq_scalar: scalarComparison("=="),
  ne_scalar: scalarComparison("!="),
  lt_scalar: scalarComparison("<"),
  le_scalar: scalarComparison("<="),
  gt_scalar: scalarComparison(">"),
  ge_scalar: scalarComparison(">="),
  maximum: { expression: (_, [a, b]) => `torch.maximum(${a}, ${b})` },
  minimum: { expression: (_, [a, b]) => `torch.minimum(${a}, ${b})` },
  maximum_scalar: {
    expression: ({ attributes }, [x]) =>
      `torch.clamp(${x}, min=${number(attributes.number("scalar"))})`,
  },
  minimum_scalar: {
    expression: ({ attributes }, [x]) =>
      `torch.clamp(${x}, max=${number(attributes.number("scalar"))})`,
  },
  matmul: { expression: (_, [a, b]) => `torch.matmul(${a}, ${b})` },
  select: { expression: (_, [condition, a, b]) => `torch.where(${condition} != 0, ${a}, ${b})` },
  abs: torchCall("abs"),
  acos: torchCall("acos"),
  acosh: torchCall("acosh"),
  asin: torchCall("asin"),
  asinh: torchCall("asinh"),
  atan: torchCall("atan"),
  atanh: torchCall("atanh"),
  ceil: torchCall("ceil"),
  cos: torchCall("cos"),
  cosh: torchCall("cosh"),
  erf: torchCall("erf"),
  exp: torchCall("exp"),
  floor: torchCall("floor"),
  log: torchCall("log"),
  reciprocal: torchCall("reciprocal"),
  round: torchCall("round"),
  rsqrt: torchCall("rsqrt"),
  sign: torchCall("sign"),
  sin: torchCall("sin"),
  sinh: torchCall("sinh"),
  sqrt: torchCall("sqrt"),
  square: torchCall("square"),
  tan: torchCall("tan"),

  sum: reduction("sum"),
  mean: reduction("mean"),
  amax: reduction("amax"),
  amin: reduction("amin"),
  logsumexp: reduction("logsumexp"),
  /** One axis after the other, the last first. */
  prod: {
    expression: (call, [x]) =>
      axesOf(call)
        .toSorted((a, b) => b - a)
        .reduce(
          (text, axis) =>
            callText("torch.prod", [
              positional("x", text),
              named("dim", String(axis), ""),
              named("keepdim", bool(call.attributes.flag("keepdim")), "False"),
            ]),
          x,
        ),
  },
  norm: {
    expression: (call, [x]) =>
      callText("torch.linalg.vector_norm", [
        positional("x", x),
        named("ord", number(call.attributes.number("p")), "2"),
        ...reductionArguments(call),
      ]),
  },

  concat: {
    expression: (call, inputs) => `torch.cat(${tuple(inputs)}, dim=${axisOf(call)})`,
  },
  split: {
    expression: (call, [x]) => {
      const sections = call.attributes.numbers("sections");
      return sections.length === 1
        ? `torch.tensor_split(${x}, ${sections[0]}, dim=${axisOf(call)})`
        : `torch.split(${x}, [${sections.join(", ")}], dim=${axisOf(call)})`;
    },
  },
  slice: {
    expression: (call, [x]) => {
      const { attributes } = call;
      const start = placeText(attributes.value("start"), call, [x]);
      const end = attributes.isNull("end") ? "" : placeText(attributes.value("end"), call, [x]);
      const step = attributes.number("step");
      const range = `${start === "0" ? "" : start}:${end}${step === 1 ? "" : `:${step}`}`;
      return `${x}[${[...Array.from({ length: axisOf(call) }, () => ":"), range].join(", ")}]`;
    },
  },
  index_select: {
    expression: (call, [x]) => {
      const places = `[${call.attributes.numbers("indices").join(", ")}]`;
      return `${x}[${[...Array.from({ length: axisOf(call) }, () => ":"), places].join(", ")}]`;
    },
  },
  flatten: {
    expression: (call, [x]) => callText("torch.flatten", [positional("x", x), ...flattened(call)]),
    module: (call) => {
      const [start, end] = flattened(call);
      return {
        type: "nn.Flatten",
        arguments: [
          { ...start, default: "1" },
          { ...end, default: "-1" },
        ],
      };
    },
  },
  reshape: {
    expression: (call, [x]) => {
      const open = call.outputs[0].filter((size) => !isKnown(size));
      const [only] = open;
      const lonely = open.length === 1 && !call.shapes[0].some((size) => sameDim(size, only));
      const sizes = call.outputs[0].map((size) =>
        lonely && size === only ? "-1" : sizeText(size, call, [x]),
      );
      return `${x}.reshape(${sizes.join(", ")})`;
    },
  },
  expand: {
    expression: (call, [x]) =>
      `${x}.expand(${call.outputs[0].map((size) => sizeText(size, call, [x])).join(", ")})`,
  },
  permute: {
    expression: (call, [x]) => `${x}.permute(${axesOf(call, "order").join(", ")})`,
  },
  flip: { expression: (call, [x]) => `torch.flip(${x}, ${tuple(axesOf(call))})` },
  tile: {
    expression: ({ attributes }, [x]) =>
      `torch.tile(${x}, ${tuple(attributes.numbers("repeats"))})`,
  },
  squeeze: {
    expression: (call, [x]) =>
      axesOf(call)
        .toSorted((a, b) => b - a)
        .reduce((text, axis) => `${text}.squeeze(${axis})`, x),
  },
  unsqueeze: {
    expression: ({ attributes, outputs: [shape] }, [x]) =>
      attributes
        .numbers("axes")
        .map((axis) => checkedAxis(axis, { shape }))
        .toSorted((a, b) => a - b)
        .reduce((text, axis) => `${text}.unsqueeze(${axis})`, x),
  },
  pad: {
    expression: ({ attributes }, [x]) => {
      const mode = attributes.text("mode") === "edge" ? "replicate" : attributes.text("mode");
      const [top, left, bottom, right] = attributes.numbers("padding");
      const channels = attributes.numbers("channels");
      const deep = channels.some((count) => count !== 0);
      if (deep && mode !== "constant") {
        throw new Inexpressible(`mode \`${mode}\` pads no channels in PyTorch`);
      }
      return callText("F.pad", [
        positional("x", x),
        positional("pad", tuple([left, right, top, bottom, ...(deep ? channels : [])])),
        named("mode", `"${mode}"`, '"constant"'),
        named("value", number(attributes.number("value")), "0"),
      ]);
    },
  },
  pixel_shuffle: {
    expression: ({ attributes }, [x]) =>
      `${attributes.text("mode") === "dcr" ? "depth_to_space" : "F.pixel_shuffle"}(${x}, ${attributes.number("factor")})`,
    helper: "depth_to_space",
  },
  pixel_unshuffle: {
    expression: ({ attributes }, [x]) =>
      `${attributes.text("mode") === "dcr" ? "space_to_depth" : "F.pixel_unshuffle"}(${x}, ${attributes.number("factor")})`,
    helper: "space_to_depth",
  },
  channel_shuffle: {
    expression: ({ attributes }, [x]) =>
      `torch.channel_shuffle(${x}, ${attributes.number("groups")})`,
  },
};

function alpha({ attributes }: FormCall): readonly Argument[] {
  return [named("alpha", number(attributes.number("alpha")), "1")];
}

/** Of ONNX's many ways to resample, PyTorch's own. */
function interpolation({ attributes, outputs: [shape] }: FormCall): readonly Argument[] {
  const [, , height, width] = shape;
  const mode = attributes.text("mode");
  const antialias = attributes.flag("antialias");
  const coordinates = attributes.isNull("coordinates") ? "" : attributes.text("coordinates");
  const usual =
    mode === "nearest"
      ? ["", "asymmetric"].includes(coordinates) && attributes.text("rounding") === "floor"
      : ["", "half_pixel", "align_corners"].includes(coordinates);
  const excludes = attributes.isNull("exclude_outside")
    ? antialias
    : attributes.flag("exclude_outside");
  const cubic = mode !== "bicubic" || attributes.number("cubic_coeff") === -0.75;
  if (!usual || excludes !== antialias || !cubic) {
    throw new Inexpressible("PyTorch does not resample in this way");
  }
  const corners = attributes.flag("align_corners") || coordinates === "align_corners";
  return [
    attributes.isNull("scale")
      ? named("size", tuple([known(height, "its height"), known(width, "its width")]), "")
      : named("scale_factor", pair(attributes.numbers("scale")), ""),
    named("mode", `"${mode}"`, '"nearest"'),
    ...(mode === "nearest" ? [] : [named("align_corners", bool(corners), "None")]),
    ...(antialias ? [named("antialias", "True", "False")] : []),
  ];
}

function flattened(call: FormCall): readonly [Argument, Argument] {
  const {
    attributes,
    shapes: [shape],
  } = call;
  const end = checkedAxis(attributes.number("end_axis"), { shape });
  return [
    named("start_dim", String(checkedAxis(attributes.number("start_axis"), { shape })), "0"),
    named("end_dim", end === shape.length - 1 ? "-1" : String(end), "-1"),
  ];
}

function placeText(value: AttributeValue, call: FormCall, inputs: readonly string[]): string {
  if (typeof value === "number") return String(value);
  if (value === null || typeof value !== "object" || isList(value)) return "";
  return sizeText(value, call, inputs);
}
