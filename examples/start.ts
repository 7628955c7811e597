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
  { weights: read("weights/lenet5.safetensors"), batch: 1 },
);
const compiled = performance.now();
const [input] = net.inputs;
const files = readdirSync(new URL("digits/", folder)).filter((name) => name.endsWith(".png"));

out("\ndigit  read as  file\n");
let right = 0;
for (const name of files) {
  const image = readImage(read(`digits/${name}`), name, input);
  if ("code" in image) throw new Error(`${name} is not readable as ${input.name}: ${image.code}`);
  const { output } = net.run({ [input.name]: image });
  const answer = net.labels[output.data.indexOf(Math.max(...output.data))];
  const [, label] = /label-(\d)/.exec(name) ?? [];
  if (answer === label) right++;
  out(`${label.padEnd(7)}${answer.padEnd(9)}${name}${answer === label ? "" : "  (wrong)"}\n`);
}

// As a server would, after its first requests: engines compile what runs often once more.
const zeros = { [input.name]: { shape: [1, 1, 28, 28], data: new Float32Array(28 * 28) } };
const rounds = Array.from({ length: 2000 }, () => {
  const start = performance.now();
  net.run(zeros);
  return performance.now() - start;
});
const fastest = Math.min(...rounds);
out(
  `\n${right} of ${files.length} digits right. ` +
    `Compiled in ${(compiled - before).toFixed(0)} ms; a digit takes ${(1000 * fastest).toFixed(0)} µs at best.\n` +
    "\nNext: `npm run build`, then `npx cnn init` writes a program to change, and `npx cnn --help` lists\n" +
    "what can be done with it. docs/language.md is the language on one page.\n",
);
net.close();
if (shown !== 0 || right < files.length) process.exitCode = 1;
