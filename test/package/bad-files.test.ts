/** What a package says when its files are missing, cut short, mixed up or cannot run here. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildInto, scratchFolder } from "./packages.ts";

const LENET = "examples/lenet5.cnn";
const folder = scratchFolder();
afterAll(() => folder[Symbol.dispose]());

/** The file, with a change. */
const wasm = (change: (bytes: Buffer) => Uint8Array): Uint8Array =>
  change(readFileSync(join(folder.path, "package/model.wasm")));

/** Runs statements in a process of its own, in which `open(options)` gives a message. */
async function messages(script: string): Promise<readonly string[]> {
  const main = `
    import { LeNet5 } from "./package/model.js";
    const said = [];
    const warn = (text) => said.push("warning: " + text);
    const open = async (options) => {
      try {
        const net = await LeNet5.open({ warn, ...options });
        said.push("opened with " + net.threads);
        net.close();
      } catch (error) {
        said.push(error.message);
      }
    };
    ${script}
    console.log(JSON.stringify(said));
  `;
  writeFileSync(join(folder.path, "main.mjs"), main);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["main.mjs"], {
    cwd: folder.path,
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

beforeAll(async () => {
  await buildInto(join(folder.path, "package"), LENET, "--threads", "2");
  await buildInto(join(folder.path, "other"), "examples/lenet5-bn.cnn");
  await buildInto(join(folder.path, "split"), LENET, "--external-weights");
  mkdirSync(join(folder.path, "bad"));
  const write = (name: string, bytes: string | Uint8Array): void =>
    writeFileSync(join(folder.path, "bad", name), bytes);
  const { length } = wasm((bytes) => bytes);
  write("empty.wasm", "");
  write(
    "code.wasm",
    wasm((bytes) => bytes.subarray(0, 5000)),
  );
  write(
    "last.wasm",
    wasm((bytes) => bytes.subarray(0, length - 1)),
  );
  write("page.wasm", "<!doctype html>".padEnd(length));
  write(
    "damaged.wasm",
    wasm((bytes) => {
      // The first program gets a type that does not exist, the others what nothing deflates to.
      bytes[11] = 0x11;
      const name = "cnn.program";
      for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
        bytes.fill(0xff, at + name.length, at + name.length + 100);
      }
      return bytes;
    }),
  );
  const weights = readFileSync(join(folder.path, "split/model.weights"));
  write("last.weights", weights.subarray(0, weights.length - 1));
  copyFileSync(join(folder.path, "split/model.weights"), join(folder.path, "bad/of-split.weights"));
});

test("files that are missing, cut short, damaged or of another build", async () => {
  const said = await messages(`
    await open();
    await open({ wasm: "no/model.wasm" });
    for (const name of ["empty", "code", "last", "page", "damaged"]) {
      await open({ wasm: new URL("bad/" + name + ".wasm", import.meta.url) });
    }
    await open({ wasm: "other/model.wasm" });
    await open({ wasm: new ArrayBuffer(10) });
    await open({ wasm: 5 });
  `);
  const total = wasm((bytes) => bytes).length;
  const failed = "LeNet5 cannot be loaded:";
  expect(said).toEqual([
    "opened with 2",
    expect.stringMatching(`^${failed} model.wasm cannot be opened: ENOENT.*no/model.wasm`),
    `${failed} model.wasm is cut short: 0 of ${total} bytes`,
    `${failed} model.wasm is cut short: 5000 of ${total} bytes`,
    `${failed} model.wasm is cut short: ${total - 1} of ${total} bytes`,
    `${failed} model.wasm is no WebAssembly: it begins with "<!doctype"; the server answered with a page`,
    `${failed} model.wasm is damaged`,
    expect.stringMatching(
      `^${failed} model.wasm is (of another build than model.js: copy all files of one build|cut short.*)$`,
    ),
    `${failed} model.wasm is cut short: 10 of ${total} bytes`,
    `${failed} model.wasm is a number: give a URL, its bytes or a Response`,
  ]);
});

test("weights beside the module that are missing, cut short or of another build", async () => {
  const { length } = readFileSync(join(folder.path, "split/model.weights"));
  const said = await messages(`
    const { LeNet5: Split } = await import("./split/model.js");
    LeNet5.open = (options) => Split.open(options);
    await open();
    await open({ weights: "no.weights" });
    await open({ weights: "bad/last.weights" });
    await open({ weights: "package/model.wasm" });
  `);
  const failed = "LeNet5 cannot be loaded:";
  expect(said).toEqual([
    "opened with 1",
    expect.stringMatching(`^${failed} model.weights cannot be opened: ENOENT`),
    `${failed} model.weights is cut short: ${length - 1} of ${length} bytes`,
    `${failed} model.weights is of another build than model.js: copy all files of one build`,
  ]);
});

test("a host without SIMD, shared memory, workers or room", async () => {
  const said = await messages(`
    const { validate } = WebAssembly;
    WebAssembly.validate = () => false;
    await open();
    WebAssembly.validate = validate;
    await open({ threads: 3 });
    await open({ threads: 1 });
    const { getBuiltinModule } = process;
    process.getBuiltinModule = (name) => name.includes("worker") ? undefined : getBuiltinModule(name);
    await open();
    process.getBuiltinModule = getBuiltinModule;
    const { SharedArrayBuffer } = globalThis;
    delete globalThis.SharedArrayBuffer;
    await open();
    globalThis.SharedArrayBuffer = SharedArrayBuffer;
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function () { throw new RangeError("could not allocate memory"); };
    await open();
    WebAssembly.Instance = Instance;
  `);
  expect(said).toEqual([
    "LeNet5 cannot be loaded: this JavaScript engine has no WebAssembly SIMD, " +
      "which Node 16.4, Chrome 91, Firefox 89 and Safari 16.4 brought",
    "warning: LeNet5 runs on one thread instead of 3: it was built for 1 or 2",
    "opened with 1",
    "opened with 1",
    "warning: LeNet5 runs on one thread instead of 2: workers cannot be started: " +
      "there are no workers here",
    "opened with 1",
    expect.stringMatching(
      /^warning: LeNet5 runs on one thread instead of 2: there is no shared memory; a page gets it /,
    ),
    "opened with 1",
    "LeNet5 cannot be loaded: there is no room for 1 MiB of memory",
  ]);
});

describe("over HTTP", () => {
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    const bytes = wasm((whole) => whole);
    if (url === "/model.wasm") response.end(bytes);
    else if (url === "/slow.wasm") {
      // In pieces, so that a read ends anywhere.
      for (let at = 0; at < bytes.length; at += 9999) response.write(bytes.subarray(at, at + 9999));
      response.end();
    } else if (url === "/broken.wasm") {
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, 40_000), () => response.destroy());
    } else if (url === "/short.wasm") response.end(bytes.subarray(0, 40_000));
    else response.writeHead(404).end();
  });
  let base = "";
  beforeAll(async () => {
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    base = `http://127.0.0.1:${address.port}`;
  });
  afterAll(() => void server.close());

  test("whole, in pieces, missing, cut short, broken off, from no server", async () => {
    const said = await messages(`
      for (const name of ["model", "slow", "missing", "short", "broken"]) {
        await open({ wasm: "${base}/" + name + ".wasm" });
      }
      await open({ wasm: await fetch("${base}/model.wasm") });
      await open({ wasm: "http://127.0.0.1:1/model.wasm" });
    `);
    const failed = "LeNet5 cannot be loaded: model.wasm";
    expect(said).toEqual([
      "opened with 2",
      "opened with 2",
      `${failed} cannot be fetched from ${base}/missing.wasm: the server answered 404 Not Found`,
      expect.stringContaining(`${failed} is cut short: 40000 of `),
      expect.stringMatching(`^${failed} broke off after \\d+ of \\d+ bytes: terminated$`),
      "opened with 2",
      expect.stringContaining(`${failed} cannot be fetched from http://127.0.0.1:1/model.wasm: `),
    ]);
  });
});
