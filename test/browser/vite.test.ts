/** The Vite plugin: programs are imported like modules, by a development server and by a build. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type InlineConfig, type Plugin, build, createServer } from "vite";
import { describe, expect, test } from "vitest";
import cnn, { type PluginOptions } from "../../src/vite/index.ts";
import { expectLogits, lenetDigits, scratchFolder } from "../package/packages.ts";
import { inChromium, visit, withoutBrowser } from "./chromium.ts";

const digits = lenetDigits(2);

const MAIN = `
import { LeNet5 } from "./lenet5.cnn";
const net = await LeNet5.open();
const logits = ${JSON.stringify(digits.map(({ pixels }) => pixels))}
  .map((pixels) => [...net.run({ image: pixels }).output.data]);
const value = { logits, labels: LeNet5.labels, threads: net.threads };
if (typeof document === "undefined") console.log(JSON.stringify(value));
else fetch("/report", { method: "POST", body: JSON.stringify({ value }) });
`;

/** A project with a page, a program and its weights. */
function project(root: string): void {
  cpSync("examples/lenet5.cnn", join(root, "lenet5.cnn"));
  mkdirSync(join(root, "weights"));
  cpSync("examples/weights/lenet5.safetensors", join(root, "weights/lenet5.safetensors"));
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  writeFileSync(join(root, "main.js"), MAIN);
  writeFileSync(
    join(root, "index.html"),
    '<!doctype html><title>LeNet-5</title><script type="module" src="/main.js"></script>',
  );
}

function config(root: string, options: PluginOptions = {}, plugins: Plugin[] = []): InlineConfig {
  return {
    root,
    configFile: false,
    logLevel: "silent",
    plugins: [cnn(options), ...plugins],
    build: { target: "es2022", modulePreload: false, minify: false },
  };
}

/** What a page posts to its development server. */
function reportTo(report: (body: string) => void): Plugin {
  return {
    name: "report",
    configureServer: ({ middlewares }) => {
      middlewares.use("/report", (request: IncomingMessage, response) => {
        let body = "";
        request.on("data", (chunk) => (body += chunk));
        request.on("end", () => {
          response.end();
          report(body);
        });
      });
    },
  };
}

function expectDigits(value: { readonly logits: readonly number[][]; readonly labels: unknown }) {
  expect(value.labels).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  for (const [i, digit] of digits.entries()) expectLogits(value.logits[i], digit);
}

/** Runs built modules without a browser. */
function runInNode(file: string) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return JSON.parse(stdout);
}

