/** Parts of a tensor along an axis, as several results. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { divisible, equals } from "../graph/condition.ts";
import { type Dim, floorDiv, formatDim, isKnown } from "../graph/dim.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { type Requirement, defineLayer, noWeights } from "./layer.ts";
import { axis, ints } from "./parameters.ts";
import { axisName, checkedAxis, fieldAlong, resolveAxis } from "./shared/axes.ts";
import { cut, join } from "./shared/blocks.ts";
import { known } from "./shared/known.ts";
import { splitOnnx } from "./shared/onnx-split.ts";

/** No network has more results at one place; a mistyped count must not fill the memory. */
const MOST_PARTS = 1024;

/** One number is a count of equal parts, several are the sizes themselves. */
function partSizes(sections: readonly number[], whole: Dim): readonly Dim[] {
  if (sections.length > 1) return sections;
  const [count] = sections;
  return Array.from({ length: count }, () => floorDiv(whole, count));
}

function notDivisible(count: number, whole: Dim, along: number, rank: number): Problem {
  const facts = {
    layer: "split",
    axis: axisName(along, rank),
    size: formatDim(whole),
    parts: count,
    reason: `${count} parts`,
  };
  return { ...problem("CNN2054", facts, "sections"), blame: [{ input: 0, axis: along }] };
}

function wrongSum(sizes: readonly number[], whole: Dim, along: number, rank: number): Requirement {
  const sum = sizes.reduce((a, b) => a + b, 0);
  const facts = {
    axis: axisName(along, rank),
    size: formatDim(whole),
    sizes: sizes.join(" + "),
    sum,
  };
  const blame = [{ input: 0, axis: along }];
  return {
    condition: equals(whole, sum),
    problem: { ...problem("CNN2055", facts, "sections"), blame },
  };
}

export const split = defineLayer({
  kind: "split",
  category: "shape",
  summary: "Cuts a tensor along an axis into several.",
  source: "PyTorch torch.tensor_split (by count), torch.split (by sizes)",
  inputs: ["x"],
  parameters: {
    sections: ints({
      doc: "How many equal parts, `split(2)`, or the size of each, `split((16, 48))`.",
      min: 1,
    }),
    axis: axis({ doc: "The axis that is cut, the channels by default.", default: 1 }),
  },
  weights: noWeights,
  shape: ({ sections, axis: stated }, [x]) => {
    const along = resolveAxis("split", stated, x.shape);
    if (typeof along !== "number") return along;
    const rank = x.shape.length;
    const whole = x.shape[along];
    const requires: Requirement[] = [];
    if (sections.length > 1) requires.push(wrongSum(sections, whole, along, rank));
    else {
      const [count] = sections;
      const refusal = notDivisible(count, whole, along, rank);
      if (count > MOST_PARTS || (isKnown(whole) && whole < count)) return refusal;
      requires.push({ condition: divisible(whole, count), problem: refusal });
    }
    const outputs = partSizes(sections, whole).map((size) => tensorType(x.shape.with(along, size)));
    return { outputs, requires };
  },
  receptiveField: (attributes, [x]) => fieldAlong([checkedAxis(attributes.axis, x)]),
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => {
    const along = checkedAxis(attributes.axis, x);
    const sizes = partSizes(attributes.sections, x.shape[along]).map(known);
    return { outputs: cut(x, along, sizes) };
  },
  gradient: {
    backward: ({ attributes, inputs: [x], outputGradients }) => ({
      inputs: [join(outputGradients, checkedAxis(attributes.axis, x))],
      weights: {},
    }),
  },
  tolerance: 0,
  onnx: ({ opset, attributes, inputs: [x] }) => {
    const along = checkedAxis(attributes.axis, x);
    return splitOnnx(x, along, partSizes(attributes.sections, x.shape[along]), opset);
  },
  lowering: {
    families: ["split"],
    operation: (attributes, [shape]) => ({
      family: "split",
      axis: checkedAxis(attributes.axis, { shape }),
    }),
  },
});
