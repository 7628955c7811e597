/** Finds what the command line names: programs, and folders of programs. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../diagnostics/diagnostic.ts";
import type { Source } from "../diagnostics/span.ts";
import { STDIN, decode, pathOf, readSource } from "../files/read.ts";
import { type Io, UsageError } from "./io.ts";

/** The files of operands in which folders stand for their `.cnn` files; `-` stays. */
export function programPaths(
  operands: readonly string[],
  command: string,
  io: Io,
): readonly string[] {
  if (operands.length === 0) {
    throw new UsageError("which file?", `for example \`cnn ${command} model.cnn\``);
  }
  if (operands.filter((path) => path === "-").length > 1) {
    throw new UsageError("standard input can be read only once");
  }
  const paths = operands.flatMap((path) => {
    if (path === "-" || !isFolder(path, io)) return [path];
    const found = programsIn(path, io);
    if (found.length === 0) throw new UsageError(`there is no .cnn file in ${path}`);
    return found;
  });
  return [...new Set(paths)];
}

/** Whether a path names an ONNX model. */
export function isOnnx(path: string): boolean {
  return path.endsWith(".onnx");
}

/** The one program that a command works on. */
export function onePath(operands: readonly string[], command: string, io: Io): string {
  const paths = programPaths(operands, command, io);
  if (paths.length === 1) return paths[0];
  const [folder] = operands.filter((path) => path !== "-" && isFolder(path, io));
  if (folder !== undefined) {
    const example = `such as \`cnn ${command} ${paths[0]}\``;
    throw new UsageError(`\`cnn ${command}\` takes one file, and ${folder} is a folder`, example);
  }
  const isSize = operands.some((path) => /^\w+=\d+$/.test(path));
  throw new UsageError(
    `\`cnn ${command}\` takes one file, not ${paths.length}`,
    ...(!isSize ? [] : ["sizes are joined by a comma: `--set H=224,W=224`"]),
  );
}

/** Depth first by name, without hidden folders and installed packages. */
function programsIn(folder: string, io: Io): readonly string[] {
  const entries = readdirSync(pathOf(folder, io), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return /^\.|^node_modules$/.test(entry.name) ? [] : programsIn(path, io);
      }
      return entry.name.endsWith(".cnn") ? [path] : [];
    });
}

export async function readProgram(path: string, io: Io): Promise<Source | Problem> {
  return path === "-" ? decode(STDIN, await io.stdin()) : readSource(path, io);
}

function isFolder(path: string, io: Io): boolean {
  return statSync(pathOf(path, io), { throwIfNoEntry: false })?.isDirectory() ?? false;
}
