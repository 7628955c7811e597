/** Known models as graphs, with the names of their PyTorch counterparts. */
import { type Dim, named } from "../../src/graph/dim.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { Build } from "./build.ts";

const N = named("N");

const square = (size: number): readonly [number, number] => [size, size];
const around = (size: number): readonly [number, number, number, number] => [
  size,
  size,
  size,
  size,
];

/** LeNet-5 with average pools, or with batch_norm and maximum pools. */
export function lenet5(form: "plain" | "batch_norm" = "plain"): Graph {
  const build = new Build("LeNet5");
  const image = build.input("image", [N, 1, 28, 28]);
  const stage = (x: ValueId, out: number, padding: number, at: number): ValueId => {
    const attributes = { out, kernel: square(5), padding: around(padding) };
    const map = build.add("conv", x, attributes, { name: `conv${at}` });
    const normal = form === "plain" ? map : build.add("batch_norm", map, {}, { name: `bn${at}` });
    const pool = form === "plain" ? "avg_pool" : "max_pool";
    return build.chain(normal, ["relu"], [pool, { kernel: square(2) }]);
  };
  const maps = stage(stage(image, 6, 2, 1), 16, 0, 2);
  const logits = build.chain(
    maps,
    ["flatten"],
    ["linear", { out: 120 }, "fc1"],
    ["relu"],
    ["linear", { out: 84 }, "fc2"],
    ["relu"],
    ["linear", { out: 10 }, "fc3"],
  );
  return build.graph({ logits }, { labels: [..."0123456789"], weights: "lenet5.safetensors" });
}

/** torchvision's resnet18 on images of any size. */
export function resnet18(height: Dim = named("H"), width: Dim = named("W")): Graph {
  const build = new Build("ResNet18");
  const image = build.input("image", [N, 3, height, width]);
  const conv = (x: ValueId, name: string, out: number, kernel: number, stride: number): ValueId =>
    build.add(
      "conv",
      x,
      {
        out,
        kernel: square(kernel),
        stride: square(stride),
        padding: around((kernel - 1) / 2),
        bias: false,
      },
      { name },
    );
  const norm = (x: ValueId, name: string): ValueId => build.add("batch_norm", x, {}, { name });
  const relu = (x: ValueId, name: string): ValueId => build.add("relu", x, {}, { name });
  const block = (x: ValueId, name: string, out: number, stride: number): ValueId => {
    const shortcut =
      stride === 1
        ? x
        : norm(conv(x, `${name}.downsample.0`, out, 1, stride), `${name}.downsample.1`);
    const first = relu(
      norm(conv(x, `${name}.conv1`, out, 3, stride), `${name}.bn1`),
      `${name}.relu1`,
    );
    const body = norm(conv(first, `${name}.conv2`, out, 3, 1), `${name}.bn2`);
    const sum = build.add("add", [body, shortcut], {}, { name: `${name}.add` });
    return relu(sum, `${name}.relu2`);
  };
  let x = relu(norm(conv(image, "conv1", 64, 7, 2), "bn1"), "relu");
  x = build.add(
    "max_pool",
    x,
    { kernel: square(3), stride: square(2), padding: around(1) },
    { name: "maxpool" },
  );
  for (const [stage, out] of [64, 128, 256, 512].entries()) {
    x = block(x, `layer${stage + 1}.0`, out, stage === 0 ? 1 : 2);
    x = block(x, `layer${stage + 1}.1`, out, 1);
  }
  const logits = build.chain(x, ["global_avg_pool"], ["flatten"], ["linear", { out: 1000 }, "fc"]);
  return build.graph({ logits });
}

/** A U-Net of one level with a skip, which needs even sides. */
export function unet(): Graph {
  const build = new Build("UNet");
  const even = { divisor: 2 };
  const image = build.input("image", [N, 1, named("H", even), named("W", even)]);
  const conv = { kernel: square(3), padding: "same" } as const;
  const skip = build.chain(image, ["conv", { out: 8, ...conv }, "down"], ["relu"]);
  const deep = build.chain(
    skip,
    ["max_pool", { kernel: square(2) }],
    ["conv", { out: 16, ...conv }, "bottom"],
    ["relu"],
    ["upsample", { scale: square(2) }],
  );
  const joined = build.add("concat", [deep, skip]);
  const mask = build.chain(
    joined,
    ["conv", { out: 8, ...conv }, "up"],
    ["relu"],
    ["conv", { out: 2, kernel: square(1) }, "head"],
  );
  return build.graph({ mask });
}

/** Two images through one convolution whose weights they share. */
export function twins(): Graph {
  const build = new Build("Twins");
  const a = build.input("a", [N, 1, 4, 4]);
  const b = build.input("b", [N, 1, 4, 4]);
  const embed = { out: 2, kernel: square(3) };
  const left = build.add("conv", a, embed, { name: "embed" });
  const right = build.add("conv", b, embed, { name: "embed#2", share: "embed" });
  return build.graph({ left: build.add("relu", left), right });
}
