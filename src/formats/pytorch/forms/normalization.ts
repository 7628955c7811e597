/** Layers that bring means and variances to what is learned, in PyTorch. */
import { checkedAxes } from "../../../layers/shared/axes.ts";
import { type Argument, bool, callText, number, tuple } from "../python.ts";
import { sizeText } from "./axes.ts";
import {
  CALLED,
  type Form,
  type FormCall,
  type Forms,
  functional,
  known,
  named,
  positional,
} from "./form.ts";

function normModule(rank: number): string {
  return rank === 4 ? "nn.BatchNorm2d" : rank === 5 ? "nn.BatchNorm3d" : "nn.BatchNorm1d";
}

function channelsOf({ shapes: [[, channels]] }: FormCall): Argument {
  return positional("num_features", known(channels, "the number of its channels"));
}

const epsilon = ({ attributes }: FormCall): Argument =>
  named("eps", number(attributes.number("eps")), number(1e-5));

interface GroupwiseNorm {
  readonly name: string;
  readonly type: string;
  /** PyTorch's default. */
  readonly affine: "True" | "False";
  /** Arguments before those that all such norms have. */
  given?(call: FormCall): readonly Argument[];
}

/** A norm of each image by itself: a call by itself where it has no weights. */
const groupwise = ({ name, type, affine, given = () => [] }: GroupwiseNorm): Form => ({
  expression: (call, [x], self) =>
    call.attributes.flag("affine")
      ? `${self}(${x})`
      : callText(name, [positional("x", x), ...given(call), epsilon(call)]),
  module: (call) => ({
    type,
    arguments: [
      ...given(call),
      channelsOf(call),
      epsilon(call),
      named("affine", bool(call.attributes.flag("affine")), affine),
    ],
  }),
});

function layerNormAxes({ attributes, shapes: [shape] }: FormCall): readonly number[] {
  return attributes.isNull("axes")
    ? shape.map((_, axis) => axis).slice(1)
    : checkedAxes(attributes.numbers("axes"), { shape }).toSorted((a, b) => a - b);
}

export const normalizationForms: Forms = {
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
  instance_norm: groupwise({
    name: "F.instance_norm",
    type: "nn.InstanceNorm2d",
    affine: "False",
  }),
  group_norm: groupwise({
    name: "F.group_norm",
    type: "nn.GroupNorm",
    affine: "True",
    given: ({ attributes }) => [positional("num_groups", String(attributes.number("num_groups")))],
  }),
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
  lrn: functional("F.local_response_norm", "nn.LocalResponseNorm", ({ attributes }) => [
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
};
