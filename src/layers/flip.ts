/** Axes turned round: augmentation at test time, slices that go backwards. */
import { keptAxis } from "../graph/operation.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { int64s, op } from "./onnx.ts";
import { axes } from "./parameters.ts";
import { checkedAxes, fieldAlong, resolveAxes } from "./shared/axes.ts";
import { rearrangement } from "./shared/rearrangement.ts";

export const flip = rearrangement({
  kind: "flip",
  category: "shape",
  summary: "Turns axes round, so that the last place comes first.",
  source: "PyTorch torch.flip; ONNX Slice with steps of -1",
  parameters: { axes: axes({ doc: "The axes that are turned round." }) },
  shape: ({ axes: stated }, { shape }) => {
    const turned = resolveAxes("flip", stated, shape);
    return "code" in turned ? turned : { outputs: [tensorType(shape)], requires: [] };
  },
  receptiveField: ({ axes: stated }, x) => fieldAlong(checkedAxes(stated, x)),
  arrange: ({ axes: stated }, shape) => {
    const turned = checkedAxes(stated, { shape });
    return {
      shape,
      source: (at) => at.map((i, axis) => (turned.includes(axis) ? shape[axis] - 1 - i : i)),
    };
  },
  onnx: ({ attributes, inputs: [x] }) => {
    const turned = checkedAxes(attributes.axes, x);
    const all = (value: number) => int64s(...turned.map(() => value));
    // From the last place to the one before the first, which is out of reach of any index.
    return op("Slice", [x, all(-1), all(-(2 ** 31)), int64s(...turned), all(-1)]);
  },
  families: ["copies"],
  operation: ({ axes: stated }, shape) => {
    const turned = checkedAxes(stated, { shape });
    const box = {
      axes: shape.map((size, axis) => keptAxis(axis, size, turned.includes(axis) ? -1 : 1)),
      from: shape.map((size, axis) => (turned.includes(axis) ? size - 1 : 0)),
      to: shape.map(() => 0),
    };
    return { family: "copies", boxes: [box] };
  },
});
