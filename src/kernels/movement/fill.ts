/** Writes one number to every element of a box. */
import type { KernelBuilder } from "../ir/builder.ts";
import { type Address, at, constant } from "../ir/ir.ts";
import { storeLanes } from "../vectors/lanes.ts";
import { everyVector, moved, sharedPlaces, startPlaces } from "../loops/nest.ts";
import { type Operand, axesOf } from "../loops/operand.ts";

interface Box {
  readonly shape: readonly number[];
  readonly operand: Operand;
  readonly first: Address;
}

/** The loops of a fill within a kernel, shared out among the threads; none for an empty box. */
export function writeFill(
  b: KernelBuilder,
  { shape, operand, first: start }: Box,
  number: number,
  width: number,
): void {
  if (shape.includes(0)) return;
  const axes = axesOf(shape, [operand], operand, width);
  const along = axes.at(-1) ?? { extent: 1, strides: [1] };
  const value = b.let(constant(number));
  const { wholeVectors } = operand;
  const [stride] = along.strides;
  sharedPlaces(b, { axes: axes.slice(0, -1), places: startPlaces([operand]) }, (places, kind) =>
    everyVector(b, kind, { elements: along.extent, width }, (first, lanes) => {
      const [place] = moved(places, along, first);
      const address = at(start.buffer, start.index.plus(place));
      storeLanes(b, address, value, { stride, lanes, width, wholeVectors });
    }),
  );
}
