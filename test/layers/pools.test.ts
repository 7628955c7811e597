/**
 * Pools on NaN, infinities and windows without a pixel. Expected values follow
 * `max_pool2d`'s loop of ATen/native/cpu/MaxPoolKernel.cpp and were confirmed with torch 1.13.1.
 */
import { describe, expect, test } from "vitest";
import { tensor } from "../../src/graph/tensor.ts";
import { type PlainArguments, attributesOf, layerOf } from "./arguments.ts";

function pool(kind: string, given: PlainArguments, rows: readonly (readonly number[])[]) {
  const layer = layerOf(kind);
  const x = tensor([1, 1, rows.length, rows[0].length], rows.flat());
  const call = {
    attributes: attributesOf(kind, given),
    inputs: [x],
    weights: {},
    mode: "inference",
  } as const;
  const { outputs } = layer.reference(call);
  if (layer.gradient === "none") throw new Error(`${kind} has no gradient`);
  const ones = tensor(
    outputs[0].shape,
    outputs[0].data.map(() => 1),
  );
  const gradients = layer.gradient.backward({ ...call, outputs, outputGradients: [ones] });
  return { output: [...outputs[0].data], gradient: [...gradients.inputs[0].data] };
}

describe("max_pool", () => {
  test("lets NaN through, and the last one takes the gradient", () => {
    expect(pool("max_pool", { kernel: [1, 3] }, [[NaN, 9, NaN, 1, 2, 3]])).toEqual({
      output: [NaN, 3],
      gradient: [0, 0, 1, 0, 0, 1],
    });
  });

  test("gives the first pixel of a window of -Infinity the gradient", () => {
    const low = -Infinity;
    expect(pool("max_pool", { kernel: [1, 2] }, [[low, low, 5, low]])).toEqual({
      output: [low, 5],
      gradient: [1, 0, 1, 0],
    });
  });

  test("never takes padding, so that negative values win over it", () => {
    expect(pool("max_pool", { kernel: 3, padding: 1, stride: 1 }, [[-2]])).toEqual({
      output: [-2],
      gradient: [1],
    });
  });

  test("is -Infinity where a dilated window has all its places on padding", () => {
    // Places -1 and 1 of a single column.
    expect(
      pool("max_pool", { kernel: [1, 2], dilation: [1, 2], padding: [0, 1], stride: 1 }, [[4]]),
    ).toEqual({ output: [-Infinity], gradient: [0] });
  });
});

test("global_max_pool lets NaN through", () => {
  expect(pool("global_max_pool", {}, [[1, NaN, 3]]).output).toEqual([NaN]);
});

test("adaptive pools cut 10 columns into 4 parts that overlap", () => {
  // floor(o·10/4) … ceil((o+1)·10/4): 0…3, 2…5, 5…8, 7…10.
  const row = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  expect(pool("adaptive_avg_pool", { output_size: [1, 4] }, [row]).output).toEqual([1, 3, 6, 8]);
  expect(pool("adaptive_max_pool", { output_size: [1, 4] }, [row]).output).toEqual([2, 4, 7, 9]);
});
