/**
 * Tensor sizes as integer expressions. A size is a plain number when it is known, and
 * otherwise a polynomial in named sizes and floor quotients, kept in a normal form so
 * that equal sizes are usually equal texts: `floor((floor((H + 1) / 2) + 1) / 2)` and
 * `floor((H + 3) / 4)` are the same object. Nothing in the compiler compares sizes in
 * any other way.
 *
 * What is known of a name is built into its variable: after `where H % 4 == 0` the size
 * `H` is `4·k` with the variable `k = H / 4`, which makes `H / 2` an exact `2·k`.
 */

/** A tensor size: a known integer, or an expression of named sizes. */
export type Dim = number | Polynomial;

/** `constant + Σ coefficient · Π factors`, terms sorted by key, no zero coefficients. */
export interface Polynomial {
  readonly constant: number;
  readonly terms: readonly Term[];
  /** The normal form as text: equal keys mean equal sizes. */
  readonly key: string;
}

export interface Term {
  readonly coefficient: number;
  readonly factors: readonly Atom[];
  readonly key: string;
}

export type Atom = Variable | FloorQuotient;

/** The integer `(name - offset) / divisor`, where `name` lies in `[min, max]`. */
export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  readonly divisor: number;
  readonly offset: number;
  readonly min: number;
  readonly max: number;
  readonly key: string;
}

/** `floor(numerator / divisor)` with a constant divisor of at least 2. */
export interface FloorQuotient {
  readonly kind: "floor";
  readonly numerator: Polynomial;
  readonly divisor: number;
  readonly key: string;
}

/** What a `where` clause says of one name. */
export interface NameFacts {
  readonly divisor?: number;
  /** The remainder on division by `divisor`. */
  readonly offset?: number;
  readonly min?: number;
  readonly max?: number;
}

/** Values for named sizes, as given by `--set H=224`. */
export type Bindings = Readonly<Record<string, number>>;

/** The size called `name`: any integer of at least 1 unless `facts` say more. */
export function named(name: string, facts: NameFacts = {}): Dim {
  const divisor = facts.divisor ?? 1;
  const offset = facts.offset ?? 0;
  const min = facts.min ?? 1;
  const max = facts.max ?? Infinity;
  const range = (min === 1 ? "" : `>=${min}`) + (max === Infinity ? "" : `<=${max}`);
  const key = (divisor === 1 ? name : `(${name}-${offset})/${divisor}`) + range;
  const atom: Variable = { kind: "variable", name, divisor, offset, min, max, key };
  return sum(offset, [termOf(divisor, [atom])]);
}

export function isKnown(dim: Dim): dim is number {
  return typeof dim === "number";
}

/** True when both sizes have the same normal form, that is, when they are proved equal. */
export function sameDim(a: Dim, b: Dim): boolean {
  return a === b || keyOf(a) === keyOf(b);
}

export function keyOf(dim: Dim): string {
  return typeof dim === "number" ? String(dim) : dim.key;
}

export function add(...dims: readonly Dim[]): Dim {
  let constant = 0;
  const terms: Term[] = [];
  for (const dim of dims) {
    if (typeof dim === "number") constant += dim;
    else {
      constant += dim.constant;
      terms.push(...dim.terms);
    }
  }
  return sum(constant, terms);
}

export function sub(a: Dim, b: Dim): Dim {
  return add(a, mul(-1, b));
}

export function mul(...dims: readonly Dim[]): Dim {
  return dims.reduce(mulTwo, 1);
}

function mulTwo(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a * b;
  if (typeof a === "number" || typeof b === "number") {
    const [factor, dim] = typeof a === "number" ? [a, asPolynomial(b)] : [b, asPolynomial(a)];
    return sum(
      dim.constant * Number(factor),
      dim.terms.map((term) => ({ ...term, coefficient: term.coefficient * Number(factor) })),
    );
  }
  const terms: Term[] = [];
  for (const left of withConstantTerm(a)) {
    for (const right of withConstantTerm(b)) {
      terms.push(
        termOf(left.coefficient * right.coefficient, [...left.factors, ...right.factors]),
      );
    }
  }
  return sum(0, terms);
}

