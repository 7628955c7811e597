/** Whole networks in WebAssembly against the reference. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { passes } from "../../src/optimize/optimize.ts";
import { errorInWasm, errorOf, solved } from "./compare.ts";
import { SIZES, exampleAt, folder } from "./examples.ts";

describe("the example", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".cnn"));

  it("list is complete", () => {
    expect(files.toSorted()).toEqual(Object.keys(SIZES).toSorted());
  });

  it.each(files.filter((file) => Object.keys(SIZES[file]).length > 0))("%s", (file) => {
    const graph = exampleAt(file);
    expect(errorInWasm(graph)).toBeLessThanOrEqual(2e-5);
  });

  describe.each(["inception.cnn", "lenet5-bn.cnn", "squeezenet.cnn"])("%s stopped", (file) => {
    const known = solved(exampleAt(file));

    it.each(passes.map(({ name }) => name))("after %s", (stopAfter) => {
      expect(errorOf(known, { stopAfter })).toBeLessThanOrEqual(2e-5);
    });
  });
});
