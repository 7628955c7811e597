/** Writes results to files. A file is there as it was or as it is to be, also where the disk is full. */
import {
  chmodSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pathOf, reasonOf } from "../files/read.ts";
import { type Io, UsageError } from "./io.ts";

type Content = string | Uint8Array;

/** @throws UsageError where the file cannot be written; it is then as it was before */
export function writeOutput(path: string, content: Content, io: Io): void {
  const full = pathOf(path, io);
  try {
    const stats = statSync(full, { throwIfNoEntry: false });
    // Standard output and other devices are no files to be replaced.
    if (stats !== undefined && !stats.isFile()) writeFileSync(full, content);
    else replace(stats === undefined ? full : realpathSync(full), content, stats);
  } catch (error) {
    throw cannotWrite(path, full, error);
  }
}

/** Never overwrites. @throws UsageError where the file exists or cannot be written */
export function writeNew(path: string, content: string, io: Io): void {
  const full = pathOf(path, io);
  try {
    writeFileSync(full, content, { flag: "wx" });
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      throw new UsageError(`${path} exists already`, "choose another name, or remove it first");
    }
    rmSync(full, { force: true });
    throw cannotWrite(path, full, error);
  }
}

/** @param old of the file that is there, whose permissions stay */
function replace(full: string, content: Content, old: Stats | undefined): void {
  const draft = join(dirname(full), `.cnn-${process.pid}-${Date.now()}`);
  try {
    writeFileSync(draft, content, { flag: "wx" });
    if (old !== undefined) chmodSync(draft, old.mode);
    renameSync(draft, full);
  } catch (error) {
    rmSync(draft, { force: true });
    // A folder may take no new file, and still let the old one be written.
    if (old === undefined || codeOf(error) !== "EACCES") throw error;
    writeFileSync(full, content);
  }
}

function cannotWrite(path: string, full: string, error: unknown): UsageError {
  const reason = codeOf(error) === "ENOENT" ? "its folder does not exist" : reasonOf(error, full);
  return new UsageError(`cannot write ${path}: ${reason}`);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
