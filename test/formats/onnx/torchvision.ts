/**
 * Torchvision's networks as ONNX files, made by Debian's PyTorch where it is installed and kept in
 * the system's folder for temporary files.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const NETWORKS = [
  "resnet18",
  "mobilenet_v2",
  "squeezenet1_1",
  "densenet121",
  "googlenet",
  "inception_v3",
  "shufflenet_v2_x1_0",
  "mnasnet0_5",
  "efficientnet_b0",
  "regnet_y_400mf",
  "convnext_tiny",
  // 133 million weights, two files of 531 MB.
  "vgg11_bn",
] as const;

const PYTHON = "/usr/bin/python3";
const SCRIPT = join(import.meta.dirname, "../../../bench/onnx/make_networks.py");

/** Why networks cannot be made here. */
export function missingTorchvision(): string | undefined {
  if (!existsSync(PYTHON)) return `there is no ${PYTHON}`;
  try {
    execFileSync(PYTHON, ["-c", "import torchvision, torch"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "PyTorch and torchvision are not installed (Debian: python3-torch, python3-torchvision)";
  }
}

export interface NetworkForm {
  /** Of the square images; as small as each network allows unless given. */
  readonly size?: number;
  /** Leaves out the files that keep batch norms. */
  readonly foldedOnly?: boolean;
}

/** One process makes all that are missing. Gives the folder of `NAME.onnx` and `NAME.unfolded.onnx`. */
export function makeNetworks(names: readonly string[], form: NetworkForm = {}): string {
  const { size, foldedOnly = false } = form;
  const folder = join(
    tmpdir(),
    size === undefined ? "cnn-lang-networks" : `cnn-lang-networks-${size}`,
  );
  const options = [
    ...(size === undefined ? [] : ["--size", String(size)]),
    ...(foldedOnly ? ["--folded"] : []),
  ];
  execFileSync(PYTHON, [SCRIPT, folder, ...names, ...options], { stdio: "ignore" });
  return folder;
}

/** What torch says of a network. */
export interface TorchRun {
  readonly input: { readonly shape: readonly number[]; readonly data: Float32Array };
  readonly output: { readonly shape: readonly number[]; readonly data: Float32Array };
  /** Names of the `state_dict`, without `num_batches_tracked`. */
  readonly weights: readonly string[];
}

interface Recorded {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly weights: readonly string[];
}

export function torchRun(folder: string, name: string): TorchRun {
  const all: Readonly<Record<string, Recorded>> = JSON.parse(
    readFileSync(join(folder, "networks.json"), "utf8"),
  );
  const { input, output, weights } = all[name];
  const bytes = new Uint8Array(readFileSync(join(folder, `${name}.bin`)));
  const floats = new Float32Array(bytes.buffer);
  const count = input.reduce((product, size) => product * size, 1);
  return {
    input: { shape: input, data: floats.subarray(0, count) },
    output: { shape: output, data: floats.subarray(count) },
    weights,
  };
}
