/** Reductions over axes in PyTorch. */
import { type Argument, bool, callText, number, tuple } from "../python.ts";
import { axesOf } from "./axes.ts";
import { type Form, type FormCall, type Forms, named, positional } from "./form.ts";

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

export const reductionForms: Forms = {
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
};
