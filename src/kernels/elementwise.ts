/**
 * Functions of single elements of one or more tensors, with broadcasting. Contiguous tensors are
 * one flat run. Numbers that repeat from pixel to pixel, such as one for each channel, stay in
 * registers where there are few of them.
 */
import type { Element } from "../graph/element.ts";
import { applyElement } from "./vectors/activations.ts";
import { type KernelBuilder, kernel } from "./ir/builder.ts";
import { type Buffer, type Kernel, type Vector, at } from "./ir/ir.ts";
import { loadLanes, storeLanes } from "./vectors/lanes.ts";
import type { Machine } from "./machine.ts";
import {
  type LoopKind,
  type Places,
  everyPlace,
  everyVector,
  moved,
  sharedPlaces,
  startPlaces,
} from "./loops/nest.ts";
import { type Operand, axesOf } from "./loops/operand.ts";
import type { Axis } from "./loops/tiles.ts";

export interface ElementwiseProblem {
  /** Of the output. */
  readonly shape: readonly number[];
  /** The arguments of the function, along the output's axes. */
  readonly inputs: readonly Operand[];
  readonly element: Element;
  readonly output: Operand;
}

/** Buffers: inputs, output, which may be the memory of an input of the same layout. */
export function elementwise(problem: ElementwiseProblem, machine: Machine): Kernel {
  return kernel("elementwise", (b) => new ElementwiseGenerator(b, problem, machine).generate());
}

/** The output comes first among the places and strides, then the inputs. */
class ElementwiseGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ElementwiseProblem;
  readonly #inputs: readonly Buffer[];
  readonly #output: Buffer;
  readonly #machine: Machine;
  readonly #width: number;

  constructor(b: KernelBuilder, problem: ElementwiseProblem, machine: Machine) {
    this.#b = b;
    this.#problem = problem;
    this.#inputs = problem.inputs.map((_, i) => b.buffer(`input${i}`));
    this.#output = b.buffer("output");
    this.#machine = machine;
    this.#width = machine.vectorWidth;
  }

  generate(): void {
    const { shape, inputs, output } = this.#problem;
    const operands = [output, ...inputs];
    const axes = axesOf(shape, operands, output, this.#width);
    const along = axes.at(-1) ?? { extent: 1, strides: operands.map(() => 1) };
    const outer = axes.slice(0, -1);
    const places = startPlaces(operands);
    const pixels = outer.at(-1);
    if (pixels === undefined) return this.#run("parallel", along, places);
    const repeated = inputs.map(
      (_, i) => pixels.strides[i + 1] === 0 && along.strides[i + 1] !== 0,
    );
    const numbers = repeated.filter(Boolean).length * Math.ceil(along.extent / this.#width);
    if (numbers > 0 && numbers <= this.#machine.registers / 2) {
      this.#holding(repeated, outer.slice(0, -1), pixels, along);
      return;
    }
    everyPlace(this.#b, "parallel", { axes: outer, places }, (inner) =>
      this.#run("loop", along, inner),
    );
  }

  /** Operands of which a run sees only one element are read before it. */
  #run(loop: LoopKind, along: Axis, places: Places): void {
    const held = this.#inputs.map((_, i) =>
      along.strides[i + 1] === 0 ? this.#b.let(this.#load(i, along, places, 1)) : undefined,
    );
    const run = { elements: along.extent, width: this.#width };
    everyVector(this.#b, loop, run, (first, lanes) =>
      this.#step(along, moved(places, along, first), lanes, held),
    );
  }

  /** Reads what repeats before the loop over pixels, whose vectors are all written out. */
  #holding(repeated: readonly boolean[], outer: readonly Axis[], pixels: Axis, along: Axis): void {
    const b = this.#b;
    const width = this.#width;
    const vectors = Array.from({ length: Math.ceil(along.extent / width) }, (_, v) => ({
      first: v * width,
      lanes: Math.min(width, along.extent - v * width),
    }));
    const every = (loop: LoopKind, start: Places): void => {
      const held = vectors.map(({ first, lanes }) => {
        const from = moved(start, along, first);
        return repeated.map((holds, i) =>
          holds ? b.let(this.#load(i, along, from, lanes)) : undefined,
        );
      });
      b[loop]("pixel", pixels.extent, (pixel) =>
        vectors.forEach(({ first, lanes }, v) => {
          const places = moved(moved(start, pixels, pixel), along, first);
          this.#step(along, places, lanes, held[v]);
        }),
      );
    };
    const places = startPlaces([this.#output, ...this.#inputs]);
    sharedPlaces(b, { axes: outer, places }, (start, loop) => every(loop, start));
  }

  /** Computes and stores one vector; `held` are the inputs that were read before. */
  #step(along: Axis, places: Places, lanes: number, held: readonly (Vector | undefined)[]): void {
    const value = applyElement(
      this.#b,
      this.#problem.element,
      (i) => held[i] ?? this.#load(i, along, places, lanes),
    );
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
}
