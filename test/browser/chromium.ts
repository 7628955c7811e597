/**
 * Opens a page in headless Chromium where one is installed, and gives what the page reports. Pages
 * are served from this process: browsers load no modules from files.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, extname, join, normalize } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];

const found = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** Why tests in a browser are left out here; undefined where they are not. */
export const withoutBrowser =
  found === undefined ? `no browser is installed (${NAMES.join(", ")})` : undefined;

if (withoutBrowser !== undefined) {
  process.stderr.write(`tests in a browser are skipped: ${withoutBrowser}\n`);
}

export interface PageOptions {
  /** Serves the headers that a page needs to share memory between threads. */
  readonly isolated?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Runs a script as a module of an empty page.
 * @param folder what the page may fetch
 * @param script may use `await` and `report`, which ends it
 */
export async function inChromium(folder: string, script: string, options: PageOptions = {}) {
  const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script>
  const report = (value) => fetch("/report", { method: "POST", body: JSON.stringify({ value }) });
  const failed = (error) => fetch("/report", { method: "POST", body: JSON.stringify({ error }) });
  addEventListener("error", ({ message }) => failed(message));
  addEventListener("unhandledrejection", ({ reason }) => failed(String(reason?.stack ?? reason)));
</script>
<script type="module">
${script}
</script>`;
  const { promise, resolve: report } = Promise.withResolvers<string>();
  const server = serve(folder, page, report, options);
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  try {
    return await visit(`http://127.0.0.1:${address.port}/`, promise);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/**
 * Opens an address until its page reports.
 * @param report what the page posts to its server: `{ value }` or `{ error }` as JSON
 */
export async function visit(url: string, report: Promise<string>) {
  const profile = mkdtempSync(join(tmpdir(), "cnn-chromium-"));
  // The pipes keep it open, and end it with this process.
  const browser = spawn(found ?? "", [...FLAGS, `--user-data-dir=${profile}`, url], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => void browser.once("exit", () => resolve()));
  try {
    const early = ended.then(() => '{ "error": "the browser ended before the page reported" }');
    const { value, error } = JSON.parse(await Promise.race([report, early]));
    if (error !== undefined) throw new Error(`the page failed: ${error}`);
    return value;
  } finally {
    browser.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-pipe",
];

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

function serve(
  folder: string,
  page: string,
  report: (body: string) => void,
  { isolated = false, headers = {} }: PageOptions,
): Server {
  return createServer((request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        response.end();
        report(body);
      });
      return;
    }
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isolated) {
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    }
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = join(folder, normalize(pathname));
    response.setHeader("Content-Type", TYPES[extname(pathname)] ?? "application/octet-stream");
    if (pathname !== "/" && existsSync(file)) response.end(readFileSync(file));
    else if (pathname === "/") response.setHeader("Content-Type", "text/html").end(page);
    else response.writeHead(404).end();
  });
}
