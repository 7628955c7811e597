/**
 * Functions of single elements of one or more tensors: arithmetic with broadcasting, then
 * activations. Contiguous tensors are one flat run; where an operand repeats from pixel to
 * pixel, as a number for each channel does, it stays in registers over a block of pixels.
 */
import { type Activation, applyActivation } from "./activations.ts";
import { type KernelBuilder, kernel } from "./builder.ts";
import {
  type Buffer,
  type Kernel,
  type Vector,
  add,
  at,
  constant,
  divide,
  fma,
  less,
  multiply,
  select,
  subtract,
} from "./ir.ts";
import { loadLanes, storeLanes } from "./lanes.ts";
import type { Machine } from "./machine.ts";
import {
  type LoopKind,
  type Places,
  UNROLL,
  everyPlace,
  everyVector,
  moved,
  startPlaces,
} from "./nest.ts";
import { type Operand, axesOf } from "./operand.ts";
import { type Axis, evenTiles } from "./tiles.ts";

/** What is done to the value that flows, beginning with input 0. */
export type ElementwiseStep =
  | {
      readonly kind: "add" | "subtract" | "multiply" | "divide";
      readonly operand: StepOperand;
      /** The operand stands on the left. */
      readonly reversed?: boolean;
    }
  /** `x < 0 ? x · operand : x`. */
  | { readonly kind: "scale_negative"; readonly operand: StepOperand }
  | { readonly kind: "activation"; readonly activation: Activation };

/** An input by its number, or a number of the program. */
export type StepOperand = { readonly input: number } | { readonly value: number };

export interface ElementwiseProblem {
  /** Of the output. */
  readonly shape: readonly number[];
  readonly inputs: readonly Operand[];
  readonly steps: readonly ElementwiseStep[];
  readonly output: Operand;
}

/** Buffers: inputs, output, which may be the memory of an input of the same layout. */
export function elementwise(problem: ElementwiseProblem, machine: Machine): Kernel {
  return kernel("elementwise", (b) => {
    const inputs = problem.inputs.map((_, i) => b.buffer(`input${i}`));
    const output = b.buffer("output");
    new ElementwiseGenerator(b, problem, inputs, output, machine).generate();
  });
}

