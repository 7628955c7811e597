/** Convolutions and products of matrices in PyTorch. */
import type { Dim } from "../../../graph/dim.ts";
import { type Argument, bool, pair } from "../python.ts";
import { CALLED, type Form, type FormCall, type Forms, known, named, positional } from "./form.ts";
import { evenPadding, padSides } from "./padding.ts";

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

export const convolutionForms: Forms = {
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
  matmul: { expression: (_, [a, b]) => `torch.matmul(${a}, ${b})` },
};
