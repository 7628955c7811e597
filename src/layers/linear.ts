/** Fully connected layer: one matrix for the last axis of its input. */
import { problem } from "../diagnostics/diagnostic.ts";
import { equals } from "../graph/condition.ts";
import { type Dim, formatDim, formatFactor, formatShape, mul, product } from "../graph/dim.ts";
import { type TensorType, tensorType } from "../graph/tensor-type.ts";
import { zeros } from "../graph/tensor.ts";
import { type Requirement, defineLayer } from "./layer.ts";
import { op } from "./onnx.ts";
import { bool, optionalSize, size } from "./parameters.ts";
import { wrongRank } from "./shared/rank.ts";

function lastOf(x: TensorType): Dim {
  return x.shape[x.shape.length - 1];
}

/** A map where a vector is meant: on maps, `linear` must be told that the last axis is meant. */
function missingFlatten(x: TensorType, stated: Dim | null) {
  const perImage = x.shape.slice(1);
  const total = formatDim(product(perImage));
  const factors = perImage.map(formatFactor);
  return problem("CNN2007", {
    gets: formatShape(x.shape),
    features: factors.join("·") === total ? total : `${factors.join("·")} = ${total}`,
    last: formatDim(lastOf(x)),
    ...(stated === null ? {} : { stated: formatDim(stated) }),
  });
}

/** Holds where a program says how many features it expects, as PyTorch's module does. */
function hasFeatures(x: TensorType, stated: Dim): Requirement {
  const last = lastOf(x);
  const facts = { stated: formatDim(stated), gets: formatDim(last), shape: formatShape(x.shape) };
  const blame = [{ input: 0, axis: x.shape.length - 1 }];
  return {
    condition: equals(last, stated),
    problem:
      x.shape.length === 4
        ? missingFlatten(x, stated)
        : { ...problem("CNN2008", facts, "in_features"), blame },
  };
}

export const linear = defineLayer({
  kind: "linear",
  category: "linear",
  summary: "Multiplies the last axis by a learned matrix: [N, F] becomes [N, out].",
  source: "PyTorch Linear",
  inputs: ["x"],
  parameters: {
    out: size({ doc: "Number of output features.", min: 1 }),
    bias: bool({ doc: "Add a learned number to each output feature.", default: true }),
    in_features: optionalSize({
      doc:
        "A checked statement of the last axis's size, which follows from the input; " +
        "needed only on maps, where it says that no flatten is missing.",
      min: 1,
    }),
  },
  /** `weight` [out, in], `bias` [out]. */
  weights: ({ out, bias }, [x]) => {
    const init = { uniformFanIn: lastOf(x) };
    const weight = { shape: [out, lastOf(x)], role: "parameter", init } as const;
    return bias ? { weight, bias: { shape: [out], role: "parameter", init } } : { weight };
  },
  shape: ({ out, in_features: stated }, [x]) => {
    if (x.shape.length === 0) {
      return wrongRank("linear", "features [N, F]", x);
    }
    if (x.shape.length === 4 && stated === null) return missingFlatten(x, stated);
    return {
      outputs: [tensorType([...x.shape.slice(0, -1), out])],
      requires: stated === null ? [] : [hasFeatures(x, stated)],
    };
  },
  receptiveField: () => "global",
  cost: ({ out }, [x]) => ({ macs: mul(product(x.shape), out) }),
  reference: ({ attributes, inputs: [x], weights: { weight, bias } }) => {
    const [features, depth] = weight.shape;
    const y = zeros([...x.shape.slice(0, -1), features]);
    for (let at = 0; at < y.data.length; at++) {
      const row = Math.floor(at / features) * depth;
      const o = at % features;
      let sum = attributes.bias ? bias.data[o] : 0;
      for (let i = 0; i < depth; i++) sum += weight.data[o * depth + i] * x.data[row + i];
      y.data[at] = sum;
    }
    return { outputs: [y] };
  },
  gradient: {
    backward: ({ attributes, inputs: [x], weights: { weight }, outputGradients: [dy] }) => {
      const [features, depth] = weight.shape;
      const dx = zeros(x.shape);
      const dw = zeros(weight.shape);
      const db = zeros([features]);
      for (let at = 0; at < dy.data.length; at++) {
        const row = Math.floor(at / features) * depth;
        const o = at % features;
        db.data[o] += dy.data[at];
        for (let i = 0; i < depth; i++) {
          dx.data[row + i] += weight.data[o * depth + i] * dy.data[at];
          dw.data[o * depth + i] += x.data[row + i] * dy.data[at];
        }
      }
      return { inputs: [dx], weights: attributes.bias ? { weight: dw, bias: db } : { weight: dw } };
    },
  },
  tolerance: 1e-5,
  onnx: ({ inputs: [x], weights: { weight, bias } }) => {
    if (x.shape.length === 2) return op("Gemm", [x, weight, bias], { transB: { int: 1 } });
    const y = op("MatMul", [x, op("Transpose", [weight], { perm: { ints: [1, 0] } })]);
    return bias === undefined ? y : op("Add", [y, bias]);
  },
  lowering: { families: ["linear"], operation: () => ({ family: "linear" }) },
});