/** `floor(dim / divisor)`, rounding towards minus infinity; `divisor` is a positive integer. */
export function floorDiv(dim: Dim, divisor: number): Dim {
  if (!Number.isInteger(divisor) || divisor < 1) {
    throw new RangeError(`floorDiv needs a positive integer divisor, got ${divisor}`);
  }
  if (divisor === 1) return dim;
  if (typeof dim === "number") return Math.floor(dim / divisor);
  const whole: Term[] = [];
  const rest: Term[] = [];
  for (const term of dim.terms) {
    const quotient = Math.floor(term.coefficient / divisor);
    const remainder = term.coefficient - quotient * divisor;
    if (quotient !== 0) whole.push({ ...term, coefficient: quotient });
    if (remainder !== 0) rest.push({ ...term, coefficient: remainder });
  }
  const wholeConstant = Math.floor(dim.constant / divisor);
  const restConstant = dim.constant - wholeConstant * divisor;
  return add(sum(wholeConstant, whole), floorOfRest(sum(restConstant, rest), divisor));
}

function floorOfRest(numerator: Dim, divisor: number): Dim {
  if (typeof numerator === "number") return Math.floor(numerator / divisor);
  const common = numerator.terms.reduce((g, term) => gcd(g, term.coefficient), divisor);
  if (common > 1) {
    const terms = numerator.terms.map((t) => ({ ...t, coefficient: t.coefficient / common }));
    return floorDiv(sum(Math.floor(numerator.constant / common), terms), divisor / common);
  }
  const [only] = numerator.terms;
  const [inner] = only.factors;
  if (
    numerator.terms.length === 1 &&
    only.coefficient === 1 &&
    only.factors.length === 1 &&
    inner.kind === "floor"
  ) {
    const flattened = add(inner.numerator, inner.divisor * numerator.constant);
    return floorDiv(flattened, inner.divisor * divisor);
  }
  const key = `floor(${numerator.key}/${divisor})`;
  return sum(0, [termOf(1, [{ kind: "floor", numerator, divisor, key }])]);
}

/** `ceil(dim / divisor)` for a positive integer `divisor`. */
export function ceilDiv(dim: Dim, divisor: number): Dim {
  return floorDiv(add(dim, divisor - 1), divisor);
}

/** The remainder in `[0, divisor)` for a positive integer `divisor`. */
export function mod(dim: Dim, divisor: number): Dim {
  return sub(dim, mul(divisor, floorDiv(dim, divisor)));
}

/** `a / b` where the division is exact for all values of the names, otherwise undefined. */
export function divideExactly(a: Dim, b: Dim): Dim | undefined {
  if (typeof b === "number") {
    if (b === 0) return undefined;
    const quotient = floorDiv(b < 0 ? mul(-1, a) : a, Math.abs(b));
    return sameDim(mul(quotient, b), a) ? quotient : undefined;
  }
  if (a === 0) return 0;
  if (sameDim(a, b)) return 1;
  if (b.constant !== 0 || b.terms.length !== 1 || typeof a === "number" || a.constant !== 0) {
    return undefined;
  }
  const [by] = b.terms;
  const terms: Term[] = [];
  for (const term of a.terms) {
    const left = [...term.factors];
    for (const factor of by.factors) {
      const at = left.findIndex((f) => f.key === factor.key);
      if (at < 0) return undefined;
      left.splice(at, 1);
    }
    if (term.coefficient % by.coefficient !== 0) return undefined;
    terms.push(termOf(term.coefficient / by.coefficient, left));
  }
  return sum(0, terms);
}

export function product(dims: readonly Dim[]): Dim {
  return mul(...dims);
}

/** The names that a size depends on, in order of first appearance. */
export function namesIn(dim: Dim, into = new Set<string>()): Set<string> {
  if (typeof dim === "number") return into;
  for (const { factors } of dim.terms) {
    for (const atom of factors) {
      if (atom.kind === "variable") into.add(atom.name);
      else namesIn(atom.numerator, into);
    }
  }
  return into;
}

/**
 * Puts values in for names; names without a value stay.
 * @throws RangeError where a value contradicts a name's `where` facts (check those first)
 */
export function substitute(dim: Dim, bindings: Bindings): Dim {
  if (typeof dim === "number") return dim;
  const parts = dim.terms.map((term) =>
    mul(term.coefficient, ...term.factors.map((atom) => substituteAtom(atom, bindings))),
  );
  return add(dim.constant, ...parts);
}

function substituteAtom(atom: Atom, bindings: Bindings): Dim {
  if (atom.kind === "floor") return floorDiv(substitute(atom.numerator, bindings), atom.divisor);
  if (!Object.hasOwn(bindings, atom.name)) return sum(0, [termOf(1, [atom])]);
  const value = (bindings[atom.name] - atom.offset) / atom.divisor;
  if (!Number.isInteger(value)) {
    throw new RangeError(
      `${atom.name} = ${bindings[atom.name]} does not leave ${atom.offset} on division by ${atom.divisor}`,
    );
  }
  return value;
}