describe("a build", () => {
  test("carries the module along as a file of its own, and runs", async () => {
    using folder = scratchFolder();
    project(folder.path);
    await build({ ...config(folder.path), base: "./" });
    const assets = readdirSync(join(folder.path, "dist/assets"));
    expect(assets.map((name) => name.replace(/-[\w-]{8}\./, ".")).sort()).toEqual([
      "LeNet5.wasm",
      "index.js",
    ]);
    const script = assets.find((name) => name.endsWith(".js")) ?? "";
    expectDigits(runInNode(join(folder.path, "dist/assets", script)));
    if (withoutBrowser === undefined) {
      const page = `await import("/assets/${script}");`;
      expectDigits(await inChromium(join(folder.path, "dist"), page));
    }
  });

  test("for a server has the module in its code", async () => {
    using folder = scratchFolder();
    project(folder.path);
    const base = config(folder.path);
    await build({ ...base, build: { ...base.build, ssr: "main.js" } });
    expect(readdirSync(join(folder.path, "dist"))).toEqual(["main.js"]);
    expectDigits(runInNode(join(folder.path, "dist/main.js")));
  });

  test("writes types that TypeScript finds by the import, once", async () => {
    using folder = scratchFolder();
    project(folder.path);
    await build(config(folder.path, { models: { LeNet5: { batch: 4, threads: 2 } } }));
    const types = join(folder.path, "lenet5.cnn.d.ts");
    const written = statSync(types).mtimeMs;
    await build(config(folder.path, { models: { LeNet5: { batch: 4 } } }));
    expect(statSync(types).mtimeMs).toBe(written);
    writeFileSync(
      join(folder.path, "use.ts"),
      `import { LeNet5 } from "./lenet5.cnn";
const net: LeNet5 = await LeNet5.open();
const { shape } = net.run({ image: new Float32Array(4 * 784) }).output;
shape satisfies readonly [4, 10];
// @ts-expect-error: images come by fours
net.run({ image: { shape: [1, 1, 28, 28], data: [] } });
`,
    );
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2022",
      module: "esnext",
      moduleResolution: "bundler",
      types: [],
    };
    writeFileSync(join(folder.path, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
    const tsc = join(dirname(typescript), "bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder.path], { encoding: "utf8" });
    expect(stdout).toBe("");
  });

  test("writes no types where they are not wanted", async () => {
    using folder = scratchFolder();
    project(folder.path);
    await build(config(folder.path, { types: false }));
    expect(existsSync(join(folder.path, "lenet5.cnn.d.ts"))).toBe(false);
  });

  test.each([
    {
      mistake: "an error of the program",
      change: (text: string) => text.replace("avg_pool(2)", "avg_pool(7)"),
      message: "CNN2003: the kernel is larger than its input",
      line: 14,
      frame: "needs at least 5×5, gets 4×4",
    },
    {
      mistake: "weights that are not there",
      change: (text: string) => text.replace("lenet5.safetensors", "lenet.safetensors"),
      message: "CNN5001: cannot read weights/lenet.safetensors",
      line: 9,
      frame: "did you mean `lenet5.safetensors`?",
    },
    {
      mistake: "a file without a model",
      change: () => "const A = 1\n",
      message: "CNN5050: lenet5.cnn declares no model",
      line: 1,
      frame: "nothing here can run",
    },
  ])("fails with the place of $mistake", async ({ change, message, line, frame }) => {
    using folder = scratchFolder();
    project(folder.path);
    const program = join(folder.path, "lenet5.cnn");
    writeFileSync(program, change(readFileSync(program, "utf8")));
    const failure: unknown = await build(config(folder.path)).catch((error: unknown) => error);
    const facts = { plugin: "cnn-lang", id: program, loc: { file: program, line } };
    const texts = {
      message: expect.stringContaining(message),
      frame: expect.stringContaining(frame),
    };
    // What Vite's overlay takes for a frame: `codeframeRE` of vite/src/client/overlay.ts.
    const shown = { frame: expect.stringMatching(/^(?:>?\s*\d+\s+\|.*|\s+\|\s*\^.*)\r?\n/m) };
    expect(failure).toMatchObject({ errors: [shown] });
    expect(failure).toMatchObject({ errors: [{ ...facts, ...texts }] });
    expect(existsSync(`${program}.d.ts`)).toBe(false);
  });
});

describe("a development server", () => {
  test("serves the page's program, and makes it anew when a file changes", async () => {
    using folder = scratchFolder();
    project(folder.path);
    const { promise, resolve } = Promise.withResolvers<string>();
    const server = await createServer({
      ...config(folder.path, {}, [reportTo(resolve)]),
      base: "/app/",
      server: { port: 0, host: "127.0.0.1" },
    });
    try {
      await server.listen();
      const [url] = server.resolvedUrls?.local ?? [];
      await server.transformRequest("/main.js");
      const { code = "" } = (await server.transformRequest("/lenet5.cnn")) ?? {};
      const [, path] = /wasm: \(\) => "([^"]+)"/.exec(code) ?? [];
      const answer = await fetch(new URL(path, url));
      expect(answer.headers.get("content-type")).toBe("application/wasm");
      expect(WebAssembly.validate(await answer.arrayBuffer())).toBe(true);
      expect((await fetch(new URL("/app/@cnn-lang/other.wasm", url))).status).toBe(404);

      const weights = join(folder.path, "weights/lenet5.safetensors");
      const bytes = readFileSync(weights);
      bytes[bytes.length - 1] ^= 1;
      const codeNow = async () => {
        // Again each time: what is written before the watcher watches goes unseen.
        writeFileSync(weights, bytes);
        return (await server.transformRequest("/lenet5.cnn"))?.code;
      };
      await expect.poll(codeNow, { timeout: 30_000, interval: 200 }).not.toBe(code);
      cpSync("examples/weights/lenet5.safetensors", weights);
      // What was made before the change is kept for nobody.
      expect((await fetch(new URL(path, url))).status).toBe(404);

      expect(await server.ssrLoadModule("/lenet5.cnn")).toHaveProperty("LeNet5.labels");
      if (withoutBrowser === undefined) expectDigits(await visit(url, promise));
    } finally {
      await server.close();
    }
  });
});
