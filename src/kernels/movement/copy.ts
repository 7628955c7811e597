/**
 * Copies a tensor into another place, whatever the layouts of both: conversion between
 * channels first and last, permutation, slices and parts of a concat are this one kernel. It
 * works tile by tile: a tile is the smallest box of elements that is whole vectors on both
 * sides, and its lanes change places in registers.
 */
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import { type Address, type Kernel, at, read } from "../ir/ir.ts";
import { type Lane, laneAt, loadWindow, rearrange, windowsOver } from "../vectors/lanes.ts";
import type { Machine } from "../machine.ts";
import { type LoopKind, type Places, USUAL_PACE, moved, startPlaces } from "../loops/nest.ts";
import { type Operand, axesOf } from "../loops/operand.ts";
import type { Axis } from "../loops/tiles.ts";

export interface CopyProblem {
  readonly shape: readonly number[];
  readonly from: Operand;
  readonly to: Operand;
}

/** Buffers: input, output. */
export function copy(problem: CopyProblem, machine: Machine): Kernel {
  return kernel("copy", (b) => {
    const [input, output] = [b.buffer("input"), b.buffer("output")];
    const first = { from: at(input, 0), to: at(output, 0) };
    writeCopy(b, "parallel", { ...problem, first }, machine);
  });
}

/** The loops of a copy within another kernel. */
export function writeCopy(
  b: KernelBuilder,
  loop: LoopKind,
  problem: PlacedCopy,
  machine: Machine,
): void {
  new CopyGenerator(b, problem, machine.vectorWidth).generate(loop);
}

interface PlacedCopy extends CopyProblem {
  /** Where the first element is read and written. */
  readonly first: { readonly from: Address; readonly to: Address };
}

/** Positions in the strides of every axis. */
const TO = 0;
const FROM = 1;

/** A loop that cuts the rest of an axis into pieces of this many elements. */
interface Level {
  readonly axis: number;
  readonly size: number;
}

class CopyGenerator {
  readonly #b: KernelBuilder;
  readonly #first: PlacedCopy["first"];
  readonly #width: number;
  readonly #axes: readonly Axis[];
  readonly #wholeVectors: boolean;

  constructor(b: KernelBuilder, { shape, from, to, first }: PlacedCopy, width: number) {
    this.#b = b;
    this.#first = first;
    this.#width = width;
    this.#axes = axesOf(shape, [to, from], to, width);
    this.#wholeVectors = to.wholeVectors;
  }

