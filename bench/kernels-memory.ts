/**
 * Measures the kernels that move memory rather than multiply: for each family the bytes of its
 * tensors (each counted once) over its time, beside a plain copy that moves as many. Run with
 * `npx tsx bench/kernels-memory.ts [part of a name]`.
 */
import { add, argument, multiply } from "../src/graph/element.ts";
import { copy } from "../src/kernels/movement/copy.ts";
import { elementwise } from "../src/kernels/elementwise.ts";
import type { Kernel } from "../src/kernels/ir/ir.ts";
import { type Layout, channelsLast, noMargin } from "../src/kernels/loops/layout.ts";
import { lrn } from "../src/kernels/statistics/lrn.ts";
import { normalization } from "../src/kernels/statistics/normalization.ts";
import { type Operand, operandOf, rowMajor } from "../src/kernels/loops/operand.ts";
import { type PadProblem, pad, padTable } from "../src/kernels/movement/pad.ts";
import { pool } from "../src/kernels/pool/pool.ts";
import {
  channelShuffle,
  pixelShuffle,
  repeatPixels,
} from "../src/kernels/movement/rearrangements.ts";
import { type AxisTaps, resample, resampleTable } from "../src/kernels/movement/resample.ts";
import { softmax } from "../src/kernels/statistics/softmax.ts";
import { functionOf } from "../src/plan/lower/epilogue.ts";
import { adaptiveWindows, slidingWindows } from "../src/plan/lower/windows.ts";
import { wasmMachine } from "../src/targets/wasm/machine.ts";
import { fill, instantiate, layOut, randomFloats } from "../test/kernels/harness.ts";
import { channelsFirst } from "../test/kernels/layouts.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });

interface Case {
  readonly name: string;
  readonly kernel: Kernel;
  /** Elements of the inputs and the output, or the values of a table. */
  readonly buffers: readonly (number | Float32Array)[];
}

type MapShape = readonly [n: number, c: number, h: number, w: number];

const elementsOf = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1);
const lastOf = (shape: MapShape, pitch = shape[1], margin = noMargin): Layout =>
  channelsLast(shape, { pitch, vectorWidth: machine.vectorWidth }, margin);
const last = (shape: MapShape): Operand => operandOf(lastOf(shape));
const first = (shape: MapShape): Operand => operandOf(channelsFirst(shape));
const perChannel: Operand = { strides: [0, 1, 0, 0], wholeVectors: true };

/** Where bilinear upsampling reads along one axis. */
function bilinear(output: number, input: number): readonly AxisTaps[] {
  return Array.from({ length: output }, (_, o) => {
    const place = Math.max(0, ((o + 0.5) * input) / output - 0.5);
    const low = Math.floor(place);
    const weight = place - low;
    return { places: [low, Math.min(low + 1, input - 1)], weights: [1 - weight, weight] };
  });
}

/** One, or none where the kernel needs none. */
function tablesOf(problem: PadProblem): readonly Float32Array[] {
  const table = padTable(problem);
  return table === undefined ? [] : [table];
}

