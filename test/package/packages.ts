/** Packages that `cnn build` writes into folders of their own, and what PyTorch says of digits. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { readImage } from "../../src/formats/images/image.ts";
import { cnn } from "../cli/terminal.ts";

/** A folder far from the repository and its `node_modules`, removed at the end of a block. */
export function scratchFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "cnn-package-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

export async function buildInto(
  folder: string,
  program: string,
  ...options: readonly string[]
): Promise<void> {
  const { code, err } = await cnn(["build", program, "-o", folder, ...options]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
}

interface Digit {
  readonly label: number;
  readonly pixels: readonly number[];
  /** By PyTorch. */
  readonly logits: readonly number[];
}

/** Real digits for `examples/lenet5.cnn`, which wants pixels in 0..1. */
export function lenetDigits(count: number): readonly Digit[] {
  const expected: Readonly<
    Record<string, { readonly label: number; readonly lenet5: { readonly logits: number[] } }>
  > = JSON.parse(readFileSync("test/material/lenet/digits/expected.json", "utf8"));
  return Object.entries(expected)
    .slice(0, count)
    .map(([file, { label, lenet5 }]) => {
      const input = { name: "image", shape: [1, 1, 28, 28] };
      const image = readImage(readFileSync(`examples/digits/${file}`), file, input);
      if ("code" in image) throw new Error(image.code);
      return { label, pixels: Array.from(image.data), logits: lenet5.logits };
    });
}

/** The tolerance is that of the weights and pixels, which PyTorch rounds in another order. */
export function expectLogits(got: ArrayLike<number>, { label, logits }: Digit): void {
  const values = Array.from(got);
  expect(values.indexOf(Math.max(...values))).toBe(label);
  for (const [i, logit] of logits.entries()) {
    expect(Math.abs(values[i] - logit)).toBeLessThan(2e-4);
  }
}
