/** The last step of a Winograd convolution: `Aᵀ m A` of the summed products, and the epilogue. */
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import type { KernelBuilder } from "../../builder.ts";
import { finish, loadChannels, storeChannels } from "../../epilogue.ts";
import { type Buffer, type Index, type Vector, add, at, load } from "../../ir.ts";
import type { Layout } from "../../layout.ts";
import type { ConvolutionProblem } from "../problem.ts";
import type { Tiling } from "./blocks.ts";
import { byColumns } from "./linear-forms.ts";
import { type PlaneLayout, planeOf, planesWith } from "./planes.ts";
import type { Tile } from "./walk.ts";

export interface OutputStep {
  readonly b: KernelBuilder;
  readonly problem: ConvolutionProblem;
  readonly tiling: Tiling;
  readonly width: number;
  readonly m: Buffer;
  readonly bias: Buffer | undefined;
  readonly residual: Buffer | undefined;
  readonly output: Buffer;
}

/** Output channels of one vector. */
export interface OutputChannels {
  /** The first, and how many of the lanes are channels. */
  readonly first: Index;
  readonly lanes: number;
  /** Where they stand in a tile of M. */
  readonly inTile: Index;
}

/** One tile and one vector of output channels. */
export function transformOutput(
  step: OutputStep,
  tile: Tile,
  channels: OutputChannels,
  planes: PlaneLayout,
): void {
  const { b, m } = step;
  const { rows, columns } = tile;
  const product = (y: number, x: number): Vector => {
    const of = planesWith(planes, y, x);
    if (of === undefined) throw new InternalFault(`no plane for the point ${y}, ${x}`);
    const from = tile.number(of).times(of.pitch).plus(channels.inTile);
    return b.let(load(at(m, from.plus(planeOf(of, y, x)))));
  };
  const rowMatrix = rows.form.outputTransform.slice(0, rows.outputs);
  const half = range(columns.form.size).map((x) =>
    byColumns(
      b,
      rowMatrix,
      range(rows.form.size).map((y) => product(y, x)),
    ),
  );
  const bias = step.bias ? b.let(load(at(step.bias, channels.first))) : undefined;
  for (const y of range(rows.outputs)) {
    const row = byColumns(
      b,
      columns.form.outputTransform.slice(0, columns.outputs),
      half.map((values) => values[y]),
    );
    row.forEach((value, x) => {
      const sum = bias ? b.let(add(value, bias)) : value;
      storeOutput(step, tile, channels, [y, x], sum);
    });
  }
}

/** The output `(y, x)` of a tile. */
function storeOutput(
  { b, problem, tiling, width, residual: residualBuffer, output }: OutputStep,
  tile: Tile,
  { first, lanes }: OutputChannels,
  [y, x]: readonly [number, number],
  sum: Vector,
): void {
  const { epilogue, groups } = problem;
  const { residual } = epilogue;
  const place = (layout: Layout): Index =>
    tile
      .output(layout)
      .plus(first.times(layout.c))
      .plus(y * tiling.rows.outputStep * layout.h + x * tiling.columns.outputStep * layout.w);
  const added =
    residual && residualBuffer
      ? () => loadChannels(residual, at(residualBuffer, place(residual)), lanes, width)
      : undefined;
  const result = finish(b, epilogue, sum, added);
  // Behind a group's last channel lies the next group's first, or the next pixel.
  const own = groups === 1 ? problem.output : { ...problem.output, wholeVectors: false };
  storeChannels(b, own, at(output, place(own)), result, lanes, width);
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
