/** The built package: what `cnn` keeps between its starts, and that it works with it and without. */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
mkdirSync(join(ROOT, "dist"), { recursive: true });
/** Inside the project, so that the program finds the packages that it does not bundle. */
const folder = mkdtempSync(join(ROOT, "dist/launch-"));
const built = join(folder, "cli");
const cache = join(folder, "cache");

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ["packaging/cli.ts", built], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
beforeEach(() => rmSync(cache, { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the built program with a cache of its own. */
function cnn(argv: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(built, "main.js"), ...argv],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", NODE_COMPILE_CACHE: cache, ...environment },
    },
  );
  return { status, stdout, stderr };
}

/** The files of kept code; Node's own have other names. */
function kept(): readonly string[] {
  return readdirSync(cache, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes("program-"))
    .map((name) => join(cache, name));
}

const good = ["check", "examples/lenet5.cnn"];
const checked = {
  status: 0,
  stdout: "ok examples/lenet5.cnn: LeNet5(image: [N, 1, 28, 28]) -> [N, 10]\n",
  stderr: "",
};

describe("the code of a command", () => {
  test("is kept once, and used", () => {
    expect(cnn(good)).toEqual(checked);
    const [path, ...others] = kept();
    expect(path).toMatch(/program-\w+\.js-check$/);
    expect(others).toEqual([]);
    const before = readFileSync(path);
    expect(cnn(good)).toEqual(checked);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("is kept for each command by itself", () => {
    cnn(good);
    cnn(["explain", "CNN2001"]);
    expect(kept().map((path) => path.replace(/.*-/, ""))).toEqual(["check", "explain"]);
  });

  test("is kept for the help of a command, and for what is no command", () => {
    cnn(["explain", "--help"]);
    cnn(["--version"]);
    expect(kept().map((path) => path.replace(/.*\.js-/, ""))).toEqual([
      "--version",
      "explain-help",
    ]);
  });

  test("is not kept of a run that went wrong", () => {
    expect(cnn(["check", "nowhere.cnn"]).status).toBe(1);
    expect(kept()).toEqual([]);
  });

  test.each([
    { what: "damaged", damage: (code: Buffer) => code.fill(0, code.length >> 1) },
    { what: "cut off", damage: (code: Buffer) => code.subarray(0, code.length >> 1) },
    { what: "empty", damage: () => Buffer.alloc(0) },
  ])("is made anew where it is $what", ({ damage }) => {
    cnn(good);
    const [path] = kept();
    const whole = readFileSync(path);
    const damaged = Buffer.from(damage(Buffer.from(whole)));
    writeFileSync(path, damaged);
    expect(cnn(good)).toEqual(checked);
    expect(readFileSync(path).equals(damaged)).toBe(false);
  });

  test("goes where 32 others are newer, and nothing else does", () => {
    cnn(["explain", "CNN2001"]);
    const beside = dirname(kept()[0]);
    const older = (name: string, minutes: number): string => {
      const path = join(beside, name);
      writeFileSync(path, "");
      utimesSync(path, new Date(), new Date(Date.now() - minutes * 60_000));
      return path;
    };
    const versions = Array.from({ length: 40 }, (_, i) => older(`program-OLD${i}.js-check`, 1 + i));
    const others = [older("program.txt", 100), older("0123abcd", 100)];
    mkdirSync(join(beside, "program-FOLDER.js-check"));
    expect(cnn(good)).toEqual(checked);
    // The two that are real, and of the others the newest.
    expect(versions.filter((path) => existsSync(path))).toEqual(versions.slice(0, 30));
    expect(kept().filter((path) => !path.includes("OLD") && !path.includes("FOLDER"))).toHaveLength(
      2,
    );
    expect(others.every((path) => existsSync(path))).toBe(true);
  });

  test("is not kept where Node's cache is switched off", () => {
    expect(cnn(good, { NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual(checked);
    expect(() => readdirSync(cache)).toThrow("ENOENT");
  });
});

describe("the built program", () => {
  // Linux has a device that is always full.
  test.runIf(existsSync("/dev/full"))("says so where its output finds no place", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [join(built, "main.js"), "layers"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(stderr).toBe("error: cannot write standard output: the disk is full\n");
    expect(status).toBe(2);
  });

  test("knows its version", () => {
    expect(cnn(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("finds the packages that only some commands need", () => {
    expect(cnn(["fmt", "--check", "examples/lenet5.cnn"]).status).toBe(0);
    expect(cnn(["graph", "examples/lenet5.cnn", "--svg"]).stdout).toContain("<svg");
  });

  test("runs a trained model", () => {
    const digit = "examples/digits/digit-07973-label-1.png";
    const { stdout } = cnn(["run", "examples/lenet5.cnn", "--input", digit]);
    expect(stdout).toMatch(/class +probability +logit\n +1 /);
  });
});

/** `script` of util-linux gives a program a terminal of its own; other systems' takes other words. */
const terminals = spawnSync("script", ["--version"], { encoding: "utf8" });
const hasTerminals = terminals.stdout?.includes("util-linux") ?? false;

describe("colours", () => {
  const wrong = "test/samples/CNN3001-misspelt-layer/input.cnn";
  const escape = "\u001b[";

  test("are for terminals, not for pipes", () => {
    expect(cnn(["check", wrong], { NO_COLOR: "" }).stderr).not.toContain(escape);
  });

  test.runIf(hasTerminals)("are left out on a terminal where NO_COLOR says so", () => {
    const onTerminal = (environment: NodeJS.ProcessEnv): string => {
      const command = [process.execPath, join(built, "main.js"), "check", wrong].join(" ");
      const { NO_COLOR: _, ...inherited } = process.env;
      const env = { ...inherited, TERM: "xterm", ...environment };
      return spawnSync("script", ["-qec", command, "/dev/null"], {
        cwd: ROOT,
        encoding: "utf8",
        env,
      }).stdout;
    };
    expect(onTerminal({})).toContain(`${escape}1;31merror CNN3001`);
    const plain = onTerminal({ NO_COLOR: "1" });
    expect(plain).toContain("error CNN3001");
    expect(plain).not.toContain(escape);
  });
});
