/**
 * The exact words of the messages about files, weights, inputs and targets, which no sample
 * program can get. Tests beside what finds these mistakes hold the facts; here is what is said
 * of them. `samples.test.ts` refuses a code that is neither here nor in a sample.
 */
import { expect, test } from "vitest";
import { type Code, type FactsOf, catalogue } from "../../src/diagnostics/catalogue.ts";
import { problem } from "../../src/diagnostics/diagnostic.ts";
import { wholeFile } from "../../src/diagnostics/place.ts";
import { wordsOf } from "../../src/diagnostics/words.ts";

/** Beyond what a sample can hold: files of megabytes, and hundreds of files. */
type TooLarge = "CNN1090" | "CNN1093" | "CNN3029";
type Unsampled = TooLarge | Extract<Code, `CNN5${string}`>;

const file = "lenet.safetensors";
const weight = { layer: "conv1", tensor: "conv1.weight", file };
const model = "LeNet5";

/** Examples as the tests beside their finders expect them; a new code does not compile without its line. */
const samples: { readonly [C in Unsampled]: readonly FactsOf<C>[] } = {
  CNN1090: [{ mebibytes: "12.5", limit: 4 }],
  CNN1093: [{ limit: 100 }],
  CNN3029: [{ limit: 100 }],
  CNN5001: [{ path: "lenet5.cnn", reason: "there is no such file" }],
  CNN5002: [{ file: "x.npz", format: "npz", reason: "it ends too early" }],
  CNN5003: [{ file: "x.npy", found: "complex numbers" }],
  CNN5004: [{ file: "x.npz", size: 81_000, unpacked: 80 * 2 ** 20 }],
  CNN5005: [
    { file: "cat.jpg", found: "a JPEG image" },
    { file: "notes.txt", found: "not an image" },
  ],
  CNN5006: [{ file: "digit.png", gets: "2×3", wants: "28×28" }],
  CNN5007: [{ input: "z", shape: "[N, 64]" }],
  CNN5008: [
    { file: "net.pt", kind: "checkpoint", wanted: "weights" },
    { file: "net.pt", kind: "checkpoint", wanted: "program" },
    { file: "net.h5", kind: "hdf5", wanted: "weights" },
    { file: "net.keras", kind: "keras", wanted: "program" },
    { file: "net.tflite", kind: "tflite", wanted: "program" },
    { file: "net.onnx", kind: "onnx", wanted: "weights" },
    { file: "x.npy", kind: "npy", wanted: "weights" },
    { file: "net.npz", kind: "tensors", wanted: "program" },
    { file: "digit.png", kind: "image", wanted: "program" },
    { file: "digit.png", kind: "image", wanted: "weights" },
  ],
  CNN5010: [
    {
      layer: "conv2",
      file,
      tensors: ["`conv2.weight` [16, 6, 5, 5]", "`conv2.bias` [16]"],
      alike: ["conv_2.weight", "conv_2.bias"],
      label: "conv_2",
    },
    { layer: "fc1", file, tensors: ["`fc1.bias` [120]"], alike: [] },
    { layer: "fc1", file, tensors: ["`fc1.bias` [120]"], alike: ["fc.0.bias"] },
  ],
  CNN5011: [
    { file, tensors: ["`conv1.bias` [64]"], count: 1, layer: "conv1" },
    { file, tensors: ["`fc4.weight` [10, 10]"], count: 2 },
  ],
  CNN5012: [
    {
      layer: "fc1",
      file,
      pairs: [{ tensor: "fc1.weight", wants: "[120, 400]", gets: "[400, 120]" }],
      hint: "transpose it where the file is made",
    },
  ],
  CNN5013: [
    {
      model,
      file,
      missing: 9,
      weights: 10,
      wants: ["conv1.weight", "conv1.bias"],
      has: ["features.0.weight"],
    },
    { model, file, missing: 10, weights: 10, wants: ["conv1.weight", "conv1.bias"], has: [] },
  ],
  CNN5014: [{ ...weight, value: "NaN", index: "[2, 0, 1, 2]" }],
  CNN5015: [{ ...weight, dtype: "I8" }],
  CNN5016: [
    {
      model,
      file,
      prefix: "module.",
      example: "conv1.weight",
      cause: "save `model.module.state_dict()` instead",
    },
  ],
  CNN5017: [{ file, count: 12, what: "layers have other shapes" }],
  CNN5020: [
    { model, sizes: ["N"], inputs: ["image: [N, 3, H, W]"] },
    { model, sizes: ["H", "W"], inputs: ["image: [N, 3, H, W]"] },
  ],
  CNN5021: [
    { size: "H", value: 30, fact: "H % 4 == 0", lower: 28, upper: 32 },
    { size: "H", value: 30, fact: "H % 4 == 0 and H > 64" },
  ],
  CNN5022: [
    { size: "h", model, names: ["N", "H"], nearest: "H" },
    { size: "h", model, names: [] },
  ],
  CNN5023: [{ size: "N", value: 0.5 }],
  CNN5024: [
    { model, tensor: "image", shape: "[2097152, 1, 28, 28]", elements: 1644167168, limit: 2 ** 30 },
  ],
  CNN5030: [{ model, input: "image", shape: "[N, 1, 28, 28]" }],
  CNN5031: [{ model, input: "images", names: ["image", "style"], nearest: "image" }],
  CNN5032: [
    { input: "image", wants: "[N, 3, H, W]", gets: "[3, 28, 28]", hint: "add a batch: `x[None]`" },
  ],
  CNN5033: [{ input: "image", value: "NaN", index: "[0, 0, 3, 5]" }],
  CNN5034: [{ size: "N", first: "image", a: 2, second: "style", b: 5 }],
  CNN5035: [{ input: "image", wants: "[N, 1, 28, 28]" }],
  CNN5036: [{ input: "image", shape: "[1, 1, 28, 28]", wants: 784, gets: 2 }],
  CNN5037: [{ input: "image", found: "of the type string" }],
  CNN5040: [{ file: "g.json", version: "3", known: 1 }],
  CNN5041: [
    { file: "g.json", path: "", reason: "it is not JSON" },
    { file: "g.json", path: "inputs[0].shape[2]", reason: "`Q` is no size over `sizes`" },
  ],
  CNN5050: [
    { file: "net.cnn", models: [] },
    { file: "net.cnn", models: ["Small", "Large"] },
    { file: "net.cnn", models: ["Small", "Large"], model: "Smal", nearest: "Small" },
  ],
  CNN5051: [
    { model, weights: 10 },
    { model, weights: 10, path: "weights/lenet5.safetensors" },
  ],
  CNN5060: [
    { model: "Vgg11", what: "weights and tensors", bytes: 5 * 2 ** 30, limit: 2 ** 32 },
    { model: "Vgg11", what: "weights", bytes: 6 * 2 ** 30, limit: 2 ** 32 },
  ],
  CNN5061: [{ model: "Vgg11", bytes: 3 * 2 ** 30 }],
  CNN5062: [{ model }],
  CNN5065: [
    { threads: 4, reason: "shared memory is not available here", needsIsolation: true },
    { threads: 2, reason: "workers cannot be started: not here", needsIsolation: false },
  ],
  CNN5068: [{ reason: "V8 has vectors of 256 bits on x86-64 alone, and this is arm64" }],
  CNN5066: [
    { layer: "conv7", model, layers: ["conv1", "conv2"], nearest: "conv2" },
    { layer: "conv7", model: "Perceptron", layers: [] },
  ],
  CNN5067: [{ layer: "conv1", algorithm: "depthwise", applicable: ["direct", "winograd2"] }],
  CNN5080: [
    {
      layer: "pool1",
      reason: "its windows have other sizes at every place",
      remedy: "give named sizes values: `--set H=224,W=224`",
    },
  ],
  CNN5081: [{ layer: "conv1", reason: "its channels depend on `C`" }],
};

function said<C extends Unsampled>(code: C): string {
  const { severity } = catalogue[code];
  const none = { related: [], notes: [], help: [] };
  const texts = samples[code].map((facts) => {
    const span = wholeFile("net.cnn");
    const words = wordsOf({ ...problem(code, facts), severity, span, ...none });
    const { title, label, notes, help } = words;
    return [`${severity} ${code}: ${title}`, label, ...notes, ...help.map((h) => `help: ${h}`)];
  });
  return texts.map((lines) => lines.join("\n  ")).join("\n");
}

const isUnsampled = (code: string): code is Unsampled => Object.hasOwn(samples, code);

test.each(Object.keys(samples).filter(isUnsampled))("%s", (code) => {
  expect(said(code)).toMatchSnapshot();
});
