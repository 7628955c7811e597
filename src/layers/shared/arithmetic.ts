/** Builds the layers that join two tensors element by element, with broadcasting. */
import { type Tensor, sizeOf, zeros } from "../../graph/tensor.ts";
import { type Layer, defineLayer, noWeights } from "../layer.ts";
import { op } from "../onnx.ts";
import { broadcast } from "./broadcast.ts";
import { broadcastPosition } from "./indexing.ts";

interface Arithmetic {
  readonly kind: "add" | "sub" | "mul" | "div";
  readonly summary: string;
  value(a: number, b: number): number;
  /** `[d value / d a, d value / d b]`. */
  derivatives(a: number, b: number): readonly [number, number];
}

/** ONNX's, which broadcast alike. */
const OPERATORS = { add: "Add", sub: "Sub", mul: "Mul", div: "Div" };

export function arithmetic({ kind, summary, value, derivatives }: Arithmetic): Layer {
  return defineLayer({
    kind,
    category: "arithmetic",
    summary,
    source: `PyTorch torch.${kind}`,
    inputs: ["a", "b"],
    parameters: {},
    weights: noWeights,
    shape: (_, [a, b]) => broadcast(kind, a, b),
    /** A tensor that stretches is seen at its only pixel. */
    receptiveField: () => "point",
    cost: () => ({ macs: 0 }),
    reference: ({ inputs: [a, b] }) => {
      const y = zeros(broadcastShape(a.shape, b.shape));
      for (const { at, inA, inB } of pairs(a, b, y.shape)) {
        y.data[at] = value(a.data[inA], b.data[inB]);
      }
      return { outputs: [y] };
    },
    gradient: {
      backward: ({ inputs: [a, b], outputGradients: [dy] }) => {
        const [da, db] = [zeros(a.shape), zeros(b.shape)];
        for (const { at, inA, inB } of pairs(a, b, dy.shape)) {
          const [byA, byB] = derivatives(a.data[inA], b.data[inB]);
          da.data[inA] += byA * dy.data[at];
          db.data[inB] += byB * dy.data[at];
        }
        return { inputs: [da, db], weights: {} };
      },
    },
    tolerance: 1e-6,
    onnx: ({ inputs }) => op(OPERATORS[kind], inputs),
    lowering: { operation: () => ({ family: "combine", operator: kind }) },
  });
}

function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const size = a[axis - rank + a.length] ?? 1;
    return size === 1 ? (b[axis - rank + b.length] ?? 1) : size;
  });
}

interface PairOfElements {
  readonly at: number;
  readonly inA: number;
  readonly inB: number;
}

function* pairs(a: Tensor, b: Tensor, shape: readonly number[]): Generator<PairOfElements> {
  const size = sizeOf(shape);
  for (let at = 0; at < size; at++) {
    yield {
      at,
      inA: broadcastPosition(at, a.shape, shape),
      inB: broadcastPosition(at, b.shape, shape),
    };
  }
}
