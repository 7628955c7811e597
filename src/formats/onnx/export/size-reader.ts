/**
 * Sizes that are not known when a model is written, as operators that compute them from the
 * shapes of its inputs: `H / 2` is read off the image and halved.
 */
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import { typeOf } from "../../../graph/access.ts";
import { type Atom, type Dim, type Term, type Variable, isKnown } from "../../../graph/dim.ts";
import type { Graph } from "../../../graph/graph.ts";
import { type OnnxTensor, type OnnxValue, int64s, op } from "../../../layers/onnx.ts";

/** Where a variable can be read: the axis holds `constant + coefficient · variable`. */
interface Place {
  readonly input: OnnxTensor;
  readonly axis: number;
  readonly constant: number;
  readonly coefficient: number;
}

export class SizeReader {
  readonly #places = new Map<string, Place>();
  readonly #shapes = new Map<OnnxTensor, OnnxValue>();
  readonly #read = new Map<string, OnnxValue>();

  constructor(graph: Graph, tensors: ReadonlyMap<number, OnnxTensor>) {
    for (const id of graph.inputs) {
      const input = tensors.get(id);
      if (input === undefined) throw new InternalFault(`input ${id} has no name`);
      for (const [axis, size] of typeOf(graph, id).shape.entries()) {
        const place = linear(size);
        if (place === undefined || this.#places.has(place.variable.name)) continue;
        this.#places.set(place.variable.name, { input, axis, ...place });
      }
    }
  }

  canRead({ name }: Variable): boolean {
    return this.#places.has(name);
  }

  /** A vector of int64. */
  vector(sizes: readonly Dim[]): OnnxValue {
    const parts = sizes.map((size) => this.#size(size));
    return parts.length === 1 ? parts[0] : op("Concat", parts, { axis: { int: 0 } });
  }

  /** A vector of one int64. Nothing is computed twice. */
  #size(size: Dim): OnnxValue {
    if (isKnown(size)) return int64s(size);
    const known = this.#read.get(size.key);
    if (known !== undefined) return known;
    const terms = size.terms.map((term) => this.#term(term));
    const parts = size.constant === 0 ? terms : [...terms, int64s(size.constant)];
    const value = parts.reduce((sum, part) => op("Add", [sum, part]));
    this.#read.set(size.key, value);
    return value;
  }

  #term({ coefficient, factors }: Term): OnnxValue {
    const product = factors
      .map((atom) => this.#atom(atom))
      .reduce((left, right) => op("Mul", [left, right]));
    return coefficient === 1 ? product : op("Mul", [product, int64s(coefficient)]);
  }

  /** Numerators are not negative, so that rounding towards zero is rounding down. */
  #atom(atom: Atom): OnnxValue {
    const known = this.#read.get(atom.key);
    if (known !== undefined) return known;
    const value =
      atom.kind === "variable"
        ? this.#variable(atom)
        : op("Div", [this.#size(atom.numerator), int64s(atom.divisor)]);
    this.#read.set(atom.key, value);
    return value;
  }

  #variable(variable: Variable): OnnxValue {
    const place = this.#places.get(variable.name);
    if (place === undefined) throw new InternalFault(`${variable.name} was not looked for`);
    const { input, axis, constant, coefficient } = place;
    const shape = this.#shapes.get(input) ?? op("Shape", [input]);
    this.#shapes.set(input, shape);
    const size = op("Gather", [shape, int64s(axis)]);
    const multiple = constant === 0 ? size : op("Sub", [size, int64s(constant)]);
    return coefficient === 1 ? multiple : op("Div", [multiple, int64s(coefficient)]);
  }
}

interface Linear {
  readonly variable: Variable;
  readonly constant: number;
  readonly coefficient: number;
}

/** A size of one variable alone. */
function linear(size: Dim): Linear | undefined {
  if (isKnown(size) || size.terms.length !== 1) return undefined;
  const [{ coefficient, factors }] = size.terms;
  const [variable] = factors;
  if (factors.length !== 1 || variable.kind !== "variable") return undefined;
  return { variable, constant: size.constant, coefficient };
}
