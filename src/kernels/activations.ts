/**
 * The functions that kernels apply to vectors while they are in registers. Each states the
 * largest error of its approximation; the others are exact up to rounding.
 */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { KernelBuilder } from "./builder.ts";
import {
  type Vector,
  abs,
  add,
  constant,
  divide,
  fma,
  less,
  max,
  min,
  multiply,
  negate,
  select,
  subtract,
} from "./ir.ts";
import { erf, exp, expUpTo, log1p, tanh } from "./vector-math.ts";

/** An activation by the name of its layer, with the layer's numbers. */
export interface Activation {
  readonly kind: string;
  readonly parameters?: Readonly<Record<string, number>>;
}

type Apply = (b: KernelBuilder, x: Vector, parameter: (name: string) => number) => Vector;

const zero = constant(0);
const one = constant(1);
const clamp = (x: Vector, low: number, high: number): Vector =>
  min(max(x, constant(low)), constant(high));
/** `max(0, min(6, x + 3)) / 6`. */
const hardSigmoid = (x: Vector): Vector => clamp(fma(x, constant(1 / 6), constant(0.5)), 0, 1);
const sigmoid = (b: KernelBuilder, x: Vector): Vector => divide(one, add(one, exp(b, negate(x))));

/** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), which does not overflow. */
const softplus = (b: KernelBuilder, x: Vector): Vector =>
  add(max(x, zero), log1p(b, expUpTo(b, negate(abs(x)))));

/** `x > 0 ? x : scale·(e^(x / width) - 1)`. */
const exponentialUnit = (b: KernelBuilder, x: Vector, scale: number, width: number): Vector =>
  select(
    less(zero, x),
    x,
    multiply(
      constant(scale),
      subtract(expUpTo(b, multiply(min(x, zero), constant(1 / width))), one),
    ),
  );

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** Φ(x) ≈ (1 + tanh(slope·(x + cubic·x³))) / 2: Hendrycks and Gimpel, 2016. */
const GELU_SLOPE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

const activations: Readonly<Record<string, Apply>> = {
  relu: (_, x) => max(x, zero),
  relu6: (_, x) => clamp(x, 0, 6),
  clip: (_, x, p) => clamp(x, p("min"), p("max")),
  leaky_relu: (_, x, p) => select(less(x, zero), multiply(x, constant(p("negative_slope"))), x),
  sigmoid,
  tanh,
  silu: (b, x) => multiply(x, sigmoid(b, x)),
  elu: (b, x, p) => exponentialUnit(b, x, p("alpha"), 1),
  celu: (b, x, p) => exponentialUnit(b, x, p("alpha"), p("alpha")),
  selu: (b, x) => multiply(constant(SELU_SCALE), b.let(exponentialUnit(b, x, SELU_ALPHA, 1))),
  /** `x·Φ(x)` with the error function, not its tanh approximation. */
  gelu: (b, x) =>
    multiply(
      multiply(constant(0.5), x),
      add(one, erf(b, b.let(multiply(x, constant(Math.SQRT1_2))))),
    ),
  gelu_tanh: (b, x) => {
    const inner = multiply(
      multiply(constant(GELU_SLOPE), x),
      fma(constant(GELU_CUBIC), multiply(x, x), one),
    );
    return multiply(multiply(constant(0.5), x), add(one, tanh(b, inner)));
  },
  softplus: (b, x, p) => {
    const scaled = b.let(multiply(x, constant(p("beta"))));
    const soft = multiply(softplus(b, scaled), constant(1 / p("beta")));
    return select(less(constant(p("threshold")), scaled), x, soft);
  },
  /** tanh(log(1 + e^x)) is the quotient of `e^2x + 2·e^x` and the same plus 2. */
  mish: (b, x) => {
    // Where e^2x would overflow, the quotient has long been 1.
    const power = b.let(expUpTo(b, min(x, constant(40))));
    const square = b.let(fma(power, power, add(power, power)));
    return multiply(x, divide(square, add(square, constant(2))));
  },
  softsign: (_, x) => divide(x, add(one, abs(x))),
  hard_sigmoid: (_, x) => hardSigmoid(x),
  hard_swish: (_, x) => multiply(x, hardSigmoid(x)),
  add_scalar: (_, x, p) => add(x, constant(p("scalar"))),
  sub_scalar: (_, x, p) => subtract(x, constant(p("scalar"))),
  mul_scalar: (_, x, p) => multiply(x, constant(p("scalar"))),
  div_scalar: (_, x, p) => divide(x, constant(p("scalar"))),
  rsub_scalar: (_, x, p) => subtract(constant(p("scalar")), x),
  rdiv_scalar: (_, x, p) => divide(constant(p("scalar")), x),
};

export const activationKinds: readonly string[] = Object.keys(activations);

/** Applies the activation to a value that has been computed. */
export function applyActivation(
  b: KernelBuilder,
  { kind, parameters = {} }: Activation,
  x: Vector,
): Vector {
  if (!Object.hasOwn(activations, kind)) throw new InternalFault(`no activation ${kind}`);
  return activations[kind](b, b.let(x), (name) => {
    if (!Object.hasOwn(parameters, name)) throw new InternalFault(`${kind} without ${name}`);
    return parameters[name];
  });
}
