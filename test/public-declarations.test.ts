import { describe, expect, test } from "vitest";
import { entryPoints, publicDeclarations } from "./public-declarations.ts";

describe("what a user of the package can see", () => {
  const declarations = publicDeclarations();

  test("is found from every entry point", () => {
    expect(entryPoints()).toEqual([
      "src/index.ts",
      "src/editor/prettier-plugin/index.ts",
      "src/vite/index.ts",
    ]);
    const names = declarations.map(({ name }) => name);
    // An export, a type that only a signature mentions, a default export, and a type of a type of a type.
    expect(names).toEqual(expect.arrayContaining(["compile", "Session", "cnn", "Polynomial"]));
  });

  test("is documented, each declaration by a comment of its own", () => {
    const silent = declarations.filter(({ doc }) => doc === undefined || doc.length < 4);
    expect(silent.map(({ file, name }) => `${name} in ${file}`)).toEqual([]);
  });

  test("names its errors where it throws", () => {
    const throwing = declarations.filter(({ text }) => /^async function|^function/.test(text));
    const pairs = throwing.filter(({ name }) => throwing.some((o) => o.name === tried(name)));
    const tries = throwing.filter(({ name }) => name.startsWith("try"));
    expect(pairs.map(({ name }) => tried(name)).sort()).toEqual(
      tries.map(({ name }) => name).sort(),
    );
    for (const { name, doc } of pairs) expect(doc, name).toContain("@throws ProgramError");
  });
});

/** `compile` throws what `tryCompile` returns. */
function tried(name: string): string {
  return `try${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
