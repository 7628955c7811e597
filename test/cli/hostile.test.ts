/**
 * Input that was made to do harm, given to the bundled program in a process of its own with little
 * memory: it answers with a message and exit code 1, and never with a stack trace.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { deflateSync } from "node:zlib";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "cnn-hostile-"));
const CLI = join(folder, "main.mjs");
const LENET = join(ROOT, "examples/lenet5.cnn");
const DIGIT = join(ROOT, "examples/digits/digit-07973-label-1.png");
/** MiB of JavaScript objects; arrays of bytes do not count. */
const MEMORY = 700;

beforeAll(async () => {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/cli/main.ts"],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["prettier", "@viz-js/viz", "esbuild"],
    logLevel: "warning",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** What the program prints, to standard error, and its exit code. */
function cnn(...argv: readonly string[]): { readonly code: number | null; readonly err: string } {
  const { status, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${MEMORY}`, CLI, ...argv],
    { cwd: ROOT, encoding: "utf8", timeout: 120_000 },
  );
  return { code: status, err: stderr };
}

function refuses(argv: readonly string[], code: string, words = ""): void {
  const { code: status, err } = cnn(...argv);
  expect({ status, err: err.slice(0, 500) }).toEqual({ status: 1, err: err.slice(0, 500) });
  expect(err).toContain(code);
  expect(err).toContain(words);
  expect(err).not.toMatch(/^ {4}at |fault of its own/m);
}

const times = (count: number, text: string): string => text.repeat(count);
const model = (body: string): string => `model M(x: [N, 3, 8, 8]) { ${body} }`;

describe("programs", () => {
  test.each([
    ["10 MB of comments", times(2_000_000, "// c\n"), "CNN1090"],
    ["a thousand groups", model(`x -> ${times(1000, "{ ")}relu${times(1000, " }")}`), "CNN1091"],
    ["a thousand parentheses", `const A = ${times(1000, "(")}1${times(1000, ")")}`, "CNN1091"],
    ["a thousand calls", model(`x -> ${times(1000, "relu(")}x${times(1000, ")")}`), "CNN1091"],
    [
      "a thousand branches",
      model(`${times(1000, "if 1 == 1 { ")}x${times(1000, " }")}`),
      "CNN1091",
    ],
    ["100,000 minus signs", `const A = ${times(100_000, "- ")}1`, "CNN1092"],
    ["100,000 fields", model(`let y = x${times(100_000, ".a")} x`), "CNN1092"],
    ["300,000 layers", model(`x${times(300_000, " -> relu")}`), "CNN3017"],
    ["sizes of 10¹⁸", model("x -> upsample(1000000) -> upsample(1000000)"), "CNN2040"],
    ["a number without end", `const A = ${times(100_000, "9")}`, "CNN1007"],
    ["a million zero bytes", times(1_000_000, "\0"), "CNN1002"],
  ])("%s", (name, text, code) => {
    refuses(["check", file(`${name.replaceAll(/\W/g, "-")}.cnn`, text)], code);
  });

  test("that import each other in a circle", () => {
    const a = file("circle-a.cnn", 'import { B } from "./circle-b.cnn"\nblock A(x) { x -> B }\n');
    file("circle-b.cnn", 'import { A } from "./circle-a.cnn"\nblock B(x) { x -> A }\n');
    refuses(["check", a], "CNN3013");
  });

  test("that import what is no program", () => {
    const text = ["/dev/zero", "/", "."]
      .map((path, i) => `import { A${i} } from "${path}"\n`)
      .join("");
    refuses(["check", file("imports.cnn", text)], "CNN3014");
  });
});

function safetensors(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (shape: string, offsets: string): string =>
  `{"a":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`;

describe("weights", () => {
  const good = readFileSync(join(ROOT, "examples/weights/lenet5.safetensors"));
  const withLength = (length: bigint): Uint8Array => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };

  test.each([
    ["cut in half", good.subarray(0, good.length / 2)],
    ["of no bytes", new Uint8Array(0)],
    ["of five bytes", good.subarray(0, 5)],
    ["with a header of 2⁶² bytes", withLength(2n ** 62n)],
    ["with a header that is no JSON", safetensors("{bad}")],
    ["with a header of 100,000 brackets", safetensors("[".repeat(100_000))],
    ["with a shape of 10¹⁸ elements", safetensors(entry("[1000000,1000000,1000000]", "[0,4]"))],
    ["with a negative shape", safetensors(entry("[-1]", "[0,4]"), new Uint8Array(4))],
    ["with offsets behind the end", safetensors(entry("[1]", "[0,4000000000]"))],
    ["with offsets that run backwards", safetensors(entry("[1]", "[4,0]"), new Uint8Array(4))],
    ["that are called __proto__", safetensors('{"__proto__":{"dtype":"F32"}}')],
  ])("%s", (name, bytes) => {
    const path = file(`${name.replaceAll(/\W/g, "-")}.safetensors`, bytes);
    refuses(["run", LENET, DIGIT, "--weights", path], "CNN50");
  });

  test("that are not numbers", () => {
    const bytes = new Uint8Array(good);
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, NaN, true);
    const path = file("nan.safetensors", bytes);
    refuses(["run", LENET, DIGIT, "--weights", path], "CNN5014", "NaN");
  });
});

function npy(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(10 + text.length + data.length);
  bytes.set([
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    1,
    0,
    text.length & 255,
    text.length >> 8,
  ]);
  bytes.set(text, 10);
  bytes.set(data, 10 + text.length);
  return bytes;
}

const array = (shape: string, descr = "<f4"): string =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`;
const floats = (value: number): Uint8Array =>
  new Uint8Array(new Float32Array(784).fill(value).buffer);

/** A PNG with this header; checksums are left out, which is a fault of its own only later. */
function png(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(12 + data.length);
    new DataView(bytes.buffer).setUint32(0, data.length);
    bytes.set(new TextEncoder().encode(type), 4);
    bytes.set(data, 8);
    return bytes;
  };
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

describe("inputs", () => {
  const picture = readFileSync(DIGIT);
  const bomb = new Uint8Array(100_000_000);

  test.each([
    ["an image that is text", "CNN5005", new TextEncoder().encode("hello")],
    ["an image of no bytes", "CNN5005", new Uint8Array(0)],
    ["an image cut in half", "CNN5002", picture.subarray(0, picture.length / 2)],
    ["an image of 2³¹ by 2³¹ pixels", "CNN500", png(2 ** 31 - 1, 2 ** 31 - 1, new Uint8Array(9))],
    ["an image that unpacks to 100 MB", "CNN500", png(28, 28, bomb)],
    ["an array of 10²⁴ elements", "CNN5002", npy(array("(1000000000000, 1000000000000)"))],
    ["an array cut short", "CNN5002", npy(array("(1, 1, 28, 28)"), new Uint8Array(100))],
    ["an array of Python objects", "CNN5003", npy(array("(1,)", "|O"), new Uint8Array(8))],
    ["an array whose header is code", "CNN500", npy("{'descr': __import__('os').system('id')}\n")],
    ["an array of NaN", "CNN5033", npy(array("(1, 1, 28, 28)"), floats(NaN))],
    ["an array of infinities", "CNN5033", npy(array("(1, 1, 28, 28)"), floats(Infinity))],
    ["half a zip file", "CNN5002", zipSync({ "x.npy": floats(1) }).subarray(0, 400)],
    ["a zip file of something else", "CNN5002", zipSync({ "x.txt": floats(1) })],
    ["a zip file that unpacks to 100 MB", "CNN500", zipSync({ "image.npy": bomb })],
  ])("%s", (name, code, bytes) => {
    refuses(["run", LENET, file(name.replaceAll(/\W/g, "-"), bytes)], code);
  });
});
