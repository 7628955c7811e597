/**
 * Output sizes and validity against PyTorch's own answers: `test/material/shapes.json` holds
 * what torch 1.13.1 returned or raised for 201 layer configurations.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { named, substitute } from "../../src/graph/dim.ts";
import { countPositions } from "../../src/layers/shared/taps.ts";
import { type Window, positions, smallestLength } from "../../src/layers/shared/window.ts";
import { type Plain, type PlainArguments } from "./arguments.ts";
import { outcome } from "./outcome.ts";

interface Case {
  readonly id: string;
  readonly op: keyof typeof operators;
  readonly input: readonly number[];
  readonly attrs: Readonly<Record<string, Plain | null>>;
  readonly ok: boolean;
  readonly output?: readonly number[];
  readonly error?: string;
  /** Torch accepts an empty output here, which a compiler need not. */
  readonly quirk?: string;
}

/** Our layer and our names for torch's arguments. */
const operators = {
  conv2d: { kind: "conv", names: { out_channels: "out", kernel_size: "kernel" } },
  conv_transpose2d: {
    kind: "conv_transpose",
    names: { out_channels: "out", kernel_size: "kernel" },
  },
  max_pool2d: { kind: "max_pool", names: { kernel_size: "kernel" } },
  avg_pool2d: { kind: "avg_pool", names: { kernel_size: "kernel" } },
  adaptive_avg_pool2d: { kind: "adaptive_avg_pool", names: {} },
  adaptive_max_pool2d: { kind: "adaptive_max_pool", names: {} },
  linear: { kind: "linear", names: { out_features: "out" } },
} as const;

/** What each kind of torch's errors must become: a refused argument or a code. */
const errors: readonly (readonly [torch: RegExp, ours: RegExp])[] = [
  [/same' is not supported for strided/, /^(CNN2006|stride)$/],
  [/must be divisible by groups/, /^CNN2004$/],
  [/Kernel size can't be greater/, /^CNN2003$/],
  [/expected input.* to have \d+ channels/, /^CNN2002$/],
  [/at most half of kernel size/, /^CNN2005$/],
  [/output padding must be smaller/, /^CNN2010$/],
  [/mat1 and mat2 shapes cannot be multiplied/, /^CNN200[78]$/],
  [/Calculated output size per channel/, /^CNN2011$/],
  [/Output size is too small/, /^CNN2003$/],
  [/stride/, /^(stride|kernel)$/],
  [/kernel size should be greater than zero/, /^kernel$/],
  [/dilation/, /^dilation$/],
  [/pad must be non-negative|negative padding/, /^(padding|kernel)$/],
  [/output_size|negative dimension/, /^output_size$/],
];

const material: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("../material/shapes.json", import.meta.url), "utf8"),
);

function argumentsOf({ op, attrs }: Case): PlainArguments {
  const names: Readonly<Record<string, string>> = operators[op].names;
  const given: Record<string, Plain> = {};
  for (const [name, value] of Object.entries(attrs)) {
    if (value !== null) given[names[name] ?? name] = value;
  }
  return given;
}

describe("PyTorch's shapes", () => {
  test("all cases are there", () => {
    expect(material.cases).toHaveLength(201);
    expect(material.cases.filter((c) => c.quirk !== undefined)).toHaveLength(2);
  });

  it.each(material.cases.filter((c) => c.quirk === undefined))("$id $op $input", (c) => {
    const ours = outcome(operators[c.op].kind, argumentsOf(c), c.input);
    if (c.ok) {
      expect(ours).toEqual({ shapes: [c.output] });
      return;
    }
    const expected = errors.find(([torch]) => torch.test(c.error ?? ""));
    expect(expected, c.error).toBeDefined();
    const said = "problem" in ours ? ours.problem.code : "refused" in ours ? ours.refused : "valid";
    expect(said).toMatch(expected?.[1] ?? "");
  });
});

/** Transcribed from `pooling_output_shape_pad_lr` of ATen/native/Pool.h, torch 1.13. */
function torchPositions(length: number, w: Window, ceil: boolean): number {
  const [pad, padAfter] = [w.padding[0], w.padding[2]];
  const [kernel, stride, dilation] = [w.kernel[0], w.stride[0], w.dilation[0]];
  const covered = length + pad + padAfter - dilation * (kernel - 1) - 1;
  let size = Math.floor((covered + (ceil ? stride - 1 : 0)) / stride) + 1;
  if (ceil && (size - 1) * stride >= length + pad) size--;
  return size;
}

function* grid(): Generator<Window> {
  for (const kernel of [1, 2, 3, 4, 5]) {
    for (const stride of [1, 2, 3, 4, 6]) {
      for (const dilation of [1, 2, 3]) {
        for (let pad = 0; pad <= kernel / 2; pad++) {
          for (let padAfter = 0; padAfter <= kernel / 2; padAfter++) {
            yield {
              kernel: [kernel, 1],
              stride: [stride, 1],
              dilation: [dilation, 1],
              padding: [pad, 0, padAfter, 0],
            };
          }
        }
      }
    }
  }
}

describe.each(["floor", "ceil"] as const)("window positions with %s", (rounding) => {
  test("equal torch's rule over a grid", () => {
    for (const window of grid()) {
      for (let length = 1; length <= 14; length++) {
        const expected = torchPositions(length, window, rounding === "ceil");
        const where = JSON.stringify({ window, length });
        if (expected >= 1) expect(positions(window, 0, length, rounding), where).toBe(expected);
        expect(countPositions(window, 0, length, rounding), where).toBe(Math.max(expected, 0));
        expect(length >= smallestLength(window, 0, rounding), where).toBe(expected >= 1);
      }
    }
  });

  test("are the same for a named size with its value put in", () => {
    for (const window of grid()) {
      const symbolic = positions(window, 0, named("H"), rounding);
      for (const H of [1, 2, 7, 8, 9, 30]) {
        expect(substitute(symbolic, { H })).toBe(positions(window, 0, H, rounding));
      }
    }
  });
});

test("`same` puts its odd pixel at the end and keeps the size", () => {
  expect(outcome("conv", { out: 2, kernel: 4, padding: "same" }, [1, 3, 5, 6])).toEqual({
    shapes: [[1, 2, 5, 6]],
  });
  expect(outcome("max_pool", { kernel: 2, stride: 1, padding: "same" }, [1, 3, 5, 6])).toEqual({
    shapes: [[1, 3, 5, 6]],
  });
});

test("the padding proposed for `same` with a stride gives ceil(input / stride)", () => {
  for (const kernel of [1, 2, 3, 4, 5, 6]) {
    const refused = outcome("conv", { out: 1, kernel, stride: 2, padding: "same" }, [1, 1, 9, 9]);
    const facts = "problem" in refused ? refused.problem.facts : {};
    const text = "padding" in facts ? String(facts.padding) : "";
    const padding = JSON.parse(text.replace("(", "[").replace(")", "]"));
    for (const size of [7, 8, 9]) {
      expect(outcome("conv", { out: 1, kernel, stride: 2, padding }, [1, 1, size, size])).toEqual({
        shapes: [[1, 1, Math.ceil(size / 2), Math.ceil(size / 2)]],
      });
    }
  }
});
