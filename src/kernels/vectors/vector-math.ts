/**
 * Exponential, logarithm and their kin on vectors, by minimax polynomials and quotients of
 * such; the logarithm's is that of Cephes (S. Moshier). Errors are the largest found over a dense
 * sweep of float32 arguments, relative to the true value unless said otherwise
 * (`test/kernels/vector-math.test.ts`).
 */
import type { KernelBuilder } from "../ir/builder.ts";
import {
  ROUNDING,
  type Vector,
  abs,
  add,
  constant,
  divide,
  equal,
  exponent,
  floor,
  fma,
  less,
  lessOrEqual,
  mantissa,
  max,
  min,
  multiply,
  scale,
  select,
  sqrt,
  subtract,
} from "../ir/ir.ts";

const one = constant(1);

/** `Σ coefficients[i] · x^(n-1-i)`, highest power first (Horner). */
function polynomial(x: Vector, coefficients: readonly number[]): Vector {
  const [first, ...rest] = coefficients;
  return rest.reduce<Vector>((sum, c) => fma(sum, x, constant(c)), constant(first));
}

/** ln 2 in two parts, so that n·ln 2 is subtracted without loss. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

/** Coefficients of e^r for |r| ≤ ln 2 / 2: a minimax fit of relative error 1e-7. */
const EXP = [
  8.312501013278961e-3, 4.1890330612659454e-2, 1.6667115688323975e-1, 4.99992311000824e-1, 1, 1,
];

/** Farther from 0 results would not be normal numbers. */
const EXP_LIMIT = 87;

/** e^x with error 3e-7; arguments beyond ±87 count as ±87. */
export function exp(b: KernelBuilder, x: Vector): Vector {
  return expUpTo(b, min(x, constant(EXP_LIMIT)));
}

/** As `exp`, of arguments that are at most 87. */
export function expUpTo(b: KernelBuilder, x: Vector): Vector {
  return expOfProduct(b, max(x, constant(-EXP_LIMIT)), 1);
}

/** e^-x as exact as `exp`: a negation is three instructions on x86. */
export function expOfNegated(b: KernelBuilder, x: Vector): Vector {
  const bounded = max(min(x, constant(EXP_LIMIT)), constant(-EXP_LIMIT));
  return expOfProduct(b, bounded, -1);
}

/** e^(sign · x) of |x| ≤ 87. */
function expOfProduct(b: KernelBuilder, x: Vector, sign: 1 | -1): Vector {
  const value = b.let(x);
  const rounded = b.let(fma(value, constant(sign * Math.LOG2E), constant(ROUNDING)));
  const n = b.let(subtract(rounded, constant(ROUNDING)));
  const high = fma(n, constant(-sign * LN2_HIGH), value);
  const r = b.let(fma(n, constant(-sign * LN2_LOW), high));
  const coefficients = EXP.map((c, i) => c * sign ** (EXP.length - 1 - i));
  return scale(polynomial(r, coefficients), rounded);
}

/** As `EXP` for 2^r, highest power first. */
export const EXP2 = EXP.map((c, i) => c * Math.LN2 ** (EXP.length - 1 - i));

/** By how much what `expOfDifference` gives is larger than an exponential. */
export const EXP_FACTOR = 1 / EXP2[0];

/** A polynomial whose first coefficient is 1 needs no product by it. */
const SCALED_EXP2 = EXP2.map((c) => c * EXP_FACTOR);

/**
 * `EXP_FACTOR · e^x` of arguments that are at most 0, for sums and ratios. Two operations less
 * than `expUpTo`, and an error of 2e-7 + 1e-7 · |x|: differences of float32 numbers are no more
 * exact themselves.
 */
export function expOfDifference(b: KernelBuilder, x: Vector): Vector {
  const bounded = b.let(max(x, constant(-EXP_LIMIT)));
  const rounded = b.let(fma(bounded, constant(Math.LOG2E), constant(ROUNDING)));
  const r = b.let(fma(bounded, constant(Math.LOG2E), subtract(constant(ROUNDING), rounded)));
  const [, second, ...rest] = SCALED_EXP2;
  const start = add(r, constant(second));
  return scale(
    rest.reduce<Vector>((sum, c) => fma(sum, r, constant(c)), start),
    rounded,
  );
}

/** Coefficients of (log(1 + f) - f + f²/2) / f³ for 1 + f in [√½, √2]; Cephes logf. */
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];

/** log x of normal positive x, with error 2e-7 relative or absolute, whichever is larger. */
export function log(b: KernelBuilder, x: Vector): Vector {
  const value = b.let(x);
  const m = b.let(mantissa(value));
  const high = less(constant(Math.SQRT2), m);
  const f = b.let(subtract(select(high, multiply(m, constant(0.5)), m), one));
  const e = b.let(add(exponent(value), select(high, one, constant(0))));
  const square = b.let(multiply(f, f));
  const cubic = multiply(multiply(polynomial(f, LOG), f), square);
  const small = fma(e, constant(LN2_LOW), fma(square, constant(-0.5), cubic));
  return fma(e, constant(LN2_HIGH), add(f, small));
}

/** log(1 + x) for x ≥ 0, exact in x where 1 + x rounds. */
export function log1p(b: KernelBuilder, x: Vector): Vector {
  const value = b.let(x);
  const sum = b.let(add(one, value));
  const lost = subtract(value, subtract(sum, one));
  return add(log(b, sum), divide(lost, sum));
}

/** A minimax fit of tanh x / x by polynomials in x², of relative error 3e-8 up to the bound. */
const TANH = {
  bound: 8.5,
  above: [
    2.07239671e-11, -1.37189493e-8, 9.57374733e-6, 2.95387846e-3, 1.29498919e-1, 9.99999966e-1,
  ],
  below: [2.32703336e-4, 2.38983026e-2, 4.62831952e-1, 1],
};

