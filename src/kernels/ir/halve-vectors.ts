/**
 * Writes a kernel of wide vectors as one of vectors half as wide: each operation becomes two
 * neighbouring ones. Engines that fuse such neighbours again (V8 with
 * `--experimental-wasm-revectorize`) run them as one operation of twice the width.
 */
import type { Address, Kernel, Mask, Statement, Variable, Vector } from "./ir.ts";
import { add, at, constant, max, read, shuffle } from "./ir.ts";
import { partsOf } from "./walk.ts";

/** @param width lanes of the vectors of `kernel`, an even number */
export function halveVectors(kernel: Kernel, width: number): Kernel {
  return { ...kernel, body: new Halver(kernel, width / 2).statements(kernel.body) };
}

/** The lower lanes and the upper ones. */
type Half = 0 | 1;
type Halves<T> = readonly [T, T];

class Halver {
  readonly #lanes: number;
  readonly #variables = new Map<Variable, Halves<Variable>>();
  /** Variables whose lanes are all the same, always: one of half the width serves for both. */
  readonly #uniform: ReadonlySet<Variable>;
  #out: Statement[] = [];
  #names = 0;

  constructor({ body }: Kernel, lanes: number) {
    this.#lanes = lanes;
    this.#uniform = uniformVariables(body);
  }

  statements(body: readonly Statement[]): readonly Statement[] {
    const outer = this.#out;
    const inner: Statement[] = [];
    this.#out = inner;
    for (const statement of body) this.#statement(statement);
    this.#out = outer;
    return inner;
  }

