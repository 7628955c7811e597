/**
 * Local response normalisation: each value is divided by a power of the mean square over
 * neighbouring channels. Channels whose window is cut stand apart from those in between.
 */
import { type Activation, applyActivation } from "../vectors/activations.ts";
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type Vector,
  at,
  constant,
  divide,
  fma,
  multiply,
  origin,
  shuffle,
  sqrt,
} from "../ir/ir.ts";
import { type Spacing, loadLanes, storeLanes } from "../vectors/lanes.ts";
import type { Machine } from "../machine.ts";
import { type Places, everyPlace, everyVector, moved, startPlaces } from "../loops/nest.ts";
import { type Operand, axesOf } from "../loops/operand.ts";
import type { Axis } from "../loops/tiles.ts";
import { exp, log } from "../vectors/vector-math.ts";

/** `x / (k + alpha / size · Σ x²)^beta`. */
export interface LrnProblem {
  /** `[N, C, H, W]`. */
  readonly shape: readonly [n: number, c: number, h: number, w: number];
  readonly input: Operand;
  readonly output: Operand;
  /** Channels of the window. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
  readonly activation?: Activation;
}

/** Buffers: input, output. */
export function lrn(problem: LrnProblem, machine: Machine): Kernel {
  return kernel("lrn", (b) => {
    const generator = new LrnGenerator(b, problem, machine.vectorWidth);
    if (problem.input.strides[CHANNEL] === 1) generator.channelsLast();
    else generator.channelsApart();
  });
}

const CHANNEL = 1;

class LrnGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: LrnProblem;
  readonly #width: number;
  readonly #input: Buffer;
  readonly #output: Buffer;
  /** Channels of the window before and behind its own. */
  readonly #before: number;
  readonly #after: number;
  readonly #channels: number;

  constructor(b: KernelBuilder, problem: LrnProblem, width: number) {
    this.#b = b;
    this.#problem = problem;
    this.#width = width;
    this.#input = b.buffer("input");
    this.#output = b.buffer("output");
    this.#before = Math.floor(problem.size / 2);
    this.#after = Math.floor((problem.size - 1) / 2);
    this.#channels = problem.shape[CHANNEL];
  }

  /** Vectors run along the channels; a window is as many loads that overlap. */
  channelsLast(): void {
    const width = this.#width;
    const vectors = Math.ceil(this.#channels / width);
    const whole = (v: number): boolean =>
      v * width >= this.#before && (v + 1) * width + this.#after <= this.#channels;
    const numbers = Array.from({ length: vectors }, (_, v) => v);
    const inner = numbers.filter(whole);
    const first = inner.at(0) ?? 0;
    const walk = { axes: this.#axes(), places: this.#start() };
    everyPlace(this.#b, "parallel", walk, (places) => {
      this.#b.loop("channels", inner.length, (i) =>
        this.#vectorOfChannels(places, i.plus(first).times(width), undefined),
      );
      for (const v of numbers.filter((n) => !whole(n))) {
        this.#vectorOfChannels(places, origin.plus(v * width), v * width);
      }
    });
  }