/** The variables in a size, each once. */
export function variablesIn(dim: Dim, into = new Map<string, Variable>()): Map<string, Variable> {
  if (typeof dim === "number") return into;
  for (const { factors } of dim.terms) {
    for (const atom of factors) {
      if (atom.kind === "variable") into.set(atom.name, atom);
      else variablesIn(atom.numerator, into);
    }
  }
  return into;
}

/** An interval that holds every value of the size: `[min, max]`, with infinities. */
export function bounds(dim: Dim): readonly [min: number, max: number] {
  if (typeof dim === "number") return [dim, dim];
  let [min, max] = [dim.constant, dim.constant];
  for (const term of dim.terms) {
    let [low, high] = [term.coefficient, term.coefficient];
    for (const atom of term.factors) {
      const [a, b] = atomBounds(atom);
      const corners = [times(low, a), times(low, b), times(high, a), times(high, b)];
      [low, high] = [Math.min(...corners), Math.max(...corners)];
    }
    min += low;
    max += high;
  }
  return [min, max];
}

function atomBounds(atom: Atom): readonly [number, number] {
  if (atom.kind === "variable") {
    return [
      Math.ceil((atom.min - atom.offset) / atom.divisor),
      Math.floor((atom.max - atom.offset) / atom.divisor),
    ];
  }
  const [min, max] = bounds(atom.numerator);
  return [Math.floor(min / atom.divisor), Math.floor(max / atom.divisor)];
}

function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

/** The size as a person writes it: `2·H`, `H/4`, `floor((H + 1) / 2)`. */
export function formatDim(dim: Dim): string {
  if (typeof dim === "number") return String(dim);
  let { constant } = dim;
  const parts: string[] = [];
  for (const term of dim.terms) {
    const [only] = term.factors;
    const exact = only.kind === "variable" && term.factors.length === 1 && only.offset !== 0;
    if (exact && term.coefficient % only.divisor === 0) {
      const scale = term.coefficient / only.divisor;
      constant -= scale * only.offset;
      parts.push(scaled(scale, 1, only.name));
    } else parts.push(formatTerm(term));
  }
  if (constant !== 0 || parts.length === 0) parts.push(String(constant));
  return parts.join(" + ").replaceAll("+ -", "- ");
}

export function formatShape(shape: readonly Dim[]): string {
  return `[${shape.map(formatDim).join(", ")}]`;
}

function formatTerm(term: Term): string {
  let denominator = 1;
  const factors = term.factors.map((atom) => {
    if (atom.kind === "floor") {
      const text = formatDim(atom.numerator);
      return `floor(${/[ ]/.test(text) ? `(${text})` : text} / ${atom.divisor})`;
    }
    if (atom.offset !== 0) return `((${atom.name} - ${atom.offset})/${atom.divisor})`;
    denominator *= atom.divisor;
    return atom.name;
  });
  const common = gcd(Math.abs(term.coefficient), denominator);
  return scaled(term.coefficient / common, denominator / common, factors.join("·"));
}

function scaled(numerator: number, denominator: number, factors: string): string {
  const sign = numerator < 0 ? "-" : "";
  const head = Math.abs(numerator) === 1 ? "" : `${Math.abs(numerator)}·`;
  return sign + head + factors + (denominator === 1 ? "" : `/${denominator}`);
}

function asPolynomial(dim: Dim): Polynomial {
  return typeof dim === "number" ? { constant: dim, terms: [], key: String(dim) } : dim;
}

function withConstantTerm(dim: Polynomial): readonly Term[] {
  return dim.constant === 0 ? dim.terms : [...dim.terms, termOf(dim.constant, [])];
}

function termOf(coefficient: number, factors: readonly Atom[]): Term {
  const sorted = [...factors].sort((a, b) => compareText(a.key, b.key));
  return { coefficient, factors: sorted, key: sorted.map((f) => f.key).join("*") };
}

/** Collects equal terms, drops zeros, sorts; a polynomial without terms is a number. */
function sum(constant: number, terms: readonly Term[]): Dim {
  const byKey = new Map<string, Term>();
  for (const term of terms) {
    if (term.factors.length === 0) constant += term.coefficient;
    else {
      const coefficient = (byKey.get(term.key)?.coefficient ?? 0) + term.coefficient;
      byKey.set(term.key, { ...term, coefficient });
    }
  }
  const kept = [...byKey.values()]
    .filter((term) => term.coefficient !== 0)
    .sort((a, b) => compareText(a.key, b.key));
  if (kept.length === 0) return constant;
  const key = [...kept.map((t) => `${t.coefficient}*${t.key}`), String(constant)].join("+");
  return { constant, terms: kept, key };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return Math.abs(a);
}
