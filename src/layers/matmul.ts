/** The product of two tensors as matrices: attention, and learned tensors of any shape. */
import { problem } from "../diagnostics/diagnostic.ts";
import { equals } from "../graph/condition.ts";
import { type Dim, formatDim, formatShape, mul, product } from "../graph/dim.ts";
import { type TensorType, tensorType } from "../graph/tensor-type.ts";
import { type Tensor, zeros } from "../graph/tensor.ts";
import { type Requirement, defineLayer, noWeights } from "./layer.ts";
import { op } from "./onnx.ts";
import { broadcast } from "./shared/broadcast.ts";
import { broadcastPosition, broadcastShape } from "./shared/indexing.ts";
import { wrongRank } from "./shared/rank.ts";

/** The axes before the matrices'. */
function batchOf({ shape }: TensorType): TensorType {
  return tensorType(shape.slice(0, -2));
}

function sameDepth([a, b]: readonly TensorType[]): Requirement {
  const [left, right] = [a.shape.at(-1) ?? 1, b.shape.at(-2) ?? 1];
  const facts = {
    left: formatDim(left),
    right: formatDim(right),
    leftShape: formatShape(a.shape),
    rightShape: formatShape(b.shape),
  };
  const blame = [
    { input: 0, axis: a.shape.length - 1 },
    { input: 1, axis: b.shape.length - 2 },
  ];
  return { condition: equals(left, right), problem: { ...problem("CNN2063", facts), blame } };
}

/** Places of the elements of one product: `a[row, step] · b[step, column]` goes to the result. */
interface Product {
  readonly a: number;
  readonly b: number;
  readonly result: number;
}

function* products(a: Tensor, b: Tensor, shape: readonly number[]): Generator<Product> {
  const [rows, columns] = shape.slice(-2);
  const depth = a.shape.at(-1) ?? 1;
  const batch = shape.slice(0, -2);
  const matrices = batch.reduce((n, size) => n * size, 1);
  for (let matrix = 0; matrix < matrices; matrix++) {
    const inA = broadcastPosition(matrix, a.shape.slice(0, -2), batch) * rows * depth;
    const inB = broadcastPosition(matrix, b.shape.slice(0, -2), batch) * depth * columns;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const result = (matrix * rows + row) * columns + column;
        for (let step = 0; step < depth; step++) {
          yield { a: inA + row * depth + step, b: inB + step * columns + column, result };
        }
      }
    }
  }
}

export const matmul = defineLayer({
  kind: "matmul",
  category: "linear",
  summary: "Multiplies matrices: [.., M, K] by [.., K, N] is [.., M, N]; other axes stretch.",
  source: "PyTorch torch.matmul; ONNX MatMul",
  inputs: ["a", "b"],
  parameters: {},
  weights: noWeights,
  shape: (_, inputs) => {
    const vector = inputs.find(({ shape }) => shape.length < 2);
    if (vector !== undefined) return wrongRank("matmul", "matrices [M, K] and [K, N]", vector);
    const [a, b] = inputs;
    const batch = broadcast("matmul", inputs.map(batchOf));
    const [rows, columns]: readonly Dim[] = [
      a.shape[a.shape.length - 2],
      b.shape[b.shape.length - 1],
    ];
    const [{ shape }] = batch.outputs;
    return {
      outputs: [tensorType([...shape, rows, columns])],
      requires: [sameDepth(inputs), ...batch.requires],
    };
  },
  receptiveField: () => "global",
  cost: (_, [a], [y]) => ({ macs: mul(product(y.shape), a.shape[a.shape.length - 1]) }),
  reference: ({ inputs: [a, b] }) => {
    const y = zeros(resultShape(a, b));
    for (const { a: left, b: right, result } of products(a, b, y.shape)) {
      y.data[result] += a.data[left] * b.data[right];
    }
    return { outputs: [y] };
  },
  gradient: {
    backward: ({ inputs: [a, b], outputGradients: [dy] }) => {
      const [da, db] = [zeros(a.shape), zeros(b.shape)];
      for (const { a: left, b: right, result } of products(a, b, dy.shape)) {
        da.data[left] += b.data[right] * dy.data[result];
        db.data[right] += a.data[left] * dy.data[result];
      }
      return { inputs: [da, db], weights: {} };
    },
  },
  tolerance: 1e-5,
  onnx: ({ inputs }) => op("MatMul", inputs),
  lowering: { families: ["matmul"], operation: () => ({ family: "matmul" }) },
});

function resultShape(a: Tensor, b: Tensor): readonly number[] {
  const batch = broadcastShape([a, b].map(({ shape }) => shape.slice(0, -2)));
  return [...batch, a.shape[a.shape.length - 2], b.shape[b.shape.length - 1]];
}
