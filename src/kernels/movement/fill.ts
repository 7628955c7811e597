/** Writes one number to every element of a box. */
import type { KernelBuilder } from "../ir/builder.ts";
import { type Address, at, constant } from "../ir/ir.ts";
import { storeLanes } from "../vectors/lanes.ts";
import { type LoopKind, everyPlace, everyVector, moved, startPlaces } from "../loops/nest.ts";
import { type Operand, axesOf } from "../loops/operand.ts";

/** @param to the box's first element */
export function writeFill(
  b: KernelBuilder,
  loop: LoopKind,
  shape: readonly number[],
  operand: Operand,
  to: Address,
  number: number,
  width: number,
): void {
  if (shape.includes(0)) return;
  const axes = axesOf(shape, [operand], operand, width);
  const along = axes.at(-1) ?? { extent: 1, strides: [1] };
  const outer = axes.slice(0, -1);
  const value = b.let(constant(number));
  const { wholeVectors } = operand;
  const [stride] = along.strides;
  const run = (kind: LoopKind, places: ReturnType<typeof startPlaces>): void =>
    everyVector(b, kind, along.extent, width, (first, lanes) => {
      const [place] = moved(places, along, first);
      const address = at(to.buffer, to.index.plus(place));
      storeLanes(b, address, value, { stride, lanes, width, wholeVectors });
    });
  const places = startPlaces([operand]);
  if (outer.length === 0) run(loop, places);
  else everyPlace(b, loop, outer, places, (start) => run("loop", start));
}
