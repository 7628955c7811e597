/** Puts what users give into the memory of a model's inputs, or says what is wrong with it. */
import { kindOf } from "../../diagnostics/untyped.ts";
import type { SessionTensor, SessionTensors } from "../session.ts";

/**
 * @param model the model's name, for messages
 * @throws TypeError or RangeError where an input is missing, unknown, or not as the model's
 */
export function fillInputs(
  model: string,
  inputs: SessionTensors,
  given: Readonly<Record<string, unknown>>,
): void {
  const names = Object.keys(inputs);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`${model} has no input \`${unknown}\`: it has ${names.join(", ")}`);
  }
  for (const name of names) {
    const what = `input \`${name}\` of ${model}`;
    if (given[name] === undefined) {
      throw new TypeError(`${what} is missing: give ${listed(inputs[name].shape)} numbers`);
    }
    fill(inputs[name], given[name], what);
  }
}

function fill({ shape, data }: SessionTensor, given: unknown, what: string): void {
  const values = valuesOf(shape, given, what);
  if (values.length !== data.length) {
    const wants = `${listed(shape)} are ${data.length}`;
    throw new RangeError(`${what} has ${values.length} numbers: ${wants}`);
  }
  const odd = firstNoNumber(values);
  if (odd !== undefined) throw new TypeError(`${what} holds ${odd}, which is not a number`);
  data.set(values);
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RangeError(`${what} has the value ${values[at]} at position ${at}`);
}

function valuesOf(shape: readonly number[], given: unknown, what: string): ArrayLike<number> {
  if (isArrayLike(given)) return given;
  if (typeof given !== "object" || given === null || !("data" in given)) {
    throw new TypeError(`${what} is ${kindOf(given)}: give a Float32Array, or { shape, data }`);
  }
  const { data } = given;
  if (!isArrayLike(data)) {
    throw new TypeError(`data of ${what} is ${kindOf(data)}: give a Float32Array`);
  }
  const sizes = "shape" in given ? given.shape : undefined;
  if (!isArrayLike(sizes)) throw new TypeError(`${what} has data without a shape`);
  const different =
    sizes.length !== shape.length || shape.some((size, axis) => size !== sizes[axis]);
  if (different) {
    throw new RangeError(`${what} has the shape ${listed(sizes)}: ${listed(shape)} is wanted`);
  }
  return data;
}

/** Texts have a length too. */
function isArrayLike(value: unknown): value is ArrayLike<number> {
  return typeof value === "object" && value !== null && "length" in value;
}

/** Arrays of JavaScript hold anything, typed ones numbers or big integers. */
function firstNoNumber(values: ArrayLike<unknown>): string | undefined {
  const several = ArrayBuffer.isView(values) ? Math.min(1, values.length) : values.length;
  for (let at = 0; at < several; at++) {
    const value = values[at];
    if (typeof value !== "number") return `${kindOf(value)} at position ${at}`;
  }
  return undefined;
}

function listed(shape: ArrayLike<number>): string {
  return `[${Array.from(shape).join(", ")}]`;
}
