/** Builds the layers that reduce whole axes to one number: `mean`, `amax`. */
import type { ReduceOperation } from "../../graph/operation.ts";
import { type TensorType, tensorType } from "../../graph/tensor-type.ts";
import { type Tensor, zeros } from "../../graph/tensor.ts";
import {
  type GradientCall,
  type Layer,
  type ReferenceCall,
  defineLayer,
  noWeights,
} from "../layer.ts";
import type { OnnxCall, OnnxResult } from "../onnx.ts";
import { axes, bool } from "../parameters.ts";
import { checkedAxes, fieldAlong, resolveAxes } from "./axes.ts";
import { broadcastPosition } from "./indexing.ts";
import { reshaped } from "./reshaping.ts";
import type { Reduced as ReducedOnnx } from "./onnx-statistics.ts";

/** What one row of elements becomes. */
interface RowFunction<A> {
  readonly kind: string;
  value(elements: readonly number[], attributes: A): number;
  /** d value / d element for each of them. */
  derivatives(elements: readonly number[], value: number, attributes: A): readonly number[];
  /** @param count the number of elements that become one */
  operation(attributes: A, count: number): Omit<ReduceOperation, "family" | "axes">;
  onnx(call: ReducedOnnx, attributes: A): OnnxResult;
}

export const reductionParameters = {
  axes: axes({ doc: "The axes that are reduced to one place.", default: [2, 3] }),
  keepdim: bool({ doc: "Keep these axes, with size 1.", default: false }),
};

interface Reduced {
  readonly axes: readonly number[];
  readonly keepdim: boolean;
}

interface Reduction extends RowFunction<Reduced> {
  readonly summary: string;
  readonly source: string;
}

/** A reduction without parameters of its own. */
export function reduction(definition: Reduction): Layer {
  const { summary, source } = definition;
  return defineLayer({
    ...reductionFacets(definition),
    summary,
    source,
    parameters: reductionParameters,
  });
}

/** All that is the same for every reduction. */
export function reductionFacets<A extends Reduced>(row: RowFunction<A>) {
  const { kind } = row;
  return {
    kind,
    category: "pooling",
    inputs: ["x"],
    weights: noWeights,
    shape: ({ axes: stated, keepdim }: A, [{ shape }]: readonly TensorType[]) => {
      const reduced = resolveAxes(kind, stated, shape);
      if ("code" in reduced) return reduced;
      const sizes = keepdim
        ? shape.map((size, axis) => (reduced.includes(axis) ? 1 : size))
        : shape.filter((_, axis) => !reduced.includes(axis));
      return { outputs: [tensorType(sizes)], requires: [] };
    },
    receptiveField: ({ axes: stated, keepdim }: A, [x]: readonly TensorType[]) => {
      // Without all four axes the output is no map: it is seen as one place, of the whole map.
      if (!keepdim && x.shape.length === 4) return "global";
      return fieldAlong(checkedAxes(stated, x));
    },
    cost: () => ({ macs: 0 }),
    reference: ({ attributes, inputs: [x] }: ReferenceCall<A>) => {
      const { kept, rows } = rowsOf(attributes, x);
      const y = zeros(kept);
      rows.forEach((places, at) => {
        const elements = places.map((place) => x.data[place]);
        y.data[at] = row.value(elements, attributes);
      });
      const reduced = checkedAxes(attributes.axes, x);
      const shape = attributes.keepdim ? kept : kept.filter((_, axis) => !reduced.includes(axis));
      return { outputs: [reshaped(y, shape)] };
    },
    gradient: {
      backward: ({ attributes, inputs: [x], outputs: [y], outputGradients }: GradientCall<A>) => {
        const dx = zeros(x.shape);
        const [dy] = outputGradients;
        rowsOf(attributes, x).rows.forEach((places, at) => {
          const elements = places.map((place) => x.data[place]);
          const by = row.derivatives(elements, y.data[at], attributes);
          places.forEach((place, i) => {
            dx.data[place] = by[i] * dy.data[at];
          });
        });
        return { inputs: [dx], weights: {} };
      },
    },
    tolerance: 1e-5,
    onnx: ({ opset, attributes, inputs: [x] }: OnnxCall<A>) => {
      const reduced = checkedAxes(attributes.axes, x);
      return row.onnx({ x, axes: reduced, keepdim: attributes.keepdim, opset }, attributes);
    },
    lowering: {
      families: ["reduce"],
      operation: (attributes: A, [shape]: readonly (readonly number[])[]): ReduceOperation => {
        const reduced = checkedAxes(attributes.axes, { shape });
        const count = shape.reduce((n, size, axis) => (reduced.includes(axis) ? n * size : n), 1);
        return { family: "reduce", axes: reduced, ...row.operation(attributes, count) };
      },
    },
  } as const;
}

interface RowsOfTensor {
  /** The shape with a 1 for every axis that is reduced. */
  readonly kept: readonly number[];
  /** For each output element, the places of the elements that become it. */
  readonly rows: readonly (readonly number[])[];
}

function rowsOf({ axes: stated }: Reduced, x: Tensor): RowsOfTensor {
  const reduced = checkedAxes(stated, x);
  const kept = x.shape.map((size, axis) => (reduced.includes(axis) ? 1 : size));
  const rows = Array.from({ length: zeros(kept).data.length }, (): number[] => []);
  x.data.forEach((_, place) => rows[broadcastPosition(place, kept, x.shape)].push(place));
  return { kept, rows };
}
