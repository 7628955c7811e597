/** Activations in PyTorch, and what does nothing at inference. */
import { type Argument, number } from "../python.ts";
import { axisOf } from "./axes.ts";
import {
  CALLED,
  type Form,
  type FormCall,
  type Forms,
  functional,
  named,
  positional,
} from "./form.ts";

const softmaxes = (name: string, type: string): Form =>
  functional(name, type, (call) => [named("dim", String(axisOf(call)), "")]);

function alpha({ attributes }: FormCall): readonly Argument[] {
  return [named("alpha", number(attributes.number("alpha")), "1")];
}

export const activationForms: Forms = {
  prelu: {
    expression: CALLED,
    module: ({ attributes }) => ({
      type: "nn.PReLU",
      arguments: [named("num_parameters", String(attributes.number("num_parameters")), "1")],
    }),
  },
  relu: functional("F.relu", "nn.ReLU"),
  relu6: functional("F.relu6", "nn.ReLU6"),
  leaky_relu: functional("F.leaky_relu", "nn.LeakyReLU", ({ attributes }) => [
    named("negative_slope", number(attributes.number("negative_slope")), "0.01"),
  ]),
  elu: functional("F.elu", "nn.ELU", alpha),
  celu: functional("F.celu", "nn.CELU", alpha),
  selu: functional("F.selu", "nn.SELU"),
  gelu: functional("F.gelu", "nn.GELU", ({ attributes }) => [
    named("approximate", `"${attributes.text("approximate")}"`, '"none"'),
  ]),
  silu: functional("F.silu", "nn.SiLU"),
  mish: functional("F.mish", "nn.Mish"),
  sigmoid: functional("torch.sigmoid", "nn.Sigmoid"),
  tanh: functional("torch.tanh", "nn.Tanh"),
  softplus: functional("F.softplus", "nn.Softplus", ({ attributes }) => [
    named("beta", number(attributes.number("beta")), "1"),
    named("threshold", number(attributes.number("threshold")), "20"),
  ]),
  softsign: functional("F.softsign", "nn.Softsign"),
  log_sigmoid: functional("F.logsigmoid", "nn.LogSigmoid"),
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
  hard_swish: functional("F.hardswish", "nn.Hardswish"),
  hard_shrink: {
    expression: ({ attributes }, [x]) => {
      const [lambd, bias] = [attributes.number("lambd"), attributes.number("bias")];
      if (bias === 0) return `F.hardshrink(${x}, ${number(lambd)})`;
      return `F.hardshrink(${x}, ${number(lambd)}) - ${number(bias)} * torch.sign(F.hardshrink(${x}, ${number(lambd)}))`;
    },
  },
  soft_shrink: functional("F.softshrink", "nn.Softshrink", ({ attributes }) => [
    named("lambd", number(attributes.number("lambd")), "0.5"),
  ]),
  tanh_shrink: functional("F.tanhshrink", "nn.Tanhshrink"),
  threshold: functional("F.threshold", "nn.Threshold", ({ attributes }) => [
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
};