/** All families on maps of `[1, channels, size, size]`. */
function casesOf(channels: number, size: number): readonly Case[] {
  const shape: MapShape = [1, channels, size, size];
  const half: MapShape = [1, channels, size / 2, size / 2];
  const double: MapShape = [1, channels, size * 2, size * 2];
  const elements = elementsOf(shape);
  const map = last(shape);
  const inAndOut = [elements, elements];
  const element = (name: string, kind: string): Case => ({
    name,
    kernel: elementwise(
      {
        shape,
        inputs: [map],
        element: functionOf({ kind, attributes: {} }),
        output: map,
      },
      machine,
    ),
    buffers: inAndOut,
  });
  const windowed = (
    kind: "max" | "mean",
    kernel: number,
    stride: number,
    padding: number,
  ): Case => {
    const operation = {
      family: "window_pool",
      reduce: kind === "max" ? "max" : "average",
      kernel: [kernel, kernel],
      stride: [stride, stride],
      dilation: [1, 1],
      padding: [padding, padding, padding, padding],
      countPadding: true,
    } as const;
    const outputs = Math.floor((size + 2 * padding - kernel) / stride) + 1;
    const result: MapShape = [1, channels, outputs, outputs];
    return {
      name: `${kind} pool ${kernel}×${kernel}, stride ${stride}`,
      kernel: pool(
        {
          kind,
          batch: 1,
          channels,
          rows: slidingWindows(operation, 0, size, outputs),
          columns: slidingWindows(operation, 1, size, outputs),
          dilation: [1, 1],
          input: lastOf(shape),
          output: lastOf(result),
        },
        machine,
      ),
      buffers: [elements, elementsOf(result)],
    };
  };
  const global = (order: "first" | "last"): Case => ({
    name: `global mean, channels ${order}`,
    kernel: pool(
      {
        kind: "mean",
        batch: 1,
        channels,
        rows: adaptiveWindows(size, 1),
        columns: adaptiveWindows(size, 1),
        dilation: [1, 1],
        input: order === "first" ? channelsFirst(shape) : lastOf(shape),
        output: lastOf([1, channels, 1, 1]),
      },
      machine,
    ),
    buffers: [elements, channels],
  });
  const norm = (name: string, operand: Operand, folded: readonly boolean[]): Case => ({
    name,
    kernel: normalization({ shape, folded, input: operand, output: operand, eps: 1e-5 }, machine),
    buffers: inAndOut,
  });
  const styled = (name: string, operand: Operand): Case => ({
    name,
    kernel: normalization(
      {
        shape,
        folded: [false, false, true, true],
        input: operand,
        output: operand,
        eps: 1e-5,
        affine: { scale: perChannel, shift: perChannel, scaleOffset: 1 },
      },
      machine,
    ),
    buffers: [elements, channels, channels, elements],
  });
  const upsampled = {
    batch: 1,
    channels,
    rows: bilinear(size, size / 2),
    columns: bilinear(size, size / 2),
    input: lastOf(half),
    output: lastOf(shape),
  };
  const reflected = {
    shape,
    padding: [1, 1, 1, 1],
    mode: "reflect",
    from: map,
    to: last([1, channels, size + 2, size + 2]),
  } as const;
  const groups = { shape: [1, channels / 8, 8, size, size] };
  const grouped: Operand = {
    strides: [0, 8, 1, size * channels, channels],
    wholeVectors: false,
  };
  return [
    element("relu", "relu"),
    element("silu", "silu"),
    element("gelu", "gelu"),
    {
      name: "add of two maps",
      kernel: elementwise(
        {
          shape,
          inputs: [map, map],
          element: add(argument(0), argument(1)),
          output: map,
        },
        machine,
      ),
      buffers: [elements, elements, elements],
    },
    {
      name: "scale and shift by channel",
      kernel: elementwise(
        {
          shape,
          inputs: [map, perChannel, perChannel],
          element: add(multiply(argument(0), argument(1)), argument(2)),
          output: map,
        },
        machine,
      ),
      buffers: [elements, channels, channels, elements],
    },
    windowed("max", 2, 2, 0),
    windowed("max", 3, 2, 1),
    windowed("max", 3, 1, 1),
    windowed("mean", 3, 1, 1),
    global("last"),
    global("first"),
    {
      name: "channels first to last",
      kernel: copy({ shape, from: first(shape), to: map }, machine),
      buffers: inAndOut,
    },
    {
      name: "channels last to first",
      kernel: copy({ shape, from: map, to: first(shape) }, machine),
      buffers: inAndOut,
    },
    {
      name: "into a slice of a concat",
      kernel: copy({ shape, from: map, to: operandOf(lastOf(shape, 2 * channels)) }, machine),
      buffers: [elements, 2 * elements],
    },
    {
      name: "channel_shuffle in 4 groups",
      kernel: copy(channelShuffle(shape, 4, map, map), machine),
      buffers: inAndOut,
    },
    {
      name: "pixel_shuffle by 2",
      kernel: copy(
        pixelShuffle(shape, 2, map, last([1, channels / 4, size * 2, size * 2])),
        machine,
      ),
      buffers: inAndOut,
    },
    {
      name: "pad by reflection",
      kernel: pad(reflected, machine),
      buffers: [elements, ...tablesOf(reflected), channels * (size + 2) ** 2],
    },
    norm("instance norm", map, [false, false, true, true]),
    norm("instance norm, channels first", first(shape), [false, false, true, true]),
    styled("AdaIN", map),
    styled("AdaIN, channels first", first(shape)),
    norm("layer norm over all axes", map, [false, true, true, true]),
    norm("layer norm over channels", map, [false, true, false, false]),
    {
      name: "group norm in groups of 8",
      kernel: normalization(
        {
          shape: groups.shape,
          folded: [false, false, true, true, true],
          input: grouped,
          output: grouped,
          eps: 1e-5,
        },
        machine,
      ),
      buffers: inAndOut,
    },
    {
      name: "lrn of 5 channels",
      kernel: lrn(
        { shape, input: map, output: map, size: 5, alpha: 1e-4, beta: 0.75, k: 2 },
        machine,
      ),
      buffers: inAndOut,
    },
    {
      name: "softmax over channels",
      kernel: softmax({ kind: "softmax", shape, axis: 1, input: map, output: map }, machine),
      buffers: inAndOut,
    },
    {
      name: "nearest upsampling by 2",
      kernel: copy(repeatPixels(half, [2, 2], last(half), map), machine),
      buffers: [elements / 4, elements],
    },
    {
      name: "bilinear upsampling by 2",
      kernel: resample(upsampled, machine),
      buffers: [elements / 4, resampleTable(upsampled), elements],
    },
    {
      name: "nearest upsampling by 2, channels first",
      kernel: copy(repeatPixels(half, [2, 2], first(half), first(shape)), machine),
      buffers: [elements / 4, elements],
    },
    {
      name: "copy into a margin",
      kernel: copy(
        {
          shape: double,
          from: last(double),
          to: operandOf(lastOf(double, channels, { top: 1, left: 1, bottom: 1, right: 1 })),
        },
        machine,
      ),
      buffers: [4 * elements, channels * (size * 2 + 2) ** 2],
    },
  ];
}

