/** A tensor that is learned: a member of the module that PyTorch counts among its weights. */
import { bool, number, tuple } from "../python.ts";
import { type Form, named, positional } from "./form.ts";

/** An integer would make a tensor of integers. */
function float(value: number): string {
  const text = number(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

export const learned: Form = {
  expression: (_, __, self) => self,
  module: ({ attributes, outputs: [shape] }) => {
    const value = `torch.full(${tuple(shape.map(String))}, ${float(attributes.number("init"))})`;
    return {
      type: "nn.Parameter",
      arguments: [
        positional("data", value),
        named("requires_grad", bool(attributes.flag("requires_grad")), "True"),
      ],
    };
  },
};
