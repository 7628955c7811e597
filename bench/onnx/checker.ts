/** Lets Debian's `onnx.checker` look at models, where Python has it. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

interface Checked {
  readonly summary: string;
  readonly failures: readonly string[];
}

const PYTHONS = ["/usr/bin/python3", "python3"];

const NEWEST = "import onnx; print(onnx.defs.onnx_opset_version())";

const CHECK = `
import sys, onnx
for path in sys.argv[1:]:
    try:
        onnx.checker.check_model(onnx.load(path), full_check=True)
    except Exception as error:
        print(path, str(error).replace("\\n", " ")[:300], sep=": ")
`;

/** @param folder of models called `…-opset-N.onnx` */
export function checkModels(folder: string): Checked {
  for (const python of PYTHONS) {
    const asked = spawnSync(python, ["-c", NEWEST], { encoding: "utf8" });
    if (asked.status !== 0) continue;
    const newest = Number(asked.stdout);
    const paths = readdirSync(folder)
      .filter((name) => Number(/opset-(\d+)/.exec(name)?.[1]) <= newest)
      .map((name) => join(folder, name));
    const run = spawnSync(python, ["-c", CHECK, ...paths], { encoding: "utf8" });
    const failures = run.stdout.split("\n").filter((line) => line !== "");
    if (run.status !== 0) failures.push(run.stderr.trim());
    const summary = `${paths.length} models in onnx.checker (up to opset ${newest}), ${failures.length} wrong`;
    return { summary, failures };
  }
  return { summary: "onnx.checker is not installed here", failures: [] };
}
