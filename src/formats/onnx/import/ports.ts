/** Inputs and outputs of a model: what is taken as one, and whether it is what the model declares. */
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { type Bindings, type Dim, formatShape, isKnown, named } from "../../../graph/dim.ts";
import { excerpt } from "../../excerpt.ts";
import type { Port } from "./model.ts";
import type { SizeNames } from "./names.ts";
import { MOST_AXES } from "./tensor-data.ts";

const FLOATS: ReadonlySet<string> = new Set(["FLOAT", "FLOAT16", "DOUBLE", "BFLOAT16"]);

/**
 * The shape of an input of floats, with names for its open sizes.
 * @param sizes values for named sizes
 */
export function inputShape(
  { name: input, type, shape }: Port,
  sizes: Bindings,
  names: SizeNames,
): { readonly dims: readonly Dim[] } | Problem {
  const refuse = (reason: string, remedy: string): Problem =>
    problem("CNN6012", { input: excerpt(input), reason, remedy });
  if (!FLOATS.has(type)) {
    return refuse(
      `it is of the type ${type}, not a tensor of floats`,
      "cast it to floats outside of the network, or store it as an initializer",
    );
  }
  if (shape === undefined) {
    return refuse("its number of axes is not stated", "export with an example input");
  }
  if (shape.length > MOST_AXES) {
    return refuse(`it has ${shape.length} axes`, `tensors have at most ${MOST_AXES}`);
  }
  const wrong = shape.find(
    (size) => typeof size === "number" && (size < 1 || !Number.isSafeInteger(size)),
  );
  if (wrong !== undefined) {
    return refuse(`a size of ${wrong} leaves nothing`, "sizes are at least 1, or names");
  }
  const dims = shape.map((size, axis) => {
    if (typeof size === "number") return size;
    const name = names.nameOf(size, axis, shape.length);
    return Object.hasOwn(sizes, name) ? sizes[name] : named(name);
  });
  return { dims };
}

/** Of an output that is of another shape than the model declares. */
export function otherShape({ name, shape }: Port, computed: readonly Dim[]): Problem | undefined {
  const differs =
    shape !== undefined &&
    (shape.length !== computed.length ||
      shape.some((size, axis) => {
        const own = computed[axis];
        return typeof size === "number" && isKnown(own) && size !== own;
      }));
  if (!differs) return undefined;
  const declared = `[${shape.map((size) => excerpt(String(size ?? "?"))).join(", ")}]`;
  const facts = { value: excerpt(name), declared, computed: formatShape(computed) };
  return problem("CNN6014", facts);
}
