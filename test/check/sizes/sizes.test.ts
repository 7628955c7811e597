/** Shapes, named sizes, promises and the inferred input contract. */
import { describe, expect, test } from "vitest";
import {
  checked,
  contractOf,
  diagnosticsOf,
  errors,
  findings,
  model,
  resultType,
} from "../programs.ts";

describe("shapes", () => {
  test("follow the pipeline", () => {
    const text = model(
      `image
        -> conv(6, kernel: 5, padding: 2) -> relu -> avg_pool(2)
        -> conv(16, kernel: 5) -> relu -> avg_pool(2)
        -> flatten -> [N, 400] -> linear(10)`,
      "image: [N, 1, 28, 28]",
    );
    expect(resultType(text)).toBe("[N, 10]");
  });

  test("are expressions of named sizes", () => {
    const text = model(`x -> conv(8, kernel: 3, stride: 2, padding: 1)`, "x: [N, 3, H, W]");
    expect(resultType(text)).toBe("[N, 8, floor((H + 1) / 2), floor((W + 1) / 2)]");
  });

  test("can be asked for", () => {
    expect(resultType(model(`x -> flatten -> linear(x.channels * x.height)`))).toBe("[N, 128]");
    expect(resultType(model(`x -> conv(x.shape[1] + x.shape[-1], kernel: 1)`))).toBe(
      "[N, 36, 32, 32]",
    );
    expect(resultType(model(`x -> flatten -> linear(x.rank)`))).toBe("[N, 4]");
  });

  test("of blocks bind names", () => {
    const block = `block Widen(x: [N, C, H, W]) -> [N, 2 * C, H, W] { x -> conv(2 * C, kernel: 1) }\n`;
    expect(resultType(block + model(`x -> Widen -> Widen`))).toBe("[N, 16, 32, 32]");
  });

  test("of blocks may ask for equal sizes", () => {
    const block = `block Square(x: [N, C, S, S]) { x -> relu }\n`;
    expect(errors(block + model(`x -> Square`))).toEqual([]);
    expect(errors(block + model(`x -> Square`, "x: [N, 4, 32, 31]"))).toEqual(["CNN2032 at 3"]);
  });
});

describe("conditions", () => {
  const block = `block Down(x: [N, C, H, W], out: int) {
  if C == out { x } else if C < out { x -> conv(out, kernel: 1) } else { x -> conv(1, kernel: 1) }
}\n`;

  test.each([
    [4, "[N, 4, 32, 32]"],
    [8, "[N, 8, 32, 32]"],
    [2, "[N, 1, 32, 32]"],
  ])("of sizes choose a branch: out %i", (out, shape) => {
    expect(resultType(block + model(`x -> Down(${out})`))).toBe(shape);
  });

  test("without `else` let the value pass by", () => {
    expect(resultType(model(`x -> if x.channels > 4 { conv(8, kernel: 1) }`))).toBe(
      "[N, 4, 32, 32]",
    );
  });

  test("that depend on a named size are refused", () => {
    const text = model(`if H > 8 { x -> max_pool(2) } else { x }`, "x: [N, 4, H, W]");
    expect(errors(text)).toEqual(["CNN3010 at 2"]);
  });

  test("that `where` decides are not", () => {
    const text = `model Net(x: [N, 4, H, W]) -> [N, 4, H, W] where H > 8 {
  if H > 8 { x -> relu } else { x }
}`;
    expect(errors(text)).toEqual([]);
  });
});

describe("promises", () => {
  const unet = (where: string): string => `model UNet(image: [N, 1, H, W]) -> [N, 2, H, W]${where} {
  let d1 = image -> conv(16, kernel: 3, padding: same) -> relu
  let d2 = d1 -> max_pool(2) -> conv(32, kernel: 3, padding: same) -> relu
  let d3 = d2 -> max_pool(2) -> conv(64, kernel: 3, padding: same) -> relu
  let u2 = concat(d3 -> upsample(2), d2) -> conv(32, kernel: 3, padding: same) -> relu
  let u1 = concat(u2 -> upsample(2), d1) -> conv(16, kernel: 3, padding: same) -> relu
  u1 -> conv(2, kernel: 1)
}
`;

  test("make a U-Net fit", () => {
    expect(findings(unet(" where H % 4 == 0, W % 4 == 0"))).toEqual([]);
    expect(findings(unet(" where H % 8 == 0 and W % 12 == 0"))).toEqual([]);
  });

  test("that are too weak do not", () => {
    expect(errors(unet(" where H % 2 == 0, W % 4 == 0"))).toEqual(["CNN2052 at 5"]);
    expect(errors(unet(" where H % 4 == 0"))).toEqual(["CNN2052 at 5"]);
  });

  test("that are missing are proposed, with a size that fails", () => {
    const [diagnostic] = checked(unet("")).diagnostics;
    expect(diagnostic.code).toBe("CNN2052");
    const example = diagnostic.notes.find((note) => note.startsWith("for example"));
    // floor(floor(6 / 2) / 2) · 2 = 2, and floor(6 / 2) = 3.
    expect(example).toBe("for example with H = 6: one side is 2, the other 3");
    expect(diagnostic.fix?.title).toBe("promise `where H % 4 == 0, W % 4 == 0`");
  });

  test("join those that stand there already", () => {
    const [{ fix }] = checked(unet(" where H >= 8")).diagnostics;
    expect(fix?.edits.map(({ text }) => text)).toEqual([", H % 4 == 0, W % 4 == 0"]);
  });

  test("are strengthened until the whole model fits", () => {
    // The first join needs H % 2; the second, of which nothing is known before, H % 4.
    const text = `model Net(x: [N, 1, H, W]) where W % 4 == 0 {
  let a = x -> max_pool(2)
  let b = a -> max_pool(2)
  let first = concat(x, a -> upsample(2))
  let second = concat(a, b -> upsample(2))
  concat(first, second -> upsample(2))
}`;
    const { diagnostics } = checked(text);
    expect(diagnostics.map(({ fix }) => fix?.title)).toContain("promise `where H % 4 == 0`");
  });

  test("of equal sizes hold", () => {
    const text = (where: string): string => `model Net(a: [N, 3, H, W], b: [N, 3, V, W])${where} {
  a + b
}`;
    expect(errors(text(" where H == V"))).toEqual([]);
    expect(errors(text(""))).toEqual(["CNN2051 at 2"]);
  });

  test("of what is no named size are refused", () => {
    expect(errors(`model Net(x: [N, 3, H, W]) where H * W > 64 { x -> relu }`)).toEqual([
      "CNN3023 at 1",
    ]);
  });

  test("of blocks are checked at each use", () => {
    const text =
      `block Halve(x: [N, C, H, W]) where H % 2 == 0 { x -> max_pool(2) }\n` +
      model(`x -> Halve -> Halve -> Halve`, "x: [N, 4, 4, 4]");
    expect(errors(text)).toEqual(["CNN2034 at 3"]);
  });
});

