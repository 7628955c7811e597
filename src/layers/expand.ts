/** A tensor repeated along its axes of size 1, as broadcasting does it. */
import type { Problem } from "../diagnostics/diagnostic.ts";
import { argument } from "../graph/element.ts";
import { type Dim, formatShape, isKnown } from "../graph/dim.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { zeros } from "../graph/tensor.ts";
import { defineLayer, noWeights } from "./layer.ts";
import { op, sizes } from "./onnx.ts";
import { shape as shapeParameter } from "./parameters.ts";
import { conflict } from "./shared/arguments.ts";
import { broadcast } from "./shared/broadcast.ts";
import { broadcastPosition } from "./shared/indexing.ts";
import { known } from "./shared/known.ts";

/** Stands for the size that an axis has already. */
const KEPT = -1;

/** The stated sizes with those that are kept filled in; its last axes are those of `from`. */
function target(stated: readonly Dim[], from: readonly Dim[]): readonly Dim[] {
  return stated.map((size, axis) =>
    size === KEPT ? (from[axis - stated.length + from.length] ?? KEPT) : size,
  );
}

function wrongSizes(stated: readonly Dim[], from: readonly Dim[]): Problem | undefined {
  const text = `${formatShape(from)} cannot become ${formatShape(stated)}`;
  const wrong = (remedy: string) => conflict("expand", text, remedy, "shape");
  if (stated.length < from.length) return wrong("state a size for every axis");
  const sizesThere = target(stated, from);
  if (sizesThere.some((size) => isKnown(size) && size < 1)) {
    return wrong("sizes are at least 1, or -1 for an axis that keeps its own");
  }
  const shrinks = from.some((size, axis) => {
    return size !== 1 && sizesThere[axis - from.length + stated.length] === 1;
  });
  return shrinks ? wrong("only axes of size 1 are repeated; -1 keeps a size") : undefined;
}

export const expand = defineLayer({
  kind: "expand",
  category: "shape",
  summary: "Repeats a tensor along its axes of size 1, and along new ones before them.",
  source: "PyTorch torch.Tensor.expand; ONNX Expand",
  inputs: ["x"],
  parameters: {
    shape: shapeParameter({ doc: "The new sizes; -1 keeps the size of an axis." }),
  },
  weights: noWeights,
  shape: ({ shape: stated }, [x]) =>
    wrongSizes(stated, x.shape) ?? broadcast("expand", [x, tensorType(target(stated, x.shape))]),
  receptiveField: ({ shape: stated }, [{ shape }]) => {
    const same = shape.length === stated.length && shape.every((size) => size !== 1);
    return same ? "point" : "global";
  },
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => {
    const y = zeros(target(attributes.shape, x.shape).map(known));
    y.data.forEach((_, at) => {
      y.data[at] = x.data[broadcastPosition(at, x.shape, y.shape)];
    });
    return { outputs: [y] };
  },
  gradient: {
    backward: ({ inputs: [x], outputGradients: [dy] }) => {
      const dx = zeros(x.shape);
      dy.data.forEach((gradient, at) => {
        dx.data[broadcastPosition(at, x.shape, dy.shape)] += gradient;
      });
      return { inputs: [dx], weights: {} };
    },
  },
  tolerance: 0,
  onnx: ({ inputs: [x], shapes: [shape] }) => op("Expand", [x, sizes(...shape)]),
  lowering: {
    families: ["elementwise"],
    operation: () => ({ family: "elementwise", element: argument(0) }),
  },
});