  #statement(statement: Statement): void {
    switch (statement.op) {
      case "loop":
      case "lookup":
        this.#out.push({ ...statement, body: this.statements(statement.body) });
        return;
      case "unless": {
        const { masks } = statement;
        const halves = ([0, 1] as const).flatMap((half) => masks.map((m) => this.#mask(m, half)));
        const body = this.statements(statement.body);
        this.#out.push({ ...statement, masks: halves, body });
        return;
      }
      case "assign":
        return this.#assign(statement.variable, statement.value);
      case "store":
        return this.#store(statement.to, statement.value, statement.lanes ?? 2 * this.#lanes);
      case "storeLane": {
        const { value, lane } = statement;
        const half = lane < this.#lanes ? 0 : 1;
        const own = this.#halvesOf(value)[half];
        this.#out.push({ ...statement, value: own, lane: lane - half * this.#lanes });
        return;
      }
      case "prefetch":
      case "barrier":
        this.#out.push(statement);
        return;
      default:
        statement satisfies never;
    }
  }

  #assign(variable: Variable, value: Vector): void {
    const into = this.#halvesOf(variable);
    if (this.#uniform.has(variable)) {
      this.#out.push({ op: "assign", variable: into[0], value: this.#half(value, 0) });
      return;
    }
    // The upper half of the value may need the lower half of what the variable held before.
    const kept = crossesLanes(value) ? this.#kept(value) : this.#halves(value);
    into.forEach((own, i) => this.#out.push({ op: "assign", variable: own, value: kept[i] }));
  }

  #store(to: Address, value: Vector, lanes: number): void {
    // Both halves are computed before the first is stored: they may read what lies there.
    const halves = lanes > this.#lanes ? this.#kept(value) : [this.#half(value, 0)];
    halves.forEach((own, i) => {
      const left = lanes - i * this.#lanes;
      this.#out.push({
        op: "store",
        to: this.#moved(to, i),
        value: own,
        ...(left < this.#lanes && { lanes: left }),
      });
    });
  }

  #halves(value: Vector): Halves<Vector> {
    return [this.#half(value, 0), this.#half(value, 1)];
  }

  /** Both halves in variables, computed here. */
  #kept(value: Vector): Halves<Vector> {
    const [low, high] = this.#halves(value);
    return [this.#let(low), this.#let(high)];
  }

  #let(value: Vector): Vector {
    if (value.op === "read" || value.op === "constant") return value;
    const variable = { name: `h${this.#names++}` };
    this.#out.push({ op: "assign", variable, value });
    return read(variable);
  }

  #half(vector: Vector, half: Half): Vector {
    switch (vector.op) {
      case "constant":
      case "splat":
        return vector;
      case "read":
        return read(this.#halvesOf(vector.variable)[half]);
      case "load":
        return this.#load(vector.from, vector.lanes ?? 2 * this.#lanes, half);
      case "fma": {
        const [a, b, c] = [vector.a, vector.b, vector.c].map((part) => this.#half(part, half));
        return { op: "fma", a, b, c };
      }
      case "select":
        return {
          op: "select",
          mask: this.#mask(vector.mask, half),
          yes: this.#half(vector.yes, half),
          no: this.#half(vector.no, half),
        };
      case "shuffle":
        return this.#shuffle(vector, half);
      case "sumOfLanes":
        return { op: "sumOfLanes", value: add(...this.#halves(vector.value)) };
      case "maxOfLanes":
        return { op: "maxOfLanes", value: max(...this.#halves(vector.value)) };
      case "add":
      case "subtract":
      case "multiply":
      case "divide":
      case "min":
      case "max":
      case "or":
      case "scale":
        return {
          op: vector.op,
          left: this.#half(vector.left, half),
          right: this.#half(vector.right, half),
        };
      default:
        return { op: vector.op, value: this.#half(vector.value, half) };
    }
  }

  #mask({ op, left, right }: Mask, half: Half): Mask {
    return { op, left: this.#half(left, half), right: this.#half(right, half) };
  }

  #load(from: Address, lanes: number, half: Half): Vector {
    const left = lanes - half * this.#lanes;
    if (left <= 0) return constant(0);
    const own = this.#moved(from, half);
    return left < this.#lanes ? { op: "load", from: own, lanes: left } : { op: "load", from: own };
  }

  /** A half takes its lanes from up to four halves: from two of them at a time. */
  #shuffle({ left, right, pattern }: Vector & { op: "shuffle" }, half: Half): Vector {
    const sources = [...this.#kept(left), ...this.#kept(right)];
    const wanted = pattern.slice(half * this.#lanes, (half + 1) * this.#lanes);
    const sourceOf = (lane: number): number => Math.floor(lane / this.#lanes);
    const used = [...new Set(wanted.map(sourceOf))];
    const picked = (first: number, second: number | undefined): Vector => {
      const lanes = wanted.map((lane, i) => {
        if (sourceOf(lane) === first) return lane % this.#lanes;
        return sourceOf(lane) === second ? this.#lanes + (lane % this.#lanes) : i;
      });
      const inOrder = second === undefined && lanes.every((lane, i) => lane === i);
      if (inOrder) return sources[first];
      return shuffle(sources[first], sources[second ?? first], lanes);
    };
    const low = picked(used[0], used.at(1));
    if (used.length <= 2) return low;
    const high = picked(used[2], used.at(3));
    const fromHigh = (lane: number): boolean => used.indexOf(sourceOf(lane)) >= 2;
    return shuffle(
      low,
      high,
      wanted.map((lane, i) => (fromHigh(lane) ? this.#lanes + i : i)),
    );
  }

  #moved({ buffer, index }: Address, half: number): Address {
    return at(buffer, index.plus(half * this.#lanes));
  }

  #halvesOf(variable: Variable): Halves<Variable> {
    const known = this.#variables.get(variable);
    if (known) return known;
    const low = { name: `${variable.name}l` };
    const halves: Halves<Variable> = this.#uniform.has(variable)
      ? [low, low]
      : [low, { name: `${variable.name}h` }];
    this.#variables.set(variable, halves);
    return halves;
  }
}

/** Those that are assigned once, a value whose lanes are all the same. */
function uniformVariables(body: readonly Statement[]): ReadonlySet<Variable> {
  const assignments = [...assignmentsIn(body)];
  const once = new Set<Variable>();
  const again = new Set<Variable>();
  for (const { variable } of assignments) (once.has(variable) ? again : once).add(variable);
  const uniform = new Set<Variable>();
  for (const { variable, value } of assignments) {
    if (!again.has(variable) && isUniform(value, uniform)) uniform.add(variable);
  }
  return uniform;
}

function* assignmentsIn(body: readonly Statement[]): Generator<Statement & { op: "assign" }> {
  for (const statement of body) {
    if ("body" in statement) yield* assignmentsIn(statement.body);
    else if (statement.op === "assign") yield statement;
  }
}

function isUniform(value: Vector, known: ReadonlySet<Variable>): boolean {
  switch (value.op) {
    case "constant":
    case "splat":
    case "sumOfLanes":
    case "maxOfLanes":
      return true;
    case "read":
      return known.has(value.variable);
    case "load":
    case "shuffle":
      return false;
    default:
      return partsOf(value).every((part) => isUniform(part, known));
  }
}

function crossesLanes(value: Vector): boolean {
  const across = value.op === "shuffle" || value.op === "sumOfLanes" || value.op === "maxOfLanes";
  return across || partsOf(value).some(crossesLanes);
}
