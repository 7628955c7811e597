/** Runs exported modules in PyTorch, where Python has it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeNpz } from "../../../src/formats/tensors/npz.ts";
import { fromTensor } from "../../../src/formats/tensors/stored-array.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";

export interface TorchCase {
  readonly text: string;
  /** The class. */
  readonly model: string;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** In the order of the arguments. */
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Prints a line for every module that differs; weights are loaded strictly, by their names. */
const RUN = `
import sys, numpy, torch
for folder in sys.argv[1:]:
    try:
        scope = {}
        exec(open(folder + ".py", encoding="utf-8").read(), scope)
        with numpy.load(folder + ".npz") as file:
            arrays = {name: torch.from_numpy(file[name]).double() for name in file.files}
        part = lambda head: {n[len(head):]: a for n, a in arrays.items() if n.startswith(head)}
        module = scope[open(folder + ".txt").read()]().double().eval()
        module.load_state_dict(part("w/"))
        inputs, wanted = part("x/"), part("y/")
        with torch.no_grad():
            got = module(*[inputs[str(at)] for at in range(len(inputs))])
        if isinstance(got, dict):
            got = list(got.values())
        elif torch.is_tensor(got):
            got = [got]
        for at in range(len(wanted)):
            y, x = wanted[str(at)], got[at]
            if x.shape != y.shape:
                print(folder, "shape", tuple(x.shape), "not", tuple(y.shape), flush=True)
            elif not torch.allclose(x, y, rtol=0, atol=1e-6 * float(y.abs().max())):
                print(folder, "differs by", float((x - y).abs().max()), flush=True)
    except Exception as error:
        print(folder, type(error).__name__, str(error).replace("\\n", " ")[:300], flush=True)
`;

const PYTHON = ["/usr/bin/python3", "python3"].find(
  (python) => spawnSync(python, ["-c", "import torch, numpy"]).status === 0,
);

export const hasTorch = PYTHON !== undefined;

/** The cases' names with what is wrong with them. */
export function differences(cases: ReadonlyMap<string, TorchCase>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "pytorch-"));
  const names = [...cases.keys()];
  const paths = names.map((_, at) => join(folder, String(at)));
  for (const [at, { text, model, weights, inputs, outputs }] of [...cases.values()].entries()) {
    writeFileSync(`${paths[at]}.py`, text);
    writeFileSync(`${paths[at]}.txt`, model);
    const named = [
      ...[...weights].map(([name, tensor]) => [`w/${name}`, tensor] as const),
      ...inputs.map((tensor, i) => [`x/${i}`, tensor] as const),
      ...outputs.map((tensor, i) => [`y/${i}`, tensor] as const),
    ];
    const arrays = named.map(([name, tensor]) => [name, fromTensor(tensor)] as const);
    writeFileSync(`${paths[at]}.npz`, writeNpz(new Map(arrays)));
  }
  const run = spawnSync(PYTHON ?? "python3", ["-c", RUN, ...paths], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  const lines = run.stdout.split("\n").filter((line) => line !== "");
  if (run.status !== 0) lines.push(run.stderr);
  return lines.map((line) =>
    line.replace(/^\S+?(\d+) /, (_, at: string) => `${names[Number(at)]}: `),
  );
}
