import v8 from "node:v8";
import { expect, test, vi } from "vitest";
import { tryCompile } from "../../src/index.ts";
import { joinVectorPairs } from "../../src/runtime/wide-vectors.ts";

const SOURCE = `
model Doubled(x: [N, 3]) {
  x -> mul(2)
}
`;

test("an engine that takes no flags is no reason to fail", () => {
  vi.spyOn(process, "arch", "get").mockReturnValue("x64");
  vi.spyOn(v8, "setFlagsFromString").mockImplementation(() => {
    throw new Error("flags are frozen");
  });
  try {
    expect(joinVectorPairs()).toBe("the engine takes no flags: flags are frozen");
  } finally {
    vi.restoreAllMocks();
  }
});

test("processors without vectors of 256 bits run the usual code, and say so", async () => {
  vi.spyOn(process, "arch", "get").mockReturnValue("arm64");
  try {
    const reason = joinVectorPairs();
    expect(reason).toContain("this is arm64");
    const { net } = await tryCompile(SOURCE, { wide: true, batch: 1 });
    expect(net?.diagnostics).toMatchObject([
      { code: "CNN5068", severity: "warning", facts: { reason } },
    ]);
    expect([
      ...(net?.run({ x: { shape: [1, 3], data: Float32Array.of(1, 2, 3) } }).output.data ?? []),
    ]).toEqual([2, 4, 6]);
  } finally {
    vi.restoreAllMocks();
  }
});