/** The output comes first among the places and strides, then the inputs. */
class ElementwiseGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ElementwiseProblem;
  readonly #inputs: readonly Buffer[];
  readonly #output: Buffer;
  readonly #machine: Machine;
  readonly #width: number;

  constructor(
    b: KernelBuilder,
    problem: ElementwiseProblem,
    inputs: readonly Buffer[],
    output: Buffer,
    machine: Machine,
  ) {
    this.#b = b;
    this.#problem = problem;
    this.#inputs = inputs;
    this.#output = output;
    this.#machine = machine;
    this.#width = machine.vectorWidth;
  }

  generate(): void {
    const { shape, inputs, output } = this.#problem;
    const operands = [output, ...inputs];
    const axes = axesOf(shape, operands, output, this.#width);
    const along = axes.at(-1) ?? { extent: 1, strides: operands.map(() => 1) };
    const outer = axes.slice(0, -1);
    const pixels = outer.at(-1);
    const repeated = inputs.map(
      (_, i) => pixels?.strides[i + 1] === 0 && along.strides[i + 1] !== 0,
    );
    const places = startPlaces(operands);
    if (pixels !== undefined && repeated.includes(true)) {
      this.#blocks(outer.slice(0, -1), pixels, along, repeated);
    } else if (pixels === undefined) this.#run("parallel", along, places);
    else {
      everyPlace(this.#b, "parallel", outer, places, (inner) => this.#run("loop", along, inner));
    }
  }

  /** Operands of which a run sees only one element are read before it. */
  #run(loop: LoopKind, along: Axis, places: Places): void {
    const held = this.#inputs.map((_, i) =>
      along.strides[i + 1] === 0 ? this.#b.let(this.#load(i, along, places, 1)) : undefined,
    );
    everyVector(this.#b, loop, along.extent, this.#width, (first, lanes) =>
      this.#step(along, moved(places, along, first), lanes, held),
    );
  }

  /**
   * Goes through the vectors of a block of pixels column by column, so that what repeats from
   * pixel to pixel is read once a block; a block stays in the first cache meanwhile.
   */
  #blocks(outer: readonly Axis[], pixels: Axis, along: Axis, repeated: readonly boolean[]): void {
    const b = this.#b;
    const count = repeated.filter(Boolean).length;
    const vectors = Math.max(1, Math.min(UNROLL, Math.floor(this.#machine.registers / 2 / count)));
    const columns = [
      ...evenTiles(Math.floor(along.extent / this.#width), vectors).map((run) => ({
        ...run,
        lanes: this.#width,
      })),
      ...this.#partialVector(along.extent),
    ];
    const block = this.#blockSize(along.extent);
    const inside = (loop: LoopKind, places: Places): void => {
      for (const run of evenTiles(pixels.extent, block)) {
        b[loop]("block", run.count, (i) => {
          const start = moved(places, pixels, i.times(run.size).plus(run.start));
          for (const column of columns) {
            b.loop("column", column.count, (c) => {
              const first = c.times(column.size).plus(column.start).times(this.#width);
              const from = moved(start, along, first);
              this.#column(pixels, run.size, along, from, column.size, column.lanes, repeated);
            });
          }
        });
      }
    };
    const places = startPlaces([this.#output, ...this.#inputs]);
    if (outer.length === 0) inside("parallel", places);
    else everyPlace(b, "parallel", outer, places, (inner) => inside("loop", inner));
  }

  #partialVector(elements: number) {
    const lanes = elements % this.#width;
    const start = (elements - lanes) / this.#width;
    return lanes === 0 ? [] : [{ start, size: 1, count: 1, lanes }];
  }

  /** Pixels of all tensors that fill half of the first cache. */
  #blockSize(elements: number): number {
    const bytes = elements * Float32Array.BYTES_PER_ELEMENT * (this.#inputs.length + 1);
    return Math.max(UNROLL, Math.floor(this.#machine.caches.l1 / 2 / bytes));
  }

  #column(
    pixels: Axis,
    count: number,
    along: Axis,
    from: Places,
    vectors: number,
    lanes: number,
    repeated: readonly boolean[],
  ): void {
    const b = this.#b;
    const starts = Array.from({ length: vectors }, (_, v) => moved(from, along, v * this.#width));
    const held = starts.map((places) =>
      repeated.map((holds, i) => (holds ? b.let(this.#load(i, along, places, lanes)) : undefined)),
    );
    b.unrolled("pixel", count, Math.max(1, Math.floor(UNROLL / vectors)), (pixel) =>
      starts.forEach((places, v) =>
        this.#step(along, moved(places, pixels, pixel), lanes, held[v]),
      ),
    );
  }

  /** Computes and stores one vector; `held` are the inputs that were read before. */
  #step(along: Axis, places: Places, lanes: number, held: readonly (Vector | undefined)[]): void {
    const value = this.#value((i) => held[i] ?? this.#load(i, along, places, lanes));
    const { wholeVectors } = this.#problem.output;
    const spacing = { stride: along.strides[0], lanes, width: this.#width, wholeVectors };
    storeLanes(this.#b, at(this.#output, places[0]), value, spacing);
  }

  #load(input: number, along: Axis, places: Places, lanes: number): Vector {
    const { wholeVectors } = this.#problem.inputs[input];
    const stride = along.strides[input + 1];
    const from = at(this.#inputs[input], places[input + 1]);
    return loadLanes(this.#b, from, { stride, lanes, width: this.#width, wholeVectors });
  }

  #value(input: (i: number) => Vector): Vector {
    const { steps } = this.#problem;
    const valueOf = (operand: StepOperand): Vector =>
      "value" in operand ? constant(operand.value) : input(operand.input);
    let value = input(0);
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      const next = steps.at(i + 1);
      if (step.kind === "multiply" && next?.kind === "add") {
        value = fma(value, valueOf(step.operand), valueOf(next.operand));
        i++;
      } else value = this.#applied(step, value, valueOf);
    }
    return value;
  }

  #applied(step: ElementwiseStep, x: Vector, valueOf: (operand: StepOperand) => Vector): Vector {
    if (step.kind === "activation") return applyActivation(this.#b, step.activation, x);
    const operand = valueOf(step.operand);
    if (step.kind === "scale_negative") {
      const value = this.#b.let(x);
      return select(less(value, constant(0)), multiply(value, operand), value);
    }
    return step.reversed ? ARITHMETIC[step.kind](operand, x) : ARITHMETIC[step.kind](x, operand);
  }
}

const ARITHMETIC = { add, subtract, multiply, divide };
