/** What a command writes over is somebody's work: it is never lost, nor left half written. */
import * as fs from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { emptyFolder } from "./empty-folder.ts";
import { cnn } from "./terminal.ts";

const disk = vi.hoisted(() => ({ isFull: false }));

/** A disk that takes ten bytes more, and then is full. */
vi.mock(import("node:fs"), async (original) => {
  const real = await original();
  const writeFileSync: typeof real.writeFileSync = (path, data, options) => {
    if (!disk.isFull) return real.writeFileSync(path, data, options);
    real.writeFileSync(path, String(data).slice(0, 10), options);
    throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  };
  return { ...real, writeFileSync };
});

const UNTIDY = "model M( x : [ N,1,4,4 ] ) { x->rellu }\n";

let folder = "";
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = emptyFolder();
  disk.isFull = false;
});

test.each([
  ["fmt", "net.cnn"],
  ["check", "--fix", "net.cnn"],
  ["graph", "net.cnn", "-o", "net.svg"],
  ["init", "new.cnn"],
])("cnn %s on a full disk", async (command, ...argv) => {
  const before = command === "graph" ? UNTIDY.replace("rellu", "relu") : UNTIDY;
  fs.writeFileSync(at("net.cnn"), before);
  fs.writeFileSync(at("net.svg"), "an older drawing");
  disk.isFull = true;
  const { code, err } = await cnn([command, ...argv], folder);
  expect(err).toContain("the disk is full");
  expect(code).toBe(2);
  expect(fs.readFileSync(at("net.cnn"), "utf8")).toBe(before);
  expect(fs.readFileSync(at("net.svg"), "utf8")).toBe("an older drawing");
  expect(fs.readdirSync(folder).toSorted()).toEqual(["net.cnn", "net.svg"]);
});

test("a link stays a link, and permissions stay", async () => {
  fs.writeFileSync(at("net.cnn"), UNTIDY, { mode: 0o640 });
  fs.chmodSync(at("net.cnn"), 0o640);
  fs.symlinkSync("net.cnn", at("link.cnn"));
  expect(await cnn(["fmt", "link.cnn"], folder)).toMatchObject({ code: 0 });
  expect(fs.readFileSync(at("net.cnn"), "utf8")).toContain("model M(x: [N, 1, 4, 4])");
  expect(fs.lstatSync(at("link.cnn")).isSymbolicLink()).toBe(true);
  expect(fs.statSync(at("net.cnn")).mode & 0o777).toBe(0o640);
});
