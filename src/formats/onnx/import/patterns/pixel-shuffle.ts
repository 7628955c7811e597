/** Channels that become pixels, and pixels that become channels, as reshape, transpose and reshape. */
import { isKnown, product, sameDim } from "../../../../graph/dim.ts";
import { orderOf } from "../axis-order/order.ts";
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";
import { VIEWS, unshaped } from "./views.ts";

interface Form {
  readonly kind: "pixel_shuffle" | "pixel_unshuffle";
  readonly mode: "crd" | "dcr";
  /** Where channels, height and width of the input are among the six axes that are transposed. */
  readonly axes: readonly (readonly number[])[];
  /** The axes of both factors. */
  readonly factors: readonly [number, number];
}

/** By the order in which six axes are transposed. */
const FORMS: Readonly<Record<string, Form | undefined>> = {
  "0,1,4,2,5,3": {
    kind: "pixel_shuffle",
    mode: "crd",
    axes: [[1, 2, 3], [4], [5]],
    factors: [2, 3],
  },
  "0,3,4,1,5,2": {
    kind: "pixel_shuffle",
    mode: "dcr",
    axes: [[1, 2, 3], [4], [5]],
    factors: [1, 2],
  },
  "0,1,3,5,2,4": {
    kind: "pixel_unshuffle",
    mode: "crd",
    axes: [[1], [2, 3], [4, 5]],
    factors: [3, 5],
  },
  "0,3,5,1,2,4": {
    kind: "pixel_unshuffle",
    mode: "dcr",
    axes: [[1], [2, 3], [4, 5]],
    factors: [3, 5],
  },
};

export const pixelShuffle: Pattern = {
  name: "pixel_shuffle",
  summary: "[N, C, H, W] as six axes, transposed, and as a map again; and pixel_unshuffle",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (!VIEWS.includes(node.kind)) return undefined;
      const permute = view.made(unshaped(node.outputs[0], view), "permute");
      const form = permute && FORMS[orderOf(permute).join()];
      if (permute === undefined || form === undefined) return undefined;
      const apart = view.shape(permute.inputs[0]);
      const x = unshaped(permute.inputs[0], view);
      const joined = form.axes.map((axes) => product(axes.map((axis) => apart[axis])));
      const isSame = [apart[0], ...joined].every((size, axis) =>
        sameDim(size, view.shape(x)[axis]),
      );
      const [rows, columns] = form.factors.map((axis) => apart[axis]);
      if (view.shape(x).length !== 4 || !isSame || !isKnown(rows) || rows !== columns) {
        return undefined;
      }
      return { kind: form.kind, attributes: { factor: rows, mode: form.mode }, inputs: [x] };
    }),
};
