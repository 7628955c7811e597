/** A layer as its reference shows it: how it is called, and what each parameter means. */
import type { AttributeValue } from "../graph/attributes.ts";
import { formatAttribute } from "../graph/print.ts";
import type { Category, Layer } from "./layer.ts";
import type { Parameter } from "./parameters.ts";

export interface ParameterText {
  readonly name: string;
  readonly expects: string;
  readonly doc: string;
  /** Undefined where the argument is required. */
  readonly default: string | undefined;
}

/** As a reader meets them in a network; a new category does not compile without its place. */
const PLACES: Readonly<Record<Category, number>> = {
  convolution: 0,
  linear: 1,
  pooling: 2,
  activation: 3,
  normalization: 4,
  regularization: 5,
  shape: 6,
  resampling: 7,
  arithmetic: 8,
  function: 9,
  source: 10,
};

/** Layers of one kind together, those that most networks have first. */
export function byCategory(
  layers: Iterable<Layer>,
): readonly (readonly [Category, readonly Layer[]])[] {
  const groups = Map.groupBy(layers, ({ category }) => category);
  return [...groups].sort(([a], [b]) => PLACES[a] - PLACES[b]);
}

/** `conv(x, out, kernel, stride: 1, …)`: required arguments by name, others with their default. */
export function signatureOf({ kind, inputs, parameters }: Layer): string {
  const own = Object.entries(parameters).map(([name, parameter]) => {
    const value = defaultText(parameter);
    return value === undefined ? name : `${name}: ${value}`;
  });
  return `${kind}(${[...inputs, ...own].join(", ")})`;
}

export function parameterTexts({ parameters }: Layer): readonly ParameterText[] {
  return Object.entries(parameters).map(([name, parameter]) => ({
    name,
    expects: parameter.expects,
    doc: parameter.doc,
    default: defaultText(parameter),
  }));
}

/**
 * A pair of equal numbers is written as one, `0.16666666666666666` as the fraction that it is; an
 * argument that may be absent is `none`.
 */
function defaultText(parameter: Parameter<AttributeValue>): string | undefined {
  const { default: value } = parameter;
  if (value === undefined) return undefined;
  if (value === null) return "none";
  if (
    typeof value === "number" &&
    Math.round(1 / value) === 1 / value &&
    String(value).length > 8
  ) {
    return `1/${1 / value}`;
  }
  if (Array.isArray(value) && value.length > 0 && value.every((item) => item === value[0])) {
    return formatAttribute(value[0]);
  }
  return formatAttribute(value);
}
