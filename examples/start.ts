/**
 * `npm start`: LeNet-5 from its ten lines to real digits. Shows the layer table, then reads the
 * bundled digits of MNIST's test set with weights that PyTorch trained.
 */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runCli } from "../src/cli/cli.ts";
import { readImage } from "../src/formats/images/image.ts";
import { compile } from "../src/index.ts";

const folder = new URL("./", import.meta.url);
const read = (name: string): Uint8Array => readFileSync(new URL(name, folder));

const out = (text: string | Uint8Array): void => void process.stdout.write(text);

const shown = await runCli(["summary", "lenet5.cnn"], {
  out,
  err: (text) => void process.stderr.write(text),
  stdin: async () => new Uint8Array(),
  cwd: fileURLToPath(folder),
  colors: { out: false, err: false },
});

const before = performance.now();
const net = await compile(
  { name: "lenet5.cnn", text: new TextDecoder().decode(read("lenet5.cnn")) },
  { weights: read("weights/lenet5.safetensors") },
);
const [input] = net.inputs;
const files = readdirSync(new URL("digits/", folder)).filter((name) => name.endsWith(".png"));
const images = files.map((name) => ({
  name,
  image: readImage(read(`digits/${name}`), name, input),
}));
const compiled = performance.now();

out("\ndigit  read as  file\n");
let right = 0;
for (const { name, image } of images) {
  if ("code" in image) throw new Error(`${name} is not readable as ${input.name}: ${image.code}`);
  const { output } = net.run({ [input.name]: image });
  const answer = net.labels[output.data.indexOf(Math.max(...output.data))];
  const [, label] = /label-(\d)/.exec(name) ?? [];
  if (answer === label) right++;
  out(`${label.padEnd(7)}${answer.padEnd(9)}${name}${answer === label ? "" : "  (wrong)"}\n`);
}
const done = performance.now();
out(
  `\n${right} of ${files.length} digits right. ` +
    `Compiled in ${(compiled - before).toFixed(0)} ms, ` +
    `read ${files.length} digits in ${(done - compiled).toFixed(1)} ms.\n`,
);
if (shown !== 0 || right < files.length) process.exitCode = 1;
