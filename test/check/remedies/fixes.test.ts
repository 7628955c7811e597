/**
 * Every fix that is offered anywhere mends its mistake: the edited program is checked again here,
 * apart from the checker's own trial. The broken examples get what their class of mistake promises.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { brokenInvariant } from "../../../src/analysis/verify.ts";
import { type Checked, check } from "../../../src/check/check.ts";
import type { Resolve } from "../../../src/check/modules.ts";
import { applyEdits } from "../../../src/diagnostics/edits.ts";
import type { Source } from "../../../src/diagnostics/span.ts";
import { checked, findings, model } from "../programs.ts";

const SAMPLES = join(import.meta.dirname, "../../samples");
const MISTAKES = join(import.meta.dirname, "../../../examples/mistakes");

const resolveIn =
  (folder: string): Resolve =>
  (path) => {
    const file = join(folder, path);
    return existsSync(file) ? { name: path, text: readFileSync(file, "utf8") } : undefined;
  };

const read = (folder: string, name: string): Source => ({
  name,
  text: readFileSync(join(folder, name), "utf8"),
});

/** Errors and the code in question: warnings may appear once the errors are gone. */
function count({ diagnostics }: Checked, code: string): { ofCode: number; errors: number } {
  return {
    ofCode: diagnostics.filter((diagnostic) => diagnostic.code === code).length,
    errors: diagnostics.filter(({ severity }) => severity === "error").length,
  };
}

describe("the fixes of the sample", () => {
  test.each(readdirSync(SAMPLES))("%s", (folder) => {
    const resolve = resolveIn(join(SAMPLES, folder));
    const source = read(join(SAMPLES, folder), "input.cnn");
    const before = check(source, { resolve });
    for (const { code, fix } of before.diagnostics) {
      if (fix === undefined) continue;
      const text = applyEdits(source.text, fix.edits);
      const after = check({ name: source.name, text }, { resolve, remedies: false });
      expect(count(after, code).ofCode).toBeLessThan(count(before, code).ofCode);
      expect(count(after, code).errors).toBeLessThanOrEqual(count(before, code).errors);
      for (const { graph } of after.models) expect(brokenInvariant(graph)).toBeUndefined();
    }
  });
});

/** What each broken example teaches: its code, what its fix does, which size would work. */
const mistakes: readonly {
  readonly file: string;
  readonly code: string;
  readonly fix?: RegExp;
  readonly note?: string;
  /** What the related places say. */
  readonly causes?: readonly string[];
}[] = [
  {
    file: "four-pools",
    code: "CNN2003",
    fix: /padding: 1/,
    note: "the model needs image ≥ 46×46",
    causes: ["3×3 became 1×1 here"],
  },
  { file: "channels-last", code: "CNN2003", fix: /\[N, 3, 224, 224\]/ },
  { file: "grey-into-rgb", code: "CNN2032", fix: /\[N, 3, 224, 224\]/ },
  { file: "missing-flatten", code: "CNN2007", fix: /flatten/, causes: ["10×10 became 5×5 here"] },
  {
    file: "linear-of-another-map",
    code: "CNN2008",
    fix: /in_features: 256/,
    note: "with image 32×32 it would fit",
    causes: ["made [N, 256] here"],
  },
  {
    file: "tiny-input",
    code: "CNN2003",
    fix: /padding: 2/,
    note: "the model needs image ≥ 11×11",
    causes: ["the input has 8×8"],
  },
  {
    file: "unet-odd-size",
    code: "CNN2052",
    fix: /upsample to the sizes/,
    note: "with image 352×544 it would fit",
    causes: ["10×16 became 20×32 here", "43×65 became 21×32 here"],
  },
  { file: "unet-any-size", code: "CNN2052", fix: /where H % 4 == 0, W % 4 == 0/ },
  {
    file: "residual-without-projection",
    code: "CNN2051",
    fix: /project `x`/,
    causes: [
      "256 channels became 512 channels here",
      "3 channels became 256 channels here",
      "in this use of Residual",
    ],
  },
  {
    file: "groups",
    code: "CNN2004",
    fix: /groups: 2/,
    causes: ["3 channels became 64 channels here"],
  },
  {
    file: "group-norm-of-one-channel",
    code: "CNN2009",
    fix: /`1`/,
    causes: ["32 channels became 1 channel here"],
  },
  { file: "batch-norm-of-one-value", code: "CNN2014", fix: /32/, causes: ["one image a batch"] },
  { file: "even-kernel-with-same", code: "CNN4016", fix: /kernel: 5/ },
  { file: "stride-skips-pixels", code: "CNN4004", fix: /kernel: 4/ },
];

describe("the broken example", () => {
  test.each(mistakes)("$file", ({ file, code, fix, note, causes }) => {
    const source = read(MISTAKES, `${file}.cnn`);
    expect(source.text).toMatch(/^\/\/ \S/);
    const { diagnostics } = check(source);
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
    const [diagnostic] = diagnostics;
    if (fix !== undefined) expect(diagnostic.fix?.title).toMatch(fix);
    if (note !== undefined) expect(diagnostic.notes).toContain(note);
    if (causes !== undefined) {
      expect(diagnostic.related.map((label) => label.text)).toEqual(causes);
    }
  });

  test("stands in this table", () => {
    const files = readdirSync(MISTAKES).map((name) => name.replace(".cnn", ""));
    expect(mistakes.map(({ file }) => file).sort()).toEqual(files.sort());
  });
});

describe("a fix", () => {
  const titles = (text: string): (string | undefined)[] =>
    checked(text).diagnostics.map(({ fix }) => fix?.title);

  test("is not offered where it would only move the mistake", () => {
    // `padding: 1` lets the kernel fit, but then the declared result is wrong.
    const text = `model Net(x: [N, 3, 2, 2]) -> [N, 4, 7, 7] { x -> conv(4, kernel: 3) }`;
    expect(titles(text)).toEqual([undefined]);
  });

  test("of an error is offered although lints speak up once it is mended", () => {
    const text = model(`x -> conv(4, kernel: 3) -> batch_norm -> rellu`);
    expect(titles(text)).toEqual(["write `relu`"]);
    expect(findings(text.replace("rellu", "relu"))).toEqual(["CNN4001 at 2"]);
  });

  test("is not made in an imported file", () => {
    const resolve: Resolve = () => ({
      name: "blocks.cnn",
      text: `block Stem(x) { x -> conv(4, kernel: 40) -> relu }`,
    });
    const text = `import { Stem } from "../blocks.cnn"\n${model(`x -> Stem`)}`;
    const { diagnostics } = check({ name: "net.cnn", text }, { resolve });
    expect(diagnostics.map(({ code, span, fix }) => [code, span.file, fix])).toEqual([
      ["CNN2003", "blocks.cnn", undefined],
    ]);
  });

  test("by a promise is made in the model, although the mistake stands in a block", () => {
    const text = `block Up(x: [N, C, H, W], skip: [N, C, V, U]) { concat(x -> upsample(2), skip) }
model Net(image: [N, 3, A, B]) { image -> max_pool(2) -> Up(image) }`;
    const [{ fix }] = checked(text).diagnostics;
    expect(fix?.title).toBe("promise `where A % 2 == 0, B % 2 == 0`");
    expect(applyEdits(text, fix?.edits ?? [])).toContain(
      "model Net(image: [N, 3, A, B]) where A % 2 == 0, B % 2 == 0 {",
    );
  });
});
