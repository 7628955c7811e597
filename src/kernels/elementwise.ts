/** Functions of single elements of one or more tensors: arithmetic and activations. */
import { type Activation, applyActivation } from "./activations.ts";
import { type KernelBuilder, kernel } from "./builder.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type Vector,
  add,
  at,
  constant,
  divide,
  less,
  load,
  multiply,
  origin,
  select,
  splat,
  subtract,
} from "./ir.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Layout } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { type Axis, joinAxes } from "./tiles.ts";

/** What is done to the value that flows, beginning with input 0. */
export type ElementwiseStep =
  | {
      readonly kind: "add" | "subtract" | "multiply" | "divide";
      readonly operand: Operand;
      /** The operand stands on the left. */
      readonly reversed?: boolean;
    }
  /** `x < 0 ? x · operand : x`. */
  | { readonly kind: "scale_negative"; readonly operand: Operand }
  | { readonly kind: "activation"; readonly activation: Activation };

/** An input by its number, or a number of the program. */
export type Operand = { readonly input: number } | { readonly value: number };

export interface ElementwiseProblem {
  readonly shape: readonly [n: number, c: number, h: number, w: number];
  /** A stride of 0 repeats an input along an axis. */
  readonly inputs: readonly Layout[];
  readonly steps: readonly ElementwiseStep[];
  readonly output: Layout;
}

/** Buffers: inputs, output. */
export function elementwise(problem: ElementwiseProblem, machine: Machine): Kernel {
  return kernel("elementwise", (b) => {
    const inputs = problem.inputs.map((_, i) => b.buffer(`input${i}`));
    const output = b.buffer("output");
    const generator = new ElementwiseGenerator(b, problem, inputs, output, machine.vectorWidth);
    generator.generate();
  });
}

const UNROLL = 4;

class ElementwiseGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ElementwiseProblem;
  readonly #inputs: readonly Buffer[];
  readonly #output: Buffer;
  readonly #width: number;

  constructor(
    b: KernelBuilder,
    problem: ElementwiseProblem,
    inputs: readonly Buffer[],
    output: Buffer,
    width: number,
  ) {
    this.#b = b;
    this.#problem = problem;
    this.#inputs = inputs;
    this.#output = output;
    this.#width = width;
  }

  generate(): void {
    const axes = this.#axes();
    const along = axes.find(({ strides }) => strides[0] === 1) ?? {
      extent: 1,
      strides: [1, ...this.#inputs.map(() => 0)],
    };
    if (along.strides.some((stride) => stride !== 0 && stride !== 1)) {
      throw new InternalFault("an elementwise kernel reads layouts that do not match");
    }
    const others = axes.filter((axis) => axis !== along);
    if (others.length === 0) {
      this.#flat(along);
      return;
    }
    const [first, ...rest] = others;
    this.#b.parallel("outer", first.extent, (i) =>
      this.#nest(rest, this.#moved(this.#start(), first, i), (position) =>
        this.#run(along.extent, along, position),
      ),
    );
  }

  /** Strides in the output and then the inputs. */
  #axes(): readonly Axis[] {
    const { shape, inputs, output } = this.#problem;
    const layouts = [output, ...inputs];
    // Where every tensor has whole vectors of channels, what fills them up is computed too.
    const filled = layouts.every(({ wholeVectors, c }) => wholeVectors || c === 0);
    const channels = filled ? Math.ceil(shape[1] / this.#width) * this.#width : shape[1];
    return joinAxes(
      [
        { extent: shape[0], strides: layouts.map(({ n }) => n) },
        { extent: channels, strides: layouts.map(({ c }) => c) },
        { extent: shape[2], strides: layouts.map(({ h }) => h) },
        { extent: shape[3], strides: layouts.map(({ w }) => w) },
      ]
        .filter(({ extent }) => extent > 1)
        .sort((a, b) => b.strides[0] - a.strides[0]),
    );
  }

  /** One long run, which the threads share in pieces. */
  #flat(along: Axis): void {
    const piece = UNROLL * this.#width;
    const pieces = Math.floor(along.extent / piece);
    const left = along.extent - pieces * piece;
    this.#b.parallel("piece", pieces, (i) =>
      this.#run(piece, along, this.#moved(this.#start(), along, i.times(piece))),
    );
    if (left === 0) return;
    this.#b.parallel("rest", 1, () =>
      this.#run(left, along, this.#moved(this.#start(), along, origin.plus(pieces * piece))),
    );
  }

  #start(): readonly Index[] {
    return [origin, ...this.#inputs.map(() => origin)];
  }

  #moved(position: readonly Index[], { strides }: Axis, by: Index): readonly Index[] {
    return position.map((index, i) => index.plus(by.times(strides[i])));
  }

  #nest(
    axes: readonly Axis[],
    position: readonly Index[],
    body: (position: readonly Index[]) => void,
  ): void {
    if (axes.length === 0) return body(position);
    const [axis, ...rest] = axes;
    this.#b.loop("i", axis.extent, (i) => this.#nest(rest, this.#moved(position, axis, i), body));
  }

  #run(extent: number, along: Axis, position: readonly Index[]): void {
    const whole = Math.floor(extent / this.#width);
    const step = (i: Index, lanes: number): void => {
      const [to, ...from] = this.#moved(position, along, i);
      const part = lanes === this.#width ? undefined : lanes;
      const input = (k: number): Vector => {
        const address = at(this.#inputs[k], from[k]);
        return along.strides[k + 1] === 1 ? load(address, part) : splat(address);
      };
      this.#b.store(at(this.#output, to), this.#value(input), part);
    };
    this.#b.unrolled("i", whole, UNROLL, (i) => step(i.times(this.#width), this.#width));
    const left = extent - whole * this.#width;
    if (left > 0) step(origin.plus(whole * this.#width), left);
  }

  #value(input: (k: number) => Vector): Vector {
    const valueOf = (operand: Operand): Vector =>
      "value" in operand ? constant(operand.value) : input(operand.input);
    return this.#problem.steps.reduce<Vector>((x, step) => {
      if (step.kind === "activation") return applyActivation(this.#b, step.activation, x);
      const operand = valueOf(step.operand);
      if (step.kind === "scale_negative") {
        const value = this.#b.let(x);
        return select(less(value, constant(0)), multiply(value, operand), value);
      }
      return step.reversed ? ARITHMETIC[step.kind](operand, x) : ARITHMETIC[step.kind](x, operand);
    }, input(0));
  }
}

const ARITHMETIC = { add, subtract, multiply, divide };