describe("the input contract", () => {
  test("is empty where any size will do", () => {
    expect(contractOf(model(`x -> relu -> global_avg_pool`, "x: [N, 3, H, W]"))).toBe("");
  });

  test("has what the kernels need", () => {
    // Two kernels of 5 without padding and a pool of 2 between: (2 · 5 + 5 - 1) = 14.
    const text = model(
      `x -> conv(4, kernel: 5) -> max_pool(2) -> conv(4, kernel: 5)`,
      "x: [N, 3, H, W]",
    );
    expect(contractOf(text)).toBe("H, W ≥ 14");
  });

  test("has what was promised, rounded up to what fits it", () => {
    const text = `model Net(x: [N, 3, H, W]) where H % 32 == 0, W % 32 == 0 {
  x -> max_pool(2) -> max_pool(2) -> max_pool(2) -> max_pool(2) -> max_pool(2)
}`;
    expect(contractOf(text)).toBe("H, W ≥ 32 and divisible by 32");
  });

  test("tells sizes apart", () => {
    const text = model(`x -> conv(4, kernel: (3, 7))`, "x: [N, 3, H, W]");
    expect(contractOf(text)).toBe("H ≥ 3; W ≥ 7");
  });

  test("is found where only sizes in between work", () => {
    // The slice needs H ≥ 12 − H, the mirror 12 − H ≥ 4.
    const text = model(
      `x -> slice(axis: height, start: 0, end: 12 - H) -> pad((3, 0, 0, 0), mode: reflect)`,
      "x: [N, 3, H, W]",
    );
    expect(errors(text)).toEqual([]);
  });

  test("takes 28 pixels for granted where they are written", () => {
    expect(contractOf(model(`x -> conv(4, kernel: 5)`))).toBe("");
  });
});

describe("sizes that work", () => {
  const notesOf = (text: string): readonly string[] => checked(text).diagnostics[0].notes;

  test("the smallest image for four convolutions and pools", () => {
    const stage = `conv(8, kernel: 3) -> relu -> max_pool(2)`;
    const text = model(`x -> ${stage} -> ${stage} -> ${stage} -> ${stage}`, "x: [N, 1, 28, 28]");
    // Backwards: 1 ← pool 2 ← conv 4 ← pool 8 ← conv 10 ← pool 20 ← conv 22 ← pool 44 ← conv 46.
    expect(notesOf(text)).toContain("the model needs x ≥ 46×46");
  });

  test("the next image whose sizes meet", () => {
    const text = model(
      `concat(x, x -> max_pool(2) -> max_pool(2) -> upsample(4))`,
      "x: [N, 1, 30, 45]",
    );
    expect(notesOf(text)).toContain("with x 32×48 it would fit");
  });

  test("the image for which linear was sized", () => {
    const text = model(
      `x -> conv(6, kernel: 5) -> avg_pool(2) -> conv(16, kernel: 5) -> avg_pool(2)
    -> flatten -> linear(10, in_features: 400)`,
      "x: [N, 1, 28, 28]",
    );
    // 32 → 28 → 14 → 10 → 5, and 16 · 5 · 5 = 400.
    expect(notesOf(text)).toContain("with x 32×32 it would fit");
  });
});

describe("the history of a size", () => {
  test("names each layer that changed it", () => {
    const text = model(
      `x -> conv(8, kernel: 5) -> relu -> max_pool(2) -> conv(8, kernel: 5) -> max_pool(2)
    -> conv(8, kernel: 5)`,
      "x: [N, 1, 28, 28]",
    );
    const [{ notes, related }] = diagnosticsOf(text);
    expect(notes).toContain("height: 28 ─conv5→ 24 ─pool2→ 12 ─conv5→ 8 ─pool2→ 4");
    expect(related.map((label) => label.text)).toEqual(["8×8 became 4×4 here"]);
  });

  test("shows both sides of a join", () => {
    const text = model(`(x -> max_pool(2)) + (x -> conv(4, kernel: 3))`);
    const [{ related }] = diagnosticsOf(text);
    expect(related.map((label) => label.text)).toEqual([
      "32×32 became 16×16 here",
      "32×32 became 30×30 here",
    ]);
  });
});
