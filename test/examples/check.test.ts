/** Every example is without fault: no error, no warning, and a graph that keeps all invariants. */
import { describe, expect, test } from "vitest";
import { brokenInvariant } from "../../src/analysis/verify.ts";
import { check } from "../../src/check/check.ts";
import { example, exampleNames, resolveExample } from "./examples.ts";

describe.each(exampleNames)("%s.cnn", (name) => {
  const source = example(name);
  const { models, diagnostics } = check(source, { resolve: resolveExample });

  test("has no errors and no warnings", () => {
    expect(diagnostics.map(({ code, span }) => `${code} at ${span.file}:${span.start}`)).toEqual(
      [],
    );
    expect(models.length).toBeGreaterThan(0);
  });

  test("makes a sound graph", () => {
    for (const { graph } of models) expect(brokenInvariant(graph)).toBeUndefined();
  });

  test("opens with what it teaches", () => {
    expect(source.text).toMatch(/^\/\/ \S/);
  });
});
