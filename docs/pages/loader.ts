/**
 * Bundles the loader into the text that packages carry. Part of `npm run gen`, never of the
 * compiler itself, which is pure.
 */
import { build } from "esbuild";

export const RUNTIME_FILE = "src/targets/wasm/package/runtime.generated.ts";

/** The content of `RUNTIME_FILE`. */
export async function runtimeModule(root: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["src/runtime/package/define-model.ts"],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    lineLimit: 100,
    write: false,
  });
  const text = outputFiles[0].text.replace(
    /export\s*\{\s*(\w+) as decodeBase64,\s*(\w+) as defineModel\s*\};\s*$/,
    "return{decodeBase64:$1,defineModel:$2};\n",
  );
  if (/^export\b/m.test(text)) throw new Error("the loader exports something else");
  const escaped = text.replace(/[\\`]|\$\{/g, (found) => `\\${found}`);
  return (
    "/** Made from `src/runtime/package/` by `npm run gen`. */\n\n" +
    "/** An expression with the value `{ decodeBase64, defineModel }`. */\n" +
    `export const runtimeText = \`(() => {\n${escaped}})()\`;\n`
  );
}
