/**
 * Transposed convolution in ONNX. Its output padding must be less than the stride in onnxruntime,
 * where PyTorch allows it up to the dilation: what is more is cut off less at the end, and what
 * is still more is zeros behind the map.
 */
import type { Pair } from "../../graph/attributes.ts";
import { type OnnxResult, type OnnxTensor, constant, int64s, op } from "../onnx.ts";
import { SPATIAL, type SpatialIndex } from "./map.ts";
import { perChannel } from "./onnx-shape.ts";
import { windowAttributes } from "./onnx-window.ts";
import { type Window, after } from "./window.ts";

export interface TransposedWindow extends Window {
  readonly output_padding: Pair;
}

export function transposedOnnx(
  x: OnnxTensor,
  { weight, bias }: Readonly<Record<string, OnnxTensor>>,
  window: TransposedWindow,
  groups: number,
): OnnxResult {
  const [down, across] = SPATIAL.map(({ index }) => endOf(window, index));
  const [top, left] = window.padding;
  const spread = (added: OnnxTensor | undefined): OnnxResult =>
    op("ConvTranspose", [x, weight, added], {
      ...windowAttributes({ ...window, padding: [top, left, down.cut, across.cut] }),
      output_padding: { ints: [down.added, across.added] },
      group: { int: groups },
    });
  if (down.zeros === 0 && across.zeros === 0) return spread(bias);
  const behind = int64s(0, 0, 0, 0, 0, 0, down.zeros, across.zeros);
  const y = op("Pad", [spread(undefined), behind, constant(0)]);
  return bias === undefined ? y : op("Add", [y, perChannel(bias, x.shape.length)]);
}

/** The end of an axis: pixels cut off, or added by the operator, or put behind it as zeros. */
interface End {
  readonly cut: number;
  readonly added: number;
  readonly zeros: number;
}

function endOf(window: TransposedWindow, axis: SpatialIndex): End {
  const [cut, added, stride] = [
    after(window, axis),
    window.output_padding[axis],
    window.stride[axis],
  ];
  if (added < stride) return { cut, added, zeros: 0 };
  const rest = Math.max(0, added - cut);
  const less = { cut: Math.max(0, cut - added) };
  return rest < stride ? { ...less, added: rest, zeros: 0 } : { ...less, added: 0, zeros: rest };
}
