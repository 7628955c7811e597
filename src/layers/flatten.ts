/** Neighbouring axes made one: what stands between a map and `linear`. */
import { type Dim, product } from "../graph/dim.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { type ParameterValues, defineLayer, noWeights } from "./layer.ts";
import { op } from "./onnx.ts";
import { axis } from "./parameters.ts";
import { conflict } from "./shared/arguments.ts";
import { checkedAxis, resolveAxis } from "./shared/axes.ts";
import { reshapeTo } from "./shared/onnx-shape.ts";
import { reshaped } from "./shared/reshaping.ts";

const parameters = {
  start_axis: axis({ doc: "The first axis that is joined.", default: 1 }),
  end_axis: axis({ doc: "The last axis that is joined.", default: -1 }),
};

interface Ends {
  readonly start: number;
  readonly end: number;
}

function endsOf(attributes: ParameterValues<typeof parameters>, shape: readonly Dim[]): Ends {
  return {
    start: checkedAxis(attributes.start_axis, { shape }),
    end: checkedAxis(attributes.end_axis, { shape }),
  };
}

export const flatten = defineLayer({
  kind: "flatten",
  category: "shape",
  summary: "Makes one axis of several: a map [N, C, H, W] becomes a vector [N, C·H·W].",
  source: "PyTorch Flatten",
  inputs: ["x"],
  parameters,
  weights: noWeights,
  shape: ({ start_axis, end_axis }, [{ shape }]) => {
    const start = resolveAxis("flatten", start_axis, shape);
    if (typeof start !== "number") return { ...start, argument: "start_axis" };
    const end = resolveAxis("flatten", end_axis, shape);
    if (typeof end !== "number") return { ...end, argument: "end_axis" };
    if (start > end) {
      const text = `axis ${start} comes after axis ${end}`;
      return conflict("flatten", text, "give the first axis as `start_axis`", "start_axis");
    }
    const joined = product(shape.slice(start, end + 1));
    return {
      outputs: [tensorType([...shape.slice(0, start), joined, ...shape.slice(end + 1)])],
      requires: [],
    };
  },
  /** Each feature is one pixel, but a vector has no place: all of it sees the whole map. */
  receptiveField: (_, [x]) => (x.shape.length > 2 ? "global" : "point"),
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => {
    const { start, end } = endsOf(attributes, x.shape);
    const joined = x.shape.slice(start, end + 1).reduce((n, size) => n * size, 1);
    const shape = [...x.shape.slice(0, start), joined, ...x.shape.slice(end + 1)];
    return { outputs: [reshaped(x, shape)] };
  },
  gradient: {
    backward: ({ inputs: [x], outputGradients: [dy] }) => ({
      inputs: [reshaped(dy, x.shape)],
      weights: {},
    }),
  },
  tolerance: 0,
  onnx: ({ attributes, inputs: [x], shapes: [shape] }) => {
    const { start, end } = endsOf(attributes, x.shape);
    return start === 1 && end === x.shape.length - 1
      ? op("Flatten", [x], { axis: { int: 1 } })
      : reshapeTo(x, x.shape, shape);
  },
  lowering: { families: ["view"], operation: () => ({ family: "view" }) },
});
