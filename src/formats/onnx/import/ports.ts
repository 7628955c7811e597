/** Inputs and outputs of a model: what is taken as one, and whether it is what the model declares. */
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { type Bindings, type Dim, formatShape, isKnown, named } from "../../../graph/dim.ts";
import { excerpt } from "../../excerpt.ts";
import { isFloat } from "../../tensors/stored-array.ts";
import type { OnnxGraph, OnnxNode, Port } from "./model.ts";
import type { SizeNames } from "./names.ts";
import { capturedBy } from "./order.ts";
import { MOST_AXES, dtypeOf } from "./tensor-data.ts";

const FLOATS: ReadonlySet<string> = new Set(["FLOAT", "FLOAT16", "DOUBLE", "BFLOAT16"]);

export function isOfFloats({ type }: Port): boolean {
  return FLOATS.has(type);
}

const INTEGERS = /^U?INT(8|16|32|64)$/;

/** Whether the input is of integers, as images of bytes are. */
export function isOfIntegers({ type }: Port): boolean {
  return INTEGERS.test(type);
}

/** So many views of an input, one behind the other, are followed. */
const MOST_VIEWS = 8;
const VIEWS: ReadonlySet<string> = new Set([
  "Identity",
  "Reshape",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

/** Whether the value is cast to floats before anything is computed with it. */
export function isCastAtOnce(value: string, readers: Readers, depth = MOST_VIEWS): boolean {
  const users = readers.get(value) ?? [];
  return (
    users.length > 0 &&
    users.every((node) => {
      if (node === "output" || node.domain !== "" || node.inputs[0] !== value || depth === 0) {
        return false;
      }
      if (!VIEWS.has(node.op)) return isCastToFloats(node);
      return isCastAtOnce(node.outputs[0], readers, depth - 1);
    })
  );
}

/** Who reads each value, branches of nodes and the outputs of the graph included. */
export type Readers = ReadonlyMap<string, readonly (OnnxNode | "output")[]>;

export function readersOf({ nodes, outputs }: OnnxGraph): Readers {
  const readers = new Map<string, (OnnxNode | "output")[]>();
  const note = (value: string, reader: OnnxNode | "output"): void => {
    const known = readers.get(value);
    if (known === undefined) readers.set(value, [reader]);
    else known.push(reader);
  };
  for (const node of nodes) {
    for (const value of new Set([...node.inputs, ...capturedBy(node)])) note(value, node);
  }
  for (const { name } of outputs) note(name, "output");
  return readers;
}

function isCastToFloats({ op, attributes }: OnnxNode): boolean {
  const to = attributes.get("to");
  const dtype = to?.kind === "int" ? dtypeOf(to.value) : undefined;
  return op === "Cast" && dtype !== undefined && isFloat(dtype);
}

/**
 * The shape of an input, with names for its open sizes.
 * @param isTaken whether its elements can be taken as floats
 * @param sizes values for named sizes
 */
export function inputShape(
  { name: input, type, shape }: Port,
  isTaken: boolean,
  sizes: Bindings,
  names: SizeNames,
): { readonly dims: readonly Dim[] } | Problem {
  const refuse = (reason: string, remedy: string): Problem =>
    problem("CNN6012", { input: excerpt(input), reason, remedy });
  if (!isTaken) {
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
    const text = Number(wrong) < 1 ? "leaves nothing" : "is larger than any machine";
    return refuse(`a size of ${wrong} ${text}`, "sizes are at least 1, or names");
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
