/** The same elements under another shape. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { type Condition, divisible, equals } from "../graph/condition.ts";
import {
  type Dim,
  divideExactly,
  floorDiv,
  formatDim,
  formatShape,
  isKnown,
  product,
} from "../graph/dim.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { defineLayer, noWeights } from "./layer.ts";
import { shape as shapeParameter } from "./parameters.ts";
import { conflict } from "./shared/arguments.ts";
import { known } from "./shared/known.ts";
import { reshapeTo } from "./shared/onnx-shape.ts";
import { reshaped } from "./shared/reshaping.ts";

/** Stands for the size that follows from the others. */
const OPEN = -1;

function wrongSizes(stated: readonly Dim[]): Problem | undefined {
  const text = `the sizes are ${formatShape(stated)}`;
  if (stated.some((size) => isKnown(size) && size < 1 && size !== OPEN)) {
    return conflict("reshape", text, "sizes are at least 1, or -1 for the open one", "shape");
  }
  if (stated.filter((size) => size === OPEN).length > 1) {
    return conflict("reshape", text, "write -1 for one size only", "shape");
  }
  return undefined;
}

interface Filled {
  readonly shape: readonly Dim[];
  /** Where it holds, the number of elements stays. */
  readonly condition: Condition;
}

/** The stated shape with its open size filled in; undefined where no size fills it. */
function fill(stated: readonly Dim[], from: readonly Dim[]): Filled | undefined {
  const total = product(from);
  const open = stated.indexOf(OPEN);
  if (open < 0) return { shape: stated, condition: equals(total, product(stated)) };
  const others = product(stated.toSpliced(open, 1));
  if (isKnown(others)) {
    const shape = stated.with(open, floorDiv(total, others));
    return { shape, condition: divisible(total, others) };
  }
  const size = divideExactly(total, others);
  return size === undefined
    ? undefined
    : { shape: stated.with(open, size), condition: equals(total, total) };
}

export const reshape = defineLayer({
  kind: "reshape",
  category: "shape",
  summary: "Arranges the same elements, in the same order, in another shape.",
  source: "PyTorch torch.reshape",
  inputs: ["x"],
  parameters: {
    shape: shapeParameter({
      doc: "The new sizes, the batch too: `[N, 16, -1]`. One may be -1: it follows from the others.",
    }),
  },
  weights: noWeights,
  shape: ({ shape: stated }, [x]) => {
    const wrong = wrongSizes(stated);
    if (wrong !== undefined) return wrong;
    const facts = {
      from: formatShape(x.shape),
      to: formatShape(stated),
      elements: formatDim(product(x.shape)),
      wanted: stated.includes(OPEN)
        ? `a multiple of ${formatDim(product(stated.filter((size) => size !== OPEN)))}`
        : formatDim(product(stated)),
    };
    const mismatch = { ...problem("CNN2057", facts, "shape"), blame: [{ input: 0 }] };
    const filled = fill(stated, x.shape);
    if (filled === undefined) return mismatch;
    return {
      outputs: [tensorType(filled.shape)],
      requires: [{ condition: filled.condition, problem: mismatch }],
    };
  },
  receptiveField: () => "global",
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => {
    const stated = attributes.shape.map(known);
    const others = stated.reduce((n, size) => (size === OPEN ? n : n * size), 1);
    const shape = stated.map((size) => (size === OPEN ? x.data.length / others : size));
    return { outputs: [reshaped(x, shape)] };
  },
  gradient: {
    backward: ({ inputs: [x], outputGradients: [dy] }) => ({
      inputs: [reshaped(dy, x.shape)],
      weights: {},
    }),
  },
  tolerance: 0,
  onnx: ({ inputs: [x], shapes: [shape] }) => reshapeTo(x, x.shape, shape),
  lowering: { families: ["view"], operation: () => ({ family: "view" }) },
});
