/** What a bundle has to say of the packages whose code is in it. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** From where the paths of a bundle's inputs begin. */
export const ROOT = join(import.meta.dirname, "..");

/** The licences of the packages whose code is in a bundle, as they ask for. */
export function licenses(inputs: readonly string[]): string {
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
