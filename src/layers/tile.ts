/** A tensor repeated whole, side by side. */
import { mul } from "../graph/dim.ts";
import { keptAxis } from "../graph/operation.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { int64s, op } from "./onnx.ts";
import { ints } from "./parameters.ts";
import { conflict } from "./shared/arguments.ts";
import { rearrangement } from "./shared/rearrangement.ts";

export const tile = rearrangement({
  kind: "tile",
  category: "shape",
  summary: "Puts copies of a tensor side by side.",
  source: "PyTorch torch.tile; ONNX Tile",
  parameters: { repeats: ints({ doc: "For every axis, how many copies.", min: 1 }) },
  shape: ({ repeats }, { shape }) => {
    if (repeats.length !== shape.length) {
      const text = `${repeats.length} numbers of copies are given for ${shape.length} axes`;
      return conflict("tile", text, "give one for every axis, the batch too", "repeats");
    }
    const sizes = shape.map((size, axis) => mul(size, repeats[axis]));
    return { outputs: [tensorType(sizes)], requires: [] };
  },
  receptiveField: ({ repeats }) => (repeats.slice(2).every((n) => n === 1) ? "point" : "global"),
  arrange: ({ repeats }, shape) => ({
    shape: shape.map((size, axis) => size * repeats[axis]),
    source: (at) => at.map((i, axis) => i % shape[axis]),
  }),
  onnx: ({ attributes: { repeats }, inputs: [x] }) => op("Tile", [x, int64s(...repeats)]),
  families: ["copies"],
  operation: ({ repeats }, shape) => {
    const box = {
      axes: shape.flatMap((size, axis) => [
        { extent: repeats[axis], from: { axis, step: 0 }, to: { axis, step: size } },
        keptAxis(axis, size),
      ]),
      from: shape.map(() => 0),
      to: shape.map(() => 0),
    };
    return { family: "copies", boxes: [box] };
  },
});
