/** Where elements stand in row-major data: the arithmetic behind layers that move elements. */

/** The coordinates of the element at a position in the data. */
export function coordinatesOf(position: number, shape: readonly number[]): number[] {
  const coordinates: number[] = Array.from({ length: shape.length }, () => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    coordinates[axis] = position % shape[axis];
    position = Math.floor(position / shape[axis]);
  }
  return coordinates;
}

/** The position in the data of the element at these coordinates. */
export function positionOf(coordinates: readonly number[], shape: readonly number[]): number {
  return shape.reduce((position, size, axis) => position * size + coordinates[axis], 0);
}

/** The shape to which all of these, which the shape rule has checked, are broadcast. */
export function broadcastShape(shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

/**
 * The position in a tensor of shape `from` that is read for an element of a tensor of shape
 * `to`, to which `from` is broadcast: its axes stand last, and those of size 1 stretch.
 */
export function broadcastPosition(
  position: number,
  from: readonly number[],
  to: readonly number[],
): number {
  const own = coordinatesOf(position, to).slice(to.length - from.length);
  return positionOf(
    own.map((coordinate, axis) => (from[axis] === 1 ? 0 : coordinate)),
    from,
  );
}

/** For every line along an axis, the positions of its elements. */
export function* linesAlong(shape: readonly number[], axis: number): Generator<readonly number[]> {
  const inner = shape.slice(axis + 1).reduce((n, size) => n * size, 1);
  const outer = shape.slice(0, axis).reduce((n, size) => n * size, 1);
  const length = shape[axis];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      yield Array.from({ length }, (_, k) => (o * length + k) * inner + i);
    }
  }
}
