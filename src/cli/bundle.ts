/**
 * The last step of the build: bundles the command line into a few files. Unbundled, `cnn check`
 * loads some 300 modules, which takes longer than everything it then does. Commands stay apart,
 * so that each still loads only what it needs; prettier and viz, which only some need, stay
 * packages. Code of the bundle must not look for files beside itself.
 */
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");
const OUT = "dist/src/cli";

rmSync(join(ROOT, OUT), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ["src/cli/main.ts"],
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22",
  external: ["prettier", "@viz-js/viz"],
  metafile: true,
  logLevel: "warning",
});
writeFileSync(join(ROOT, OUT, "LICENSES.txt"), licenses(Object.keys(metafile.inputs)));

/** The licences of the packages whose code is in the bundle, as they ask for. */
function licenses(inputs: readonly string[]): string {
  const texts = new Map<string, string>();
  for (const path of inputs) {
    const folder = /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    if (folder === undefined || texts.has(folder)) continue;
    const file = readdirSync(join(ROOT, folder)).find((name) => /^licen[cs]e/i.test(name));
    const text = file === undefined ? noticeIn(path) : read(join(folder, file)).trim();
    if (text === "") throw new Error(`${folder} has no licence`);
    texts.set(folder, `${folder.replace("node_modules/", "")}\n\n${text}\n`);
  }
  return [...texts.keys()]
    .sort()
    .map((folder) => texts.get(folder))
    .join(`\n${"-".repeat(80)}\n\n`);
}

/** The comment that opens a file: some packages state their licence there alone. */
function noticeIn(path: string): string {
  const [, notice = ""] = /^((?:\/\/.*\n)*)/.exec(read(path)) ?? [];
  return notice.replaceAll(/^\/\/ ?/gm, "").trim();
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}
