/**
 * The conventions of the command line: exit codes 0 for fine, 1 for a wrong program or file, 2 for
 * a wrong command line; results on standard output, messages on standard error; `-` is standard
 * input; several files and folders at once.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { exampleNames } from "../examples/examples.ts";
import { cnn } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "cnn-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RIGHT = "model Right(x: [N, 4, 8, 8]) {\n  x -> conv(8, kernel: 3) -> relu\n}\n";
const WRONG = "model Wrong(x: [N, 4, 8, 8]) {\n  x -> rellu\n}\n";
const WARNED = "model Warned(x: [N, 4, 8, 8]) {\n  let a = x -> relu\n  x\n}\n";

function file(name: string, content: string | Uint8Array): string {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), content);
  return name;
}

function link(name: string): string {
  symlinkSync("nowhere.cnn", join(folder, name));
  return name;
}

file("right.cnn", RIGHT);
file("wrong.cnn", WRONG);
file("warned.cnn", WARNED);
file("nets/a.cnn", RIGHT);
file("nets/deep/b.cnn", RIGHT);
file("nets/.hidden/c.cnn", WRONG);
file("nets/node_modules/d.cnn", WRONG);
file("nets/notes.txt", "no program");

const here = (...argv: readonly string[]) => cnn(argv, folder);

const LENET = "examples/lenet5.cnn";
const DIGIT = "examples/digits/digit-07973-label-1.png";

describe("exit codes", () => {
  test.each([
    [0, ["check", "right.cnn"]],
    [0, ["check", "warned.cnn"]],
    [1, ["check", "wrong.cnn"]],
    [1, ["check", "right.cnn", "wrong.cnn"]],
    [1, ["check", "missing.cnn"]],
    [0, ["summary", "right.cnn"]],
    [1, ["summary", "wrong.cnn"]],
    [1, ["graph", "wrong.cnn", "--json"]],
    [0, ["fmt", "--check", "right.cnn"]],
    [0, ["explain", "CNN2003"]],
    [0, ["layers"]],
    [0, ["--version"]],
    [2, ["explain", "CNN9999"]],
    [2, ["layers", "covn"]],
    [2, []],
    [2, ["chekc", "right.cnn"]],
    [2, ["check"]],
    [2, ["check", "--jsn", "right.cnn"]],
    [2, ["check", "--allow"]],
    [2, ["graph", "right.cnn", "-o", ""]],
    [2, ["check", "--allow", "CNN1", "right.cnn"]],
    [2, ["check", "-", "-"]],
    [2, ["summary", "right.cnn", "--batch", "0"]],
    [2, ["summary", "right.cnn", "--set", "H"]],
    [2, ["run", "right.cnn"]],
    [2, ["run", "right.cnn", "x.npy", "--top", "many"]],
  ])("%i for cnn %j", async (code, argv) => {
    const { err, ...printed } = await here(...argv);
    expect({ code: printed.code, err }).toEqual({ code, err });
    expect(err).not.toMatch(/^ {4}at /m);
    if (code === 2) expect(printed.out).toBe("");
    if (code !== 0) expect(err).toMatch(/^error|^cnn checks/);
  });

  test("what is wrong is said with the way out", async () => {
    expect((await here("chekc")).err).toContain("check");
    expect((await here("check", "--jsn", "right.cnn")).err).toContain("did you mean --json?");
    expect((await here("check", "rigth.cnn")).err).toContain("did you mean `right.cnn`?");
    expect((await here("layers", "covn")).err).toContain("conv");
  });

  test.each([
    [["lint", "right.cnn"], "did you mean `cnn check`?"],
    [["layers", "Dense"], "did you mean `linear`?"],
    [["check", "right.cnn", "--allow", "CNN2003"], "only warnings can be allowed"],
    [["explain", "conv"], "`cnn layers conv` describes the layer"],
    [["draw", "right.cnn"], "did you mean `cnn graph MODEL.cnn -o MODEL.svg`?"],
    [["train", "right.cnn"], "`cnn export model.cnn -o model.py`"],
    [["--json", "check", "right.cnn"], "`cnn check --json model.cnn`"],
    [["build", "nets"], "nets is a folder"],
    [["plan", "right.cnn", "--set", "H=3", "W=3"], "`--set H=224,W=224`"],
    [["graph", "right.cnn", "-o", "net.png"], "write `-o net.svg`"],
    [["export", "right.cnn", "-o", "net.pt"], "`-o net.py`"],
    [["export", "right.cnn", "-o", "net.py", "--fresh"], "leave it out"],
  ])("what other tools take is answered by what this one takes: cnn %j", async (argv, help) => {
    const { code, err } = await here(...argv);
    expect(code).toBe(2);
    expect(err).toContain(help);
  });
});

describe("help", () => {
  test("names every command", async () => {
    for (const argv of [["--help"], ["-h"], ["help"]]) {
      const { code, out } = await cnn(argv);
      expect(code).toBe(0);
      for (const { name } of commands) expect(out).toContain(`cnn ${name}`);
    }
  });

  test.each(commands.map(({ name }) => name))(
    "of `cnn %s` has examples that it knows",
    async (name) => {
      const { code, out, err } = await cnn([name, "--help"]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const examples = out.slice(out.indexOf("\nExamples\n")).split("\n").slice(2, -1);
      expect(examples.length).toBeGreaterThan(0);
      const options = [...out.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, option]) => option);
      for (const line of examples) {
        expect(line).toMatch(new RegExp(`^ {2}cnn ${name}\\b`));
        const [command] = line.trim().split(/ {2,}/);
        for (const [, option] of command.matchAll(/ --([\w-]+)/g))
          expect(options).toContain(option);
      }
    },
  );
});

describe("files", () => {
  test("several files and folders at once, without hidden and installed ones", async () => {
    const { code, out } = await here("check", "right.cnn", "nets", "nets/a.cnn");
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => line.split(":")[0]),
    ).toEqual(["ok right.cnn", "ok nets/a.cnn", "ok nets/deep/b.cnn"]);
  });

  test("all mistakes of all files in one run", async () => {
    file("also-wrong.cnn", WRONG.replace("Wrong", "Also"));
    const { code, err } = await here("check", "wrong.cnn", "right.cnn", "also-wrong.cnn");
    expect(code).toBe(1);
    expect(err).toContain("wrong.cnn:2:8");
    expect(err).toContain("also-wrong.cnn:2:8");
    expect(err).toContain("2 errors");
  });

  test("- is standard input", async () => {
    expect(await cnn(["check", "-"], folder, RIGHT)).toMatchObject({ code: 0, err: "" });
    const { code, err } = await cnn(["check", "-"], folder, WRONG);
    expect(code).toBe(1);
    expect(err).toContain("CNN3001");
    const formatted = await cnn(["fmt", "-"], folder, RIGHT.replaceAll(/\s+/g, " "));
    expect(formatted.out).toContain("  x -> conv(8, kernel: 3) -> relu\n");
    expect((await cnn(["check", "--fix", "-"], folder, WRONG)).out).toBe(
      WRONG.replace("rellu", "relu"),
    );
  });

  test.each([
    ["a missing file", "missing.cnn", "there is no such file"],
    ["a file that is no text", file("binary.cnn", new Uint8Array([0xff, 0x41])), "not text"],
    [
      "a file of PowerShell",
      file("utf16.cnn", Buffer.from(`\ufeff${RIGHT}`, "utf16le")),
      "it is text in UTF-16",
    ],
    ["a link to nothing", link("dangling.cnn"), "a link to a file that is not there"],
    ["a file below a file", "right.cnn/x.cnn", "there is no such file"],
  ])("%s", async (_, path, words) => {
    const { code, out, err } = await here("check", path);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("CNN5001");
    expect(err).toContain(words);
  });

  test("a folder without programs is a wrong command line", async () => {
    mkdirSync(join(folder, "empty"));
    const { code, err } = await here("check", "empty");
    expect(code).toBe(2);
    expect(err).toContain("there is no .cnn file in empty");
  });

  // Nothing is unreadable for root.
  test.skipIf(process.getuid?.() === 0)("a file that may not be read", async () => {
    chmodSync(join(folder, file("secret.cnn", RIGHT)), 0o000);
    const { code, err } = await here("check", "secret.cnn");
    expect(code).toBe(1);
    expect(err).toContain("its permissions do not allow it");
  });

  test("a device is no file", async () => {
    const { code, err } = await here("check", "/dev/zero");
    expect(code).toBe(1);
    expect(err).toContain("it is a device");
  });
});

describe("cnn check --set", () => {
  const at = (sizes: string, program: string) =>
    cnn(["check", `examples/${program}.cnn`, "--set", sizes]);

  test("shows what a model makes of such images", async () => {
    expect((await at("H=224,W=160", "unet")).out).toBe(
      "ok examples/unet.cnn: UNet(image: [N, 1, 224, 160]) -> [N, 2, 224, 160]\n",
    );
    expect((await at("H=224", "unet")).out).toContain(
      "UNet(image: [N, 1, 224, W]) -> [N, 2, 224, W] for W ≥ 16 and divisible by 16",
    );
  });

  test.each([
    ["H=350,W=525", "unet", "the nearest values it can have: H = 336, H = 352"],
    ["H=8,W=8", "googlenet", "CNN"],
    ["X=8", "unet", "its named sizes are `N`, `H`, `W`"],
    ["H=350,W=525", "unet", "the nearest values it can have: W = 512, W = 528"],
  ])("refuses %s of %s", async (sizes, program, words) => {
    const { code, out, err } = await at(sizes, program);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(words);
  });
});

test("a summary with open sizes fits a screen, and says how they become numbers", async () => {
  const { code, out } = await cnn(["summary", "examples/resnet18.cnn"]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^layer1\.0\.conv1 +conv +\[1, 64, ⌈H\/4⌉, ⌈W\/4⌉\] +36,864 +36864·⌈H\/4⌉·⌈W\/4⌉ /m,
  );
  expect(out).toMatch(/^total +11,689,512$/m);
  expect(out).toContain("depend on the sizes H and W: `--set H=224,W=224` counts them");
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThan(120);
  const counted = await cnn(["summary", "examples/resnet18.cnn", "--set", "H=224,W=224"]);
  expect(counted.out).toMatch(/^total +11,689,512 +1,8\d\d,\d{3},\d{3}$/m);
  expect(counted.out).not.toContain("--set");
});

describe("--json", () => {
  test("stands alone on standard output, messages on standard error", async () => {
    const { code, out, err } = await here("check", "--json", "wrong.cnn", "right.cnn");
    expect(code).toBe(1);
    const { models, diagnostics } = JSON.parse(out);
    expect(models).toMatchObject([{ name: "Right", outputs: [{ shape: "[N, 8, 6, 6]" }] }]);
    expect(diagnostics).toMatchObject([{ code: "CNN3001", severity: "error" }]);
    expect(err).toContain("error CNN3001");
  });

  test.each([
    ["check", LENET],
    ["summary", LENET],
    ["graph", LENET],
    ["plan", LENET],
    ["run", LENET, DIGIT],
  ])("of cnn %s is JSON", async (...argv) => {
    const { code, out, err } = await cnn([...argv, "--json"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(() => JSON.parse(out)).not.toThrow();
  });
});

describe("cnn run", () => {
  test("shows the likeliest classes with their labels, as many as asked for", async () => {
    const { out } = await cnn(["run", LENET, DIGIT, "--top", "3"]);
    const lines = out.trimEnd().split("\n").slice(2);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/\b1\b/);
    const [{ classes }] = JSON.parse(
      (await cnn(["run", LENET, DIGIT, "--json", "--top", "2"])).out,
    );
    expect(classes[0].images[0]).toHaveLength(2);
    expect(classes[0].images[0][0]).toMatchObject({ index: 1, label: "1" });
    expect(classes[0].images[0][0].probability).toBeGreaterThan(0.9);
  });

  test("goes on behind an image that is none", async () => {
    const { code, out, err } = await cnn(["run", LENET, "package.json", DIGIT, "nowhere.png"]);
    expect(code).toBe(1);
    expect(out).toContain(DIGIT);
    expect(err).toContain("CNN5005");
    expect(err).toContain("CNN5001");
  });
});

describe("cnn init", () => {
  test("writes a program that is right, in style, and never over another", async () => {
    const first = await here("init", "first.cnn");
    expect(first).toMatchObject({ code: 0, err: "" });
    for (const [, next] of first.out.matchAll(/^ {2}cnn (.*)$/gm)) {
      expect(await here(...next.split(" "))).toMatchObject({ code: 0, err: "" });
    }
    expect(await here("check", "first.cnn")).toMatchObject({ code: 0, err: "" });
    expect(await here("fmt", "--check", "first.cnn")).toMatchObject({ code: 0, out: "" });
    const before = readFileSync(join(folder, "first.cnn"), "utf8");
    const again = await here("init", "first.cnn");
    expect(again.code).toBe(2);
    expect(again.err).toContain("exists already");
    expect(readFileSync(join(folder, "first.cnn"), "utf8")).toBe(before);
  });

  test("writes model.cnn unless told otherwise, and only programs", async () => {
    await here("init");
    expect(existsSync(join(folder, "model.cnn"))).toBe(true);
    expect((await here("init", "model.txt")).code).toBe(2);
    expect((await here("init", "nowhere/model.cnn")).err).toContain("its folder does not exist");
  });
});

describe("cnn fmt", () => {
  test("rewrites files, names them, and leaves those with mistakes alone", async () => {
    file("ugly.cnn", RIGHT.replaceAll(/\s+/g, " "));
    file("broken.cnn", "model M(");
    const checked = await here("fmt", "--check", "ugly.cnn", "right.cnn");
    expect(checked).toMatchObject({ code: 1, out: "ugly.cnn\n" });
    const { code, out } = await here("fmt", "ugly.cnn", "broken.cnn", "right.cnn");
    expect({ code, out }).toEqual({ code: 1, out: "ugly.cnn\n" });
    expect(readFileSync(join(folder, "ugly.cnn"), "utf8")).toBe(RIGHT);
    expect(readFileSync(join(folder, "broken.cnn"), "utf8")).toBe("model M(");
  });
});

test("every example checks, in one command", async () => {
  cpSync("examples", join(folder, "examples"), { recursive: true });
  rmSync(join(folder, "examples/mistakes"), { recursive: true });
  const { code, out } = await here("check", "examples");
  expect(code).toBe(0);
  for (const name of exampleNames) expect(out).toContain(`ok examples/${name}.cnn`);
});
