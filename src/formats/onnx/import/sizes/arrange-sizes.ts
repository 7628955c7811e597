/** Shape arithmetic that only takes numbers out, puts them together, or gives them another shape. */
import { sizeOf } from "../../../../graph/tensor.ts";
import { type Fold, MOST, type Sizes, type SizesCall, stretched, stretchedValue } from "./sizes.ts";

export const arrangements: Readonly<Record<string, Fold>> = {
  Identity: ({ inputs: [x] }) => x,
  Concat: foldConcat,
  Expand: foldExpand,
  Gather: foldGather,
  Reshape: foldReshape,
  Slice: foldSlice,
  Squeeze: foldSqueeze,
  Transpose: foldTranspose,
  Unsqueeze: foldUnsqueeze,
};

/** The numbers at other places: `source` gives the place in `x` of each of the result. */
function arranged(
  x: Sizes,
  shape: readonly number[],
  source: (at: readonly number[]) => readonly number[],
): Sizes | undefined {
  if (sizeOf(shape) > MOST) return undefined;
  const values = Array.from({ length: sizeOf(shape) }, (_, place) => {
    const at = placesOf(place, shape);
    return x.values[source(at).reduce((sum, i, axis) => sum * x.shape[axis] + i, 0)];
  });
  return { ...x, shape, values };
}

