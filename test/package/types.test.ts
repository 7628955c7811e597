/** `model.d.ts` as users meet it: TypeScript accepts what is right and refuses what is wrong. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { buildInto, scratchFolder } from "./packages.ts";

const USE = `
import { LeNet5 } from "./model.js";
import Same from "./model.js";

const net: LeNet5 = await Same.open({ threads: 1, warn: (text) => text.trim() });
const image = new Float32Array(784);
const { output } = net.run({ image });
const shape: readonly [1, 10] = output.shape;
const scores: Float32Array = net.run({ image: { shape: [1, 1, 28, 28], data: [...image] } }).output.data;
net.inputs.image.data.set(image);
const same: Float32Array = net.run().output.data;
const first: "0" = LeNet5.labels[0];
export type Label = (typeof LeNet5.labels)[number];
const label: Label = "7";
export { first, label, same, scores, shape };

// @ts-expect-error: the network is for 28×28
net.run({ image: { shape: [1, 1, 32, 32], data: image } });
// @ts-expect-error: a text is no image
net.run({ image: "digit.png" });
// @ts-expect-error: there is no such input
net.run({ picture: image });
// @ts-expect-error: nothing is given for the image
net.run({});
// @ts-expect-error: there is no such output
net.run({ image }).logits;
// @ts-expect-error: ten classes
output.shape satisfies readonly [1, 11];
// @ts-expect-error: no class is called so
"ten" satisfies Label;
// @ts-expect-error: models are opened
new LeNet5();
`;

test("model.d.ts has the shapes and labels, and needs no library but the language's", async () => {
  using folder = scratchFolder();
  await buildInto(folder.path, "examples/lenet5.cnn");
  writeFileSync(join(folder.path, "use.ts"), USE);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2022"],
    types: [],
    module: "nodenext",
    skipLibCheck: false,
  };
  writeFileSync(join(folder.path, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder.path, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const tsc = join(dirname(typescript), "bin/tsc");
  const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", folder.path], {
    encoding: "utf8",
  });
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
});
