/** Tensors one behind the other along an axis: skip connections, dense and inception blocks. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { equals } from "../graph/condition.ts";
import { formatDim, formatShape, isKnown, sameDim, sum } from "../graph/dim.ts";
import { type TensorType, tensorType } from "../graph/tensor-type.ts";
import { type Requirement, defineLayer, noWeights } from "./layer.ts";
import { op } from "./onnx.ts";
import { axis } from "./parameters.ts";
import { axisName, checkedAxis, fieldAlong, resolveAxis } from "./shared/axes.ts";
import { cut, join } from "./shared/blocks.ts";

/** The sizes beside the joined axis must be those of the first tensor. */
function fitsFirst(
  inputs: readonly TensorType[],
  position: number,
  along: number,
): readonly Requirement[] {
  const [{ shape: first }] = inputs;
  const { shape } = inputs[position];
  return first.flatMap((size, at): Requirement | [] => {
    if (at === along || sameDim(size, shape[at])) return [];
    const facts = {
      axis: axisName(at, first.length),
      along: axisName(along, first.length),
      first: formatDim(size),
      other: formatDim(shape[at]),
      firstShape: formatShape(first),
      otherShape: formatShape(shape),
      position: position + 1,
    };
    const blame = [0, position].map((input) => ({ input, axis: at }));
    return {
      condition: equals(size, shape[at]),
      problem: { ...problem("CNN2052", facts), blame },
    };
  });
}

function differentRank(inputs: readonly TensorType[]): Problem | undefined {
  const [{ shape: first }] = inputs;
  const at = inputs.findIndex(({ shape }) => shape.length !== first.length);
  if (at < 0) return undefined;
  const facts = {
    firstShape: formatShape(first),
    otherShape: formatShape(inputs[at].shape),
    position: at + 1,
  };
  return { ...problem("CNN2053", facts), blame: [{ input: 0 }, { input: at }] };
}

export const concat = defineLayer({
  kind: "concat",
  category: "shape",
  summary: "Puts tensors one behind the other along an axis.",
  source: "PyTorch torch.cat; ONNX Concat",
  inputs: ["x..."],
  parameters: { axis: axis({ doc: "The axis that grows, the channels by default.", default: 1 }) },
  weights: noWeights,
  shape: (attributes, inputs) => {
    const [{ shape: first }] = inputs;
    const along = resolveAxis("concat", attributes.axis, first);
    if (typeof along !== "number") return along;
    const different = differentRank(inputs);
    if (different !== undefined) return different;
    const shape = first.map((size, at) => {
      const sizes = inputs.map((input) => input.shape[at]);
      return at === along ? sum(sizes) : (sizes.find(isKnown) ?? size);
    });
    const requires = inputs.flatMap((_, position) => fitsFirst(inputs, position, along));
    return { outputs: [tensorType(shape)], requires };
  },
  receptiveField: (attributes, [x]) => fieldAlong([checkedAxis(attributes.axis, x)]),
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs }) => ({
    outputs: [join(inputs, checkedAxis(attributes.axis, inputs[0]))],
  }),
  gradient: {
    backward: ({ attributes, inputs, outputGradients: [dy] }) => {
      const along = checkedAxis(attributes.axis, dy);
      const sizes = inputs.map(({ shape }) => shape[along]);
      return { inputs: cut(dy, along, sizes), weights: {} };
    },
  },
  tolerance: 0,
  onnx: ({ attributes, inputs }) =>
    op("Concat", inputs, { axis: { int: checkedAxis(attributes.axis, inputs[0]) } }),
  lowering: {
    families: ["concat"],
    operation: (attributes, [shape]) => ({
      family: "concat",
      axis: checkedAxis(attributes.axis, { shape }),
    }),
  },
});
