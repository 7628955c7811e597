/** Folders for the files that commands write; they go with the test that asks for them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export function emptyFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "cnn-cli-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}