  /** @param cut the first channel, where the window may reach beyond the first or the last */
  #vectorOfChannels([from, to]: Places, channel: Index, cut: number | undefined): void {
    const width = this.#width;
    const { output } = this.#problem;
    const lanes = Math.min(width, this.#channels - (cut ?? 0));
    const neighbour = (offset: number): Vector | undefined => {
      const place = from.plus(channel).plus(offset);
      if (cut === undefined) return this.#loaded(place, { stride: 1, lanes: width, width });
      const missing = Math.max(0, -(cut + offset));
      const present = Math.min(width, this.#channels - cut - offset) - missing;
      if (present <= 0) return undefined;
      const found = this.#loaded(place.plus(missing), { stride: 1, lanes: present, width });
      return missing === 0 ? found : shiftedBy(found, missing, width);
    };
    this.#store(to.plus(channel.times(output.strides[CHANNEL])), neighbour, {
      stride: output.strides[CHANNEL],
      lanes,
      width,
      wholeVectors: output.wholeVectors,
    });
  }

  /** Vectors run along another axis; the neighbours of a channel are whole vectors. */
  channelsApart(): void {
    const axes = this.#axes();
    const last = axes.at(-1);
    const along = last?.strides[0] === 1 ? last : { extent: 1, strides: [1, 1] };
    const outer = along === last ? axes.slice(0, -1) : axes;
    const inner = Math.max(0, this.#channels - this.#before - this.#after);
    everyPlace(this.#b, "parallel", { axes: outer, places: this.#start() }, (places) => {
      for (let c = 0; c < this.#channels; c++) {
        if (inner > 0 && c === this.#before) {
          this.#b.loop("channel", inner, (i) =>
            this.#channel(places, along, i.plus(this.#before), [-this.#before, this.#after]),
          );
          c += inner - 1;
        } else {
          const reach = [
            -Math.min(this.#before, c),
            Math.min(this.#after, this.#channels - 1 - c),
          ] as const;
          this.#channel(places, along, origin.plus(c), reach);
        }
      }
    });
  }

  #channel(
    places: Places,
    along: Axis,
    channel: Index,
    [low, high]: readonly [number, number],
  ): void {
    const { input, output } = this.#problem;
    const width = this.#width;
    const [fromC, toC] = [input.strides[CHANNEL], output.strides[CHANNEL]];
    everyVector(this.#b, "loop", { elements: along.extent, width }, (first, lanes) => {
      const [from, to] = moved(places, along, first);
      const neighbour = (offset: number): Vector | undefined =>
        offset < low || offset > high
          ? undefined
          : this.#loaded(from.plus(channel.plus(offset).times(fromC)), { stride: 1, lanes, width });
      const spacing = { stride: along.strides[1], lanes, width };
      this.#store(to.plus(channel.times(toC)), neighbour, spacing);
    });
  }

  #store(to: Index, neighbour: (offset: number) => Vector | undefined, spacing: Spacing): void {
    const b = this.#b;
    const { alpha, size, k, activation } = this.#problem;
    const own = neighbour(0) ?? constant(0);
    let squares: Vector = constant(0);
    for (let offset = -this.#before; offset <= this.#after; offset++) {
      const value = offset === 0 ? own : neighbour(offset);
      if (value !== undefined) squares = fma(value, value, squares);
    }
    const divisor = b.let(fma(squares, constant(alpha / size), constant(k)));
    const value = this.#divided(own, divisor);
    const final = activation ? applyActivation(b, activation, value) : value;
    storeLanes(b, at(this.#output, to), final, spacing);
  }

  /** `x / divisor^beta`; the usual exponents need roots only. */
  #divided(x: Vector, divisor: Vector): Vector {
    const b = this.#b;
    const { beta } = this.#problem;
    if (beta === 1) return divide(x, divisor);
    if (beta === 0.5) return divide(x, sqrt(divisor));
    if (beta === 0.75) {
      const root = b.let(sqrt(divisor));
      return divide(x, multiply(root, sqrt(root)));
    }
    return multiply(x, exp(b, multiply(constant(-beta), log(b, divisor))));
  }

  #loaded(place: Index, spacing: Spacing): Vector {
    return this.#b.let(loadLanes(this.#b, at(this.#input, place), spacing));
  }

  /** All axes but the channels. */
  #axes(): readonly Axis[] {
    const { shape, input, output } = this.#problem;
    const exact = [input, output].map(({ strides }) => ({ strides, wholeVectors: false }));
    return axesOf(shape.with(CHANNEL, 1), exact, exact[0], this.#width);
  }

  #start(): Places {
    return startPlaces([this.#input, this.#output]);
  }
}

/** Lanes moved up, with zeros below. */
function shiftedBy(value: Vector, lanes: number, width: number): Vector {
  const pattern = Array.from({ length: width }, (_, i) => (i < lanes ? i : width + i - lanes));
  return shuffle(constant(0), value, pattern);
}