/** tanh x with error 4e-7. */
export function tanh(b: KernelBuilder, x: Vector): Vector {
  return oddQuotient(b, x, TANH);
}

/** As `TANH` for erf x / x, of relative error 5e-8. */
const ERF = {
  bound: 3.92,
  above: [
    1.99242472e-8, -1.95783133e-6, 1.41849641e-4, 3.70157835e-3, 5.0573235e-2, 1.99923802e-1,
    1.12837911,
  ],
  below: [9.56031215e-4, 1.43531428e-2, 1.14998116e-1, 5.10509512e-1, 1],
};

/** The error function with error 4e-7. */
export function erf(b: KernelBuilder, x: Vector): Vector {
  return oddQuotient(b, x, ERF);
}

/** `x · above(x²) / below(x²)`; arguments beyond the bound count as the bound. */
function oddQuotient(b: KernelBuilder, x: Vector, { bound, above, below }: typeof TANH): Vector {
  const value = b.let(min(max(x, constant(-bound)), constant(bound)));
  const square = b.let(multiply(value, value));
  const numerator = multiply(value, polynomial(square, above));
  return b.let(divide(numerator, polynomial(square, below)));
}

/** π/2 in three parts of 12 bits or more, so that n·π/2 is subtracted without loss. */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8];

/** A little over π/4: what is left of an angle, unless it is too large for its digits. */
const MOST = 0.79;

/** Coefficients of (sin r / r - 1) / r² in r² for |r| ≤ π/4; Cephes sinf. */
const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1];
/** Coefficients of (cos r - 1 + r²/2) / r⁴ in r² for |r| ≤ π/4; Cephes cosf. */
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2];

/** sin x with error 2e-7 up to |x| = 8192; the farther beyond, the less of the angle is left. */
export function sin(b: KernelBuilder, x: Vector): Vector {
  return wave(b, x, 0);
}

/** cos x, as exact as `sin`. */
export function cos(b: KernelBuilder, x: Vector): Vector {
  return wave(b, x, 1);
}

/** sin(x + quarters·π/2): x is reduced to r within π/4 of a multiple of π/2. */
function wave(b: KernelBuilder, x: Vector, quarters: number): Vector {
  const value = b.let(x);
  const rounded = fma(value, constant(2 / Math.PI), constant(ROUNDING));
  const n = b.let(subtract(rounded, constant(ROUNDING)));
  const rest = HALF_PI.reduce((left, part) => fma(n, constant(-part), left), value);
  const r = b.let(max(min(rest, constant(MOST)), constant(-MOST)));
  const square = b.let(multiply(r, r));
  const sine = fma(multiply(polynomial(square, SIN), square), r, r);
  const half = fma(square, constant(-0.5), one);
  const cosine = fma(multiply(polynomial(square, COS), square), square, half);
  // Which quarter of a turn: 0 … 3.
  const turned = b.let(add(n, constant(quarters)));
  const quarter = b.let(fma(floor(multiply(turned, constant(0.25))), constant(-4), turned));
  const odd = subtract(quarter, multiply(constant(2), floor(multiply(quarter, constant(0.5)))));
  const size = b.let(select(equal(odd, one), cosine, sine));
  return select(lessOrEqual(constant(2), quarter), subtract(constant(0), size), size);
}

/** Coefficients of (asin r / r - 1) / r² in r² for |r| ≤ 1/2; Cephes asinf. */
const ASIN = [4.216399048e-2, 2.4181311049e-2, 4.5470025998e-2, 7.4953002686e-2, 1.6666752422e-1];

/** asin x of |x| ≤ 1 with error 3e-7: beyond 1/2 by π/2 - 2·asin √((1 - x) / 2). */
export function asin(b: KernelBuilder, x: Vector): Vector {
  const value = b.let(x);
  const size = b.let(abs(value));
  const far = less(constant(0.5), size);
  const below = multiply(subtract(one, size), constant(0.5));
  const square = b.let(select(far, below, multiply(size, size)));
  const r = b.let(select(far, sqrt(square), size));
  const near = b.let(fma(multiply(polynomial(square, ASIN), square), r, r));
  const result = select(far, fma(near, constant(-2), constant(Math.PI / 2)), near);
  return withSign(b, result, value);
}

/** Coefficients of (atan r / r - 1) / r² in r² for |r| ≤ tan π/8; Cephes atanf. */
const ATAN = [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1];
const TAN_OF_EIGHTH = Math.SQRT2 - 1;

/** atan x with error 3e-7: beyond tan π/8 and tan 3π/8 as the angle left to π/4 and π/2. */
export function atan(b: KernelBuilder, x: Vector): Vector {
  const value = b.let(x);
  const size = b.let(abs(value));
  const [far, middle] = [
    less(constant(1 / TAN_OF_EIGHTH), size),
    less(constant(TAN_OF_EIGHTH), size),
  ];
  const turned = select(middle, divide(subtract(size, one), add(size, one)), size);
  const r = b.let(select(far, divide(constant(-1), size), turned));
  const start = select(
    far,
    constant(Math.PI / 2),
    select(middle, constant(Math.PI / 4), constant(0)),
  );
  const square = b.let(multiply(r, r));
  const angle = fma(multiply(polynomial(square, ATAN), square), r, r);
  return withSign(b, add(start, angle), value);
}

/** `size` with the sign of `x`. */
function withSign(b: KernelBuilder, size: Vector, x: Vector): Vector {
  const kept = b.let(size);
  return select(less(x, constant(0)), subtract(constant(0), kept), kept);
}