/** Bytes that the kernel reads and writes: what it is meant to touch, not the whole buffers. */
function bytesOf({ name, buffers }: Case): number {
  const sizes = buffers.map((buffer) => (typeof buffer === "number" ? buffer : buffer.length));
  if (name === "into a slice of a concat") sizes[1] /= 2;
  return 4 * sizes.reduce((sum, size) => sum + size, 0);
}

function workingMemory({ buffers }: Kernel): readonly number[] {
  return buffers.flatMap(({ elementsPerThread }) => elementsPerThread ?? []);
}

/**
 * Seconds of one run, the best of many that take turns with the copy's. Both work on the same
 * memory, for one place of it may be slower than another: the copy writes the last of it.
 */
function measure(given: Case): { readonly kernel: number; readonly copy: number } {
  const elements = Math.floor(bytesOf(given) / 8);
  const operand = rowMajor([elements]);
  const plain = copy({ shape: [elements], from: operand, to: operand }, machine);
  const buffers = [...given.buffers, ...workingMemory(given.kernel)].map((buffer) =>
    typeof buffer === "number" ? randomFloats(buffer) : buffer,
  );
  const { offsets, end } = layOut(given.kernel, buffers);
  const { memory, functions } = instantiate([given.kernel, plain], end);
  fill(memory, buffers, offsets);
  const copied = Math.floor((end - 4 * elements) / LINE) * LINE;
  const places = [offsets, [offsets[0], copied]];
  const runs = functions.map((run, i) => () => run(places[i]));
  const repeats = Math.max(1, Math.round(BYTES_PER_ROUND / bytesOf(given)));
  const seconds = (run: () => void): number => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) run();
    return (performance.now() - start) / 1000 / repeats;
  };
  // Engines compile twice: the second time after some work was done.
  for (const run of runs) {
    const warm = performance.now() + WARM_UP;
    while (performance.now() < warm) run();
  }
  const best = runs.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    runs.forEach((run, i) => (best[i] = Math.min(best[i], seconds(run))));
  }
  return { kernel: best[0], copy: best[1] };
}

const ROUNDS = 15;
/** Bytes of a line of the cache. */
const LINE = 64;
const BYTES_PER_ROUND = 2e7;
/** Milliseconds. */
const WARM_UP = 150;

const [, , wanted = ""] = process.argv;
for (const [channels, size] of [
  [64, 256],
  [64, 56],
]) {
  console.log(`\n${channels}×${size}×${size}`.padEnd(44), "GB/s   copy   times a copy");
  for (const given of casesOf(channels, size)) {
    if (!given.name.includes(wanted)) continue;
    const { kernel, copy: copied } = measure(given);
    const speed = (seconds: number): string =>
      (bytesOf(given) / seconds / 1e9).toFixed(1).padStart(6);
    const ratio = (kernel / copied).toFixed(2).padStart(6);
    console.log(`${given.name.padEnd(42)}${speed(kernel)} ${speed(copied)} ${ratio}`);
  }
}
