/** Arithmetic of sizes: every operation returns a normal form. */
import {
  type Dim,
  type Polynomial,
  type Term,
  type Variable,
  constantOf,
  floorQuotient,
  isKnown,
  plus,
  sumOf,
  termOf,
  termsOf,
} from "./polynomial.ts";
import { gcd } from "./gcd.ts";

/** What a `where` clause says of one name. */
export interface NameFacts {
  readonly divisor?: number;
  /** The remainder on division by `divisor`. */
  readonly offset?: number;
  readonly min?: number;
  readonly max?: number;
}

/** The size called `name`: any integer of at least 1 unless `facts` say more. */
export function named(name: string, facts: NameFacts = {}): Dim {
  const divisor = facts.divisor ?? 1;
  const offset = floorMod(facts.offset ?? 0, divisor);
  // The bounds are moved to sizes that the remainder allows, so that `H % 4 == 0` and
  // `H % 4 == 0, H >= 3` are one variable.
  const min = Math.ceil(((facts.min ?? 1) - offset) / divisor) * divisor + offset;
  const max = Math.floor(((facts.max ?? Infinity) - offset) / divisor) * divisor + offset;
  if (min === max) return min;
  const least = floorMod(offset - 1, divisor) + 1;
  const range = (min === least ? "" : `>=${min}`) + (max === Infinity ? "" : `<=${max}`);
  const key = (divisor === 1 ? name : `(${name}-${offset})/${divisor}`) + range;
  const variable: Variable = { kind: "variable", name, divisor, offset, min, max, key };
  return sumOf(offset, [termOf(divisor, [variable])]);
}

export function add(...dims: readonly Dim[]): Dim {
  return sum(dims);
}

export function sum(dims: readonly Dim[]): Dim {
  let constant = 0;
  const symbolic: Polynomial[] = [];
  for (const dim of dims) {
    if (isKnown(dim)) constant += dim;
    else symbolic.push(dim);
  }
  if (symbolic.length <= 1) return plus(symbolic[0] ?? 0, constant);
  const constants = symbolic.reduce((total, dim) => total + dim.constant, constant);
  return sumOf(
    constants,
    symbolic.flatMap((dim) => dim.terms),
  );
}

export function sub(a: Dim, b: Dim): Dim {
  return add(a, mul(-1, b));
}

export function mul(...dims: readonly Dim[]): Dim {
  return product(dims);
}

export function product(dims: readonly Dim[]): Dim {
  return dims.reduce(mulTwo, 1);
}

function mulTwo(a: Dim, b: Dim): Dim {
  if (isKnown(a)) return scaled(b, a);
  if (isKnown(b)) return scaled(a, b);
  const terms = a.terms.flatMap((left) =>
    b.terms.map((right) =>
      termOf(left.coefficient * right.coefficient, [...left.factors, ...right.factors]),
    ),
  );
  const byConstants = [scaled({ ...a, constant: 0 }, b.constant), scaled(b, a.constant)];
  return add(sumOf(0, terms), ...byConstants);
}

function scaled(dim: Dim, factor: number): Dim {
  return sumOf(
    constantOf(dim) * factor,
    termsOf(dim).map((term) => ({ ...term, coefficient: term.coefficient * factor })),
  );
}

/** `floor(dim / divisor)`, rounding towards minus infinity; `divisor` is a positive integer. */
export function floorDiv(dim: Dim, divisor: number): Dim {
  if (!Number.isInteger(divisor) || divisor < 1) {
    throw new RangeError(`floorDiv needs a positive integer divisor, got ${divisor}`);
  }
  if (divisor === 1) return dim;
  if (isKnown(dim)) return Math.floor(dim / divisor);
  const whole: Term[] = [];
  const rest: Term[] = [];
  for (const term of dim.terms) {
    const quotient = Math.floor(term.coefficient / divisor);
    whole.push({ ...term, coefficient: quotient });
    rest.push({ ...term, coefficient: term.coefficient - quotient * divisor });
  }
  const wholeConstant = Math.floor(dim.constant / divisor);
  const restConstant = dim.constant - wholeConstant * divisor;
  return add(sumOf(wholeConstant, whole), floorOfRest(sumOf(restConstant, rest), divisor));
}

/** The floor of a sum whose coefficients all lie in `[0, divisor)`. */
function floorOfRest(numerator: Dim, divisor: number): Dim {
  if (isKnown(numerator)) return Math.floor(numerator / divisor);
  const common = numerator.terms.reduce((g, term) => gcd(g, term.coefficient), divisor);
  if (common > 1) {
    const terms = numerator.terms.map((t) => ({ ...t, coefficient: t.coefficient / common }));
    return floorDiv(sumOf(Math.floor(numerator.constant / common), terms), divisor / common);
  }
  return (
    floorOfFloor(numerator, divisor) ?? sumOf(0, [termOf(1, [floorQuotient(numerator, divisor)])])
  );
}

/** `floor((floor(a / m) + b) / d) = floor((a + m·b) / (m·d))` for every integer `b`. */
function floorOfFloor(numerator: Polynomial, divisor: number): Dim | undefined {
  for (const term of numerator.terms) {
    const [inner] = term.factors;
    if (term.coefficient === 1 && term.factors.length === 1 && inner.kind === "floor") {
      const others = numerator.terms.filter((other) => other !== term);
      const rest = mul(inner.divisor, sumOf(numerator.constant, others));
      return floorDiv(add(inner.numerator, rest), inner.divisor * divisor);
    }
  }
  return undefined;
}

/** `ceil(dim / divisor)` for a positive integer `divisor`. */
export function ceilDiv(dim: Dim, divisor: number): Dim {
  return floorDiv(add(dim, divisor - 1), divisor);
}

/** The remainder in `[0, divisor)` for a positive integer `divisor`. */
export function mod(dim: Dim, divisor: number): Dim {
  return sub(dim, mul(divisor, floorDiv(dim, divisor)));
}

function floorMod(a: number, b: number): number {
  return a - Math.floor(a / b) * b;
}
