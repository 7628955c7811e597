/** Which of ONNX's backend tests are run here, and which are left out and why. */
import { readFileSync } from "node:fs";
import { caseNames } from "./case.ts";

export const CASES = new URL("../material/onnx-node/", import.meta.url);

export interface LeftOut {
  readonly reason: string;
  readonly cases: readonly string[];
}

interface Listed {
  readonly operators: readonly string[];
}

function read(url: URL): string {
  return readFileSync(url, "utf8");
}

export function leftOut(): readonly LeftOut[] {
  const groups: readonly LeftOut[] = JSON.parse(read(new URL("left-out.json", import.meta.url)));
  return groups;
}

/** All cases by name, those that are left out too. */
export function manifest(): ReadonlyMap<string, Listed> {
  const all: Readonly<Record<string, Listed>> = JSON.parse(read(new URL("manifest.json", CASES)));
  return new Map(Object.entries(all));
}

/** Those that are run: all but those that are left out. */
export function runnable(): readonly string[] {
  const without = new Set(leftOut().flatMap(({ cases }) => cases));
  return caseNames(CASES).filter((name) => !without.has(name));
}

/** Cases that are run, of all there are. */
export function scoreLine(): string {
  const groups = leftOut();
  const run = runnable().length;
  const out = groups.reduce((sum, { cases }) => sum + cases.length, 0);
  return `${run} of ${manifest().size} cases import and match, on the reference and in WebAssembly; ${out} are left out.`;
}
