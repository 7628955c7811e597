/** The shapes of problems with names in place of numbers. */
import { type Bindings, named } from "../../src/graph/dim.ts";
import { type TensorType, tensorType } from "../../src/graph/tensor-type.ts";

/** Batch, height and width by name: equal sizes have equal names, a 1 stays for broadcasting. */
export function symbolic(shapes: readonly (readonly number[])[]): {
  types: readonly TensorType[];
  bindings: Bindings;
} {
  const bindings: Record<string, number> = {};
  const types = shapes.map((shape) =>
    tensorType(
      shape.map((size, axis) => {
        if (size === 1 || axis === 1) return size;
        const name = `${axis === 0 ? "N" : "S"}${size}`;
        bindings[name] = size;
        return named(name);
      }),
    ),
  );
  return { types, bindings };
}