  generate(loop: LoopKind): void {
    const box = this.#axes.map(({ extent }) => extent);
    const places = startPlaces([this.#first.to, this.#first.from]);
    const levels = this.#levels();
    if (levels.length > 0) this.#cover(loop, levels, box, places);
    else this.#b[loop]("all", 1, () => this.#tile(box, places));
  }

  /**
   * Axes that no vector runs along go outside, in the order of the target. Of the two that
   * vectors run along, a block of the longer is done for all of the other: it is as wide as
   * a cache line, so that no line is fetched more than once.
   */
  #levels(): readonly Level[] {
    const tile = this.#tileSizes();
    const tiled = tile.flatMap((size, axis) => (size > 1 ? [axis] : []));
    const around = tile.flatMap((size, axis) => (size > 1 ? [] : [{ axis, size }]));
    const [blocked, ...others] = tiled.sort(
      (a, b) => this.#axes[b].extent - this.#axes[a].extent || b - a,
    );
    if (blocked === undefined) return around;
    return [
      ...around,
      { axis: blocked, size: tile[blocked] * USUAL_PACE.written },
      ...others.map((axis) => ({ axis, size: tile[axis] })),
      { axis: blocked, size: tile[blocked] },
    ];
  }

  #tileSizes(): readonly number[] {
    const sizes = this.#axes.map(() => 1);
    for (const side of [TO, FROM]) {
      // Elements that lie in a row so far.
      let run = 1;
      while (run < this.#width) {
        const axis = this.#axes.findIndex(({ strides }) => strides[side] === run);
        if (axis < 0) break;
        const { extent } = this.#axes[axis];
        sizes[axis] = Math.max(sizes[axis], Math.min(extent, Math.ceil(this.#width / run)));
        run *= extent;
      }
    }
    return sizes;
  }

  /** Loops over whole pieces, then the same for what is left of the axis. */
  #cover(loop: LoopKind, levels: readonly Level[], box: readonly number[], places: Places): void {
    const [level, ...inner] = levels;
    if (level === undefined) return this.#tile(box, places);
    const { axis, size } = level;
    const whole = Math.floor(box[axis] / size);
    const left = box[axis] - whole * size;
    const last = inner.length === 0;
    const piece = (extent: number, place: Places): void =>
      this.#cover("loop", inner, box.with(axis, extent), place);
    if (last && loop === "loop") {
      this.#b.unrolled("tile", whole, Math.max(whole, 1), (i) =>
        piece(size, moved(places, this.#axes[axis], i.times(size))),
      );
    } else {
      this.#b[loop]("tile", whole, (i) =>
        piece(size, moved(places, this.#axes[axis], i.times(size))),
      );
    }
    if (left === 0) return;
    const rest = moved(places, this.#axes[axis], whole * size);
    this.#b[loop]("rest", 1, () => piece(left, rest));
  }

  /** A box of elements: every load, shuffle and store of it is written out. */
  #tile(box: readonly number[], places: Places): void {
    const b = this.#b;
    const elements = this.#elementsOf(box);
    const windows = windowsOver(
      elements.map(({ from }) => from),
      this.#width,
    );
    const from = at(this.#first.from.buffer, this.#first.from.index.plus(places[FROM]));
    const loaded = windows.map((window) => b.variable(loadWindow(from, window, this.#width)));
    const runs = runsOf(elements, this.#width).map(({ to, sources }) => ({
      to: at(this.#first.to.buffer, this.#first.to.index.plus(places[TO]).plus(to)),
      lanes: sources.map((source) => laneAt(windows, source)),
    }));
    const single = runs.filter(({ lanes }) => lanes.length === 1);
    for (const { to, lanes } of single) b.storeLane(to, loaded[lanes[0].vector], lanes[0].lane);
    const several = runs.filter(({ lanes }) => lanes.length > 1);
    const values = rearrange(
      b,
      loaded.map(read),
      several.map(({ lanes }) => this.#filled(lanes)),
      this.#width,
    );
    several.forEach(({ to, lanes }, i) => {
      const partial = lanes.length < this.#width && !this.#wholeVectors;
      b.store(to, values[i], partial ? lanes.length : undefined);
    });
  }

  #filled(lanes: readonly Lane[]): readonly (Lane | undefined)[] {
    return Array.from({ length: this.#width }, (_, i) => lanes.at(i));
  }

  #elementsOf(box: readonly number[]): readonly Element[] {
    let elements: readonly Element[] = [{ from: 0, to: 0 }];
    box.forEach((extent, axis) => {
      const { strides } = this.#axes[axis];
      elements = elements.flatMap((element) =>
        Array.from({ length: extent }, (_, i) => ({
          from: element.from + i * strides[FROM],
          to: element.to + i * strides[TO],
        })),
      );
    });
    return elements;
  }
}

/** Offsets of one element on both sides. */
interface Element {
  readonly from: number;
  readonly to: number;
}

/** Neighbours in the target, at most a vector of them, and where they come from. */
function runsOf(
  elements: readonly Element[],
  width: number,
): readonly { readonly to: number; readonly sources: readonly number[] }[] {
  const runs: { readonly to: number; readonly sources: number[] }[] = [];
  for (const { from, to } of elements.toSorted((a, b) => a.to - b.to)) {
    const last = runs.at(-1);
    if (last && last.sources.length < width && to === last.to + last.sources.length) {
      last.sources.push(from);
    } else runs.push({ to, sources: [from] });
  }
  return runs;
}
