/** The package's version, from its `package.json`, wherever the code was built to. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InternalFault } from "../diagnostics/diagnostic.ts";

export function version(): string {
  for (let folder = import.meta.dirname; ;) {
    const found = versionIn(folder);
    if (found !== undefined) return found;
    const parent = dirname(folder);
    if (parent === folder) throw new InternalFault("the package has no package.json");
    folder = parent;
  }
}

function versionIn(folder: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, "package.json"), "utf8");
  } catch {
    return undefined;
  }
  const content: unknown = JSON.parse(text);
  const named = typeof content === "object" && content !== null && "name" in content;
  if (!named || content.name !== "cnn-lang" || !("version" in content)) return undefined;
  return typeof content.version === "string" ? content.version : undefined;
}
