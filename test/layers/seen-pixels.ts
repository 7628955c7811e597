/**
 * Which input pixels an output element really sees, found by changing one pixel at a time, and
 * how that compares with the receptive field that a layer declares.
 */
import { expect } from "vitest";
import type { Attributes } from "../../src/graph/attributes.ts";
import { tensorType } from "../../src/graph/tensor-type.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import type { FieldStep, Layer, ReferenceCall } from "../../src/layers/layer.ts";

type Call = ReferenceCall<Attributes>;

interface Pixel {
  readonly row: number;
  readonly column: number;
}

/** An output place: a pixel of a map, or the only place of everything else. */
interface Place extends Pixel {
  readonly sees: readonly Pixel[];
}

/** Up, down, and a little: a maximum, a limit or a bend lets at least one of them through. */
const CHANGES = [100, -100, 0.37];

export function expectField(layer: Layer, call: Call, bound: boolean): void {
  const types = call.inputs.map(({ shape }) => tensorType(shape));
  const field = layer.receptiveField(call.attributes, types);
  const first = call.inputs.at(0)?.shape;
  // Without height and width there is nothing to see but everything.
  if (first?.length !== 4) {
    expect(["point", "global"]).toContain(field);
    return;
  }
  const [{ shape: output }] = layer.reference(call).outputs;
  call.inputs.forEach(({ shape }, input) => {
    if (shape.length !== 4) return;
    // A tensor that stretches has no pixel of its own for each place.
    const stretches = shape[2] !== output[2] || shape[3] !== output[3];
    if (layer.category === "arithmetic" && stretches) return;
    const places = placesSeeing(layer, call, input);
    const whole: Pixel = { row: shape[2], column: shape[3] };
    if (field === "global") expectGlobal(places, whole, bound);
    else expectWindows(layer, call, places, whole, windowOf(field), bound);
  });
}

function expectGlobal(places: readonly Place[], whole: Pixel, bound: boolean): void {
  const seen = places.map(({ sees }) => sees.length);
  if (bound) expect(Math.max(...seen)).toBeLessThanOrEqual(whole.row * whole.column);
  else expect(new Set(seen)).toEqual(new Set([whole.row * whole.column]));
}

type Window = Exclude<FieldStep, string>;

function windowOf(field: "point" | Window): Window {
  return field === "point" ? { size: [1, 1], stride: [1, 1], start: [0, 0] } : field;
}

function expectWindows(
  layer: Layer,
  call: Call,
  places: readonly Place[],
  whole: Pixel,
  { size, stride, start }: Window,
  bound: boolean,
): void {
  // The border of such a map shows pixels of its inside.
  const mirrors = layer.kind === "pad" && call.attributes.mode !== "constant";
  const largest = [0, 0];
  for (const { row, column, sees } of places) {
    const top = Math.floor(start[0] + row * stride[0]);
    const left = Math.floor(start[1] + column * stride[1]);
    const [bottom, right] = [top + size[0] - 1, left + size[1] - 1];
    const inside = top >= 0 && left >= 0 && bottom < whole.row && right < whole.column;
    if (mirrors && !inside) continue;
    const rows = sees.map((pixel) => pixel.row);
    const columns = sees.map((pixel) => pixel.column);
    const seen = [Math.min(...rows), Math.min(...columns), Math.max(...rows), Math.max(...columns)];
    const where = `${layer.kind}: place ${row}, ${column} sees ${seen.join(", ")}`;
    if (sees.length > 0) {
      expect(seen[0], where).toBeGreaterThanOrEqual(top);
      expect(seen[1], where).toBeGreaterThanOrEqual(left);
      expect(seen[2], where).toBeLessThanOrEqual(bottom);
      expect(seen[3], where).toBeLessThanOrEqual(right);
      largest[0] = Math.max(largest[0], seen[2] - seen[0] + 1);
      largest[1] = Math.max(largest[1], seen[3] - seen[1] + 1);
    }
    const wholeSteps = [...stride, ...start].every(Number.isInteger);
    if (inside && wholeSteps && !bound) expect(seen, where).toEqual([top, left, bottom, right]);
  }
  // The size is that of the largest phase; a window larger than the map is cut to it.
  if (!bound) {
    expect(largest).toEqual([Math.min(size[0], whole.row), Math.min(size[1], whole.column)]);
  }
}

/** For every output place the pixels of one input that it depends on. */
function placesSeeing(layer: Layer, call: Call, input: number): readonly Place[] {
  const before = layer.reference(call).outputs;
  const sees = new Map<string, { place: Pixel; pixels: Pixel[] }>();
  for (const output of before) {
    for (const place of placesOf(output)) sees.set(keyOf(place), { place, pixels: [] });
  }
  const [, , height, width] = call.inputs[input].shape;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const touched = new Set(
        CHANGES.flatMap((change) => {
          const changed = withPixel(call.inputs[input], { row, column }, change);
          const inputs = call.inputs.with(input, changed);
          return differing(before, layer.reference({ ...call, inputs }).outputs);
        }),
      );
      for (const key of touched) sees.get(key)?.pixels.push({ row, column });
    }
  }
  return [...sees.values()].map(({ place, pixels }) => ({ ...place, sees: pixels }));
}

/** All channels of the pixel are changed, each by another amount, so that none cancel. */
function withPixel({ shape, data }: Tensor, { row, column }: Pixel, change: number): Tensor {
  const [batch, channels, height, width] = shape;
  const copy = data.slice();
  for (let plane = 0; plane < batch * channels; plane++) {
    copy[(plane * height + row) * width + column] += change * (1 + 0.3 * (plane % channels));
  }
  return { shape, data: copy };
}

function differing(before: readonly Tensor[], after: readonly Tensor[]): readonly string[] {
  return before.flatMap((tensor, at) => {
    const places = placesOf(tensor);
    return [...tensor.data.keys()]
      .filter((position) => tensor.data[position] !== after[at].data[position])
      .map((position) => keyOf(places[position % places.length]));
  });
}

/** In the order of the data of one plane. */
function placesOf({ shape }: Tensor): readonly Pixel[] {
  if (shape.length !== 4) return [{ row: 0, column: 0 }];
  const [, , height, width] = shape;
  return Array.from({ length: height * width }, (_, at) => ({
    row: Math.floor(at / width),
    column: at % width,
  }));
}

function keyOf({ row, column }: Pixel): string {
  return `${row},${column}`;
}