/** The place along each axis. */
function placesOf(place: number, shape: readonly number[]): readonly number[] {
  const at: number[] = [];
  let rest = place;
  for (const size of shape.toReversed()) {
    at.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return at;
}

/** Of an operand; undefined where a named size is among them. */
function numbersOf(sizes: Sizes | undefined): readonly number[] | undefined {
  const numbers = sizes?.values.filter((value) => typeof value === "number");
  return numbers?.length === sizes?.values.length ? numbers : undefined;
}

/** Integers that were an attribute before a version and then an input. */
function intsOf(
  { node, inputs }: SizesCall,
  name: string,
  at: number,
  since: number,
): readonly number[] | undefined {
  if (node.opset >= since) return numbersOf(inputs[at]);
  const attribute = node.attributes.get(name);
  return attribute?.kind === "ints" ? attribute.value : undefined;
}

/** The axis from 0; undefined where there is none. */
function axisOf({ node }: SizesCall, otherwise: number, rank: number): number | undefined {
  const attribute = node.attributes.get("axis");
  return fromZero(attribute?.kind === "int" ? attribute.value : otherwise, rank);
}

function fromZero(axis: number, rank: number): number | undefined {
  if (!(axis >= -rank && axis < rank)) return undefined;
  return axis < 0 ? axis + rank : axis;
}

/** All of the axes from 0; undefined where one does not exist. */
function allFromZero(axes: readonly number[], rank: number): readonly number[] | undefined {
  const found = axes.map((axis) => fromZero(axis, rank)).filter((axis) => axis !== undefined);
  return found.length === axes.length ? found : undefined;
}

function foldConcat(call: SizesCall): Sizes | undefined {
  const parts = call.inputs.filter((input) => input !== undefined);
  const [first] = parts;
  if (first === undefined || parts.length < call.inputs.length) return undefined;
  const axis = axisOf(call, first.shape.length === 1 ? 0 : 1, first.shape.length);
  if (axis === undefined) return undefined;
  const beside = (shape: readonly number[]): string => shape.toSpliced(axis, 1).join();
  if (parts.some(({ shape }) => shape.length !== first.shape.length)) return undefined;
  if (parts.some(({ shape }) => beside(shape) !== beside(first.shape))) return undefined;
  const rows = sizeOf(first.shape.slice(0, axis));
  const values = Array.from({ length: rows }, (_, row) =>
    parts.flatMap((part) => {
      const length = part.values.length / rows;
      return part.values.slice(row * length, (row + 1) * length);
    }),
  ).flat();
  const size = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  const float = parts.some((part) => part.float);
  return { shape: first.shape.with(axis, size), values, float };
}

function foldExpand({ inputs: [x, target] }: SizesCall): Sizes | undefined {
  const stated = numbersOf(target);
  if (x === undefined || stated === undefined || sizeOf(stated) > MOST) return undefined;
  const shape = stretched([x, { shape: stated, values: [], float: false }]);
  if (shape === undefined) return undefined;
  const values = Array.from({ length: sizeOf(shape) }, (_, place) =>
    stretchedValue(x, place, shape),
  );
  return { ...x, shape, values };
}

function foldGather(call: SizesCall): Sizes | undefined {
  const [x, indices] = call.inputs;
  const places = numbersOf(indices);
  if (x === undefined || indices === undefined || places === undefined) return undefined;
  const axis = axisOf(call, 0, x.shape.length);
  if (axis === undefined) return undefined;
  const rows = allFromZero(places, x.shape[axis]);
  if (rows === undefined) return undefined;
  const rank = indices.shape.length;
  const shape = x.shape.toSpliced(axis, 1, ...indices.shape);
  return arranged(x, shape, (at) => {
    const place = at
      .slice(axis, axis + rank)
      .reduce((sum, i, own) => sum * indices.shape[own] + i, 0);
    return at.toSpliced(axis, rank, rows[place]);
  });
}

/** A size of -1 is what is left, and 0 that of the input. */
function foldReshape(call: SizesCall): Sizes | undefined {
  const { node, inputs } = call;
  const [x] = inputs;
  const stated = intsOf(call, "shape", 1, 5);
  if (x === undefined || stated === undefined) return undefined;
  const keeps = node.attributes.get("allowzero");
  const given = stated.map((size, axis) =>
    size === 0 && (keeps?.kind !== "int" || keeps.value === 0) ? (x.shape[axis] ?? 0) : size,
  );
  const open = given.indexOf(-1);
  const rest = open < 0 ? 1 : x.values.length / sizeOf(given.toSpliced(open, 1));
  const shape = open < 0 ? given : given.with(open, rest);
  const fits = shape.every((size) => Number.isInteger(size) && size >= 0);
  return fits && sizeOf(shape) === x.values.length ? { ...x, shape } : undefined;
}

function foldSlice(call: SizesCall): Sizes | undefined {
  const [x] = call.inputs;
  const starts = intsOf(call, "starts", 1, 10);
  const ends = intsOf(call, "ends", 2, 10);
  if (x === undefined || starts === undefined || ends === undefined) return undefined;
  const given = intsOf(call, "axes", 3, 10) ?? starts.map((_, at) => at);
  const steps = intsOf(call, "steps", 4, 10) ?? starts.map(() => 1);
  const axes = allFromZero(given, x.shape.length);
  const isList = [ends, given, steps].every(({ length }) => length === starts.length);
  if (axes === undefined || !isList || steps.includes(0)) return undefined;
  const rows = x.shape.map((size) => Array.from({ length: size }, (_, at) => at));
  axes.forEach((axis, at) => {
    rows[axis] = taken(x.shape[axis], starts[at], ends[at], steps[at]);
  });
  const shape = rows.map(({ length }) => length);
  return arranged(x, shape, (at) => at.map((i, axis) => rows[axis][i]));
}

/** The places from start to end, which may lie beyond both ends of the axis. */
function taken(size: number, start: number, end: number, step: number): number[] {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamped = (place: number): number =>
    Math.max(low, Math.min(high, place < 0 ? place + size : place));
  const [from, to] = [clamped(start), clamped(end)];
  const length = Math.max(0, Math.ceil((to - from) / step));
  return Array.from({ length }, (_, at) => from + at * step);
}

function foldSqueeze(call: SizesCall): Sizes | undefined {
  const [x] = call.inputs;
  if (x === undefined) return undefined;
  const ones = x.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  const axes = allFromZero(intsOf(call, "axes", 1, 13) ?? ones, x.shape.length);
  if (axes === undefined || axes.some((axis) => x.shape[axis] !== 1)) return undefined;
  return { ...x, shape: x.shape.filter((_, axis) => !axes.includes(axis)) };
}

function foldTranspose({ node, inputs: [x] }: SizesCall): Sizes | undefined {
  if (x === undefined) return undefined;
  const perm = node.attributes.get("perm");
  const axes = Array.from(x.shape.keys());
  const order = perm?.kind === "ints" ? perm.value : axes.toReversed();
  const isOrder = order.length === axes.length && axes.every((axis) => order.includes(axis));
  if (!isOrder) return undefined;
  const shape = order.map((axis) => x.shape[axis]);
  return arranged(x, shape, (at) => axes.map((axis) => at[order.indexOf(axis)]));
}

function foldUnsqueeze(call: SizesCall): Sizes | undefined {
  const [x] = call.inputs;
  const given = intsOf(call, "axes", 1, 13);
  if (x === undefined || given === undefined) return undefined;
  const rank = x.shape.length + given.length;
  const axes = allFromZero(given, rank)?.toSorted((a, b) => a - b);
  if (axes === undefined || new Set(axes).size < axes.length) return undefined;
  const shape = axes.reduce<readonly number[]>(
    (sizes, axis) => sizes.toSpliced(axis, 0, 1),
    x.shape,
  );
  return { ...x, shape };
}
