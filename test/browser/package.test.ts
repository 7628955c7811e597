/** A package in a real browser: alone, on threads where the page may have them, and under a policy. */
import { describe, expect, test } from "vitest";
import { buildInto, expectLogits, lenetDigits, scratchFolder } from "../package/packages.ts";
import { inChromium, withoutBrowser } from "./chromium.ts";

const digits = lenetDigits(3);

const SCRIPT = `
import { LeNet5 } from "./model.js";
const warnings = [];
const net = await LeNet5.open({ warn: (text) => warnings.push(text) });
const logits = ${JSON.stringify(digits.map(({ pixels }) => pixels))}
  .map((pixels) => [...net.run({ image: pixels }).output.data]);
const { threads } = net;
net.close();
report({ logits, threads, warnings });
`;

describe.skipIf(withoutBrowser !== undefined)("a package in Chromium", () => {
  test.each([
    { options: [], isolated: false, threads: 1, warnings: [] },
    { options: ["--single-file"], isolated: false, threads: 1, warnings: [] },
    { options: ["--threads", "2"], isolated: true, threads: 2, warnings: [] },
    {
      options: ["--threads", "2", "--external-weights"],
      isolated: false,
      threads: 1,
      warnings: [
        expect.stringContaining("LeNet5 runs on one thread instead of 2: there is no shared"),
      ],
    },
  ])("built with %j", async ({ options, isolated, threads, warnings }) => {
    using folder = scratchFolder();
    await buildInto(folder.path, "examples/lenet5.cnn", ...options);
    const ran = await inChromium(folder.path, SCRIPT, { isolated });
    expect(ran).toMatchObject({ threads, warnings });
    for (const [i, digit] of digits.entries()) expectLogits(ran.logits[i], digit);
  });

  test("with vectors of 256 bits, which browsers do not have", async () => {
    using folder = scratchFolder();
    await buildInto(folder.path, "examples/lenet5.cnn", "--wide");
    const ran = await inChromium(folder.path, SCRIPT);
    expect(ran.warnings).toEqual([
      "LeNet5 runs slower than it could: only Node joins vectors of WebAssembly to 256 bits",
    ]);
    for (const [i, digit] of digits.entries()) expectLogits(ran.logits[i], digit);
  });

  test("says what a page's policy forbids", async () => {
    using folder = scratchFolder();
    await buildInto(folder.path, "examples/lenet5.cnn", "--threads", "2");
    const script = `
      import { LeNet5 } from "./model.js";
      const said = [];
      const warn = (text) => said.push(text);
      await LeNet5.open({ warn }).then(
        ({ threads }) => said.push(threads),
        ({ message }) => said.push(message),
      );
      report(said);
    `;
    const under = async (policy: string): Promise<unknown> => {
      const headers = { "Content-Security-Policy": `script-src 'self' 'unsafe-inline' ${policy}` };
      return inChromium(folder.path, script, { isolated: true, headers });
    };
    expect(await under("")).toEqual([
      expect.stringMatching(/^LeNet5 runs on one thread instead of 2: workers cannot be started/),
      expect.stringMatching(/^LeNet5 cannot be loaded: the host refuses to compile model\.wasm/),
    ]);
    expect(await under("'wasm-unsafe-eval'")).toEqual([
      expect.stringMatching(/^LeNet5 runs on one thread instead of 2: workers cannot be started/),
      1,
    ]);
  });
});
