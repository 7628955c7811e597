/** Writes results to files. */
import { writeFileSync } from "node:fs";
import { pathOf, reasonOf } from "../files/read.ts";
import { type Io, UsageError } from "./io.ts";

/** @throws UsageError where the file cannot be written */
export function writeOutput(path: string, content: string | Uint8Array, io: Io): void {
  write(path, content, "w", io);
}

/** Never overwrites. @throws UsageError where the file exists or cannot be written */
export function writeNew(path: string, content: string, io: Io): void {
  write(path, content, "wx", io);
}

function write(path: string, content: string | Uint8Array, flag: "w" | "wx", io: Io): void {
  const full = pathOf(path, io);
  try {
    writeFileSync(full, content, { flag });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") {
      throw new UsageError(`${path} exists already`, "choose another name, or remove it first");
    }
    if (code === "ENOENT") throw new UsageError(`cannot write ${path}: its folder does not exist`);
    throw new UsageError(`cannot write ${path}: ${reasonOf(error, full)}`);
  }
}
