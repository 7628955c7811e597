/** `npm run conformance`: runs ONNX's backend tests and prints the score and what is left out. */
import { referenceTarget } from "../../src/runtime/target.ts";
import { wasmTarget } from "../../src/runtime/wasm-target.ts";
import { errorOf, readCase } from "./case.ts";
import { CASES, leftOut, runnable, scoreLine } from "./score.ts";

const TOLERANCE = 1e-5;
const failed: string[] = [];

for (const name of runnable()) {
  const one = readCase(new URL(`${name}/`, CASES));
  for (const target of [referenceTarget, wasmTarget]) {
    try {
      const error = errorOf(one, target);
      if (!(error < TOLERANCE)) failed.push(`${name} (${target.name}): differs by ${error}`);
    } catch (error) {
      failed.push(`${name} (${target.name}): ${error instanceof Error ? error.message : error}`);
    }
  }
}

for (const { reason, cases } of leftOut()) {
  process.stdout.write(`left out (${cases.length}): ${reason}\n`);
  for (const name of cases) process.stdout.write(`  ${name}\n`);
}
for (const line of failed) process.stdout.write(`FAILED ${line}\n`);
process.stdout.write(failed.length === 0 ? `${scoreLine()}\n` : `${failed.length} failed.\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
