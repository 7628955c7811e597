/** Axes and sizes of a layer as a call in PyTorch names them. */
import { type Dim, formatDim, isKnown, sameDim } from "../../../graph/dim.ts";
import { checkedAxes, checkedAxis } from "../../../layers/shared/axes.ts";
import { type FormCall, Inexpressible } from "./form.ts";

/** A size at run time: a number, or the size of an axis of an input. */
export function sizeText(size: Dim, { shapes }: FormCall, inputs: readonly string[]): string {
  if (isKnown(size)) return String(size);
  for (const [at, shape] of shapes.entries()) {
    const axis = shape.findIndex((other) => sameDim(size, other));
    if (axis >= 0) return `${inputs[at]}.shape[${axis}]`;
  }
  throw new Inexpressible(`the size ${formatDim(size)} is that of no axis of its input`);
}

export function axesOf(
  { attributes, shapes: [shape] }: FormCall,
  name = "axes",
): readonly number[] {
  return checkedAxes(attributes.numbers(name), { shape });
}

export function axisOf({ attributes, shapes: [shape] }: FormCall): number {
  return checkedAxis(attributes.number("axis"), { shape });
}
