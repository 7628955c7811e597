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
  const folders = inputs.flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const file = readdirSync(join(ROOT, folder)).find((name) => /^licen[cs]e/i.test(name));
    if (file === undefined) throw new Error(`${folder} has no licence`);
    const name = folder.replace("node_modules/", "");
    return `${name}\n\n${readFileSync(join(ROOT, folder, file), "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
