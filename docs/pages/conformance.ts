/** `docs/conformance.md`: which of ONNX's backend tests are run, and which are left out and why. */
import { leftOut, manifest, runnable, scoreLine } from "../../test/conformance/score.ts";
import type { Page } from "./page.ts";

export function conformancePages(): readonly Page[] {
  return [{ path: "docs/conformance.md", content: conformancePage() }];
}

function conformancePage(): string {
  const run = new Set(runnable());
  const byOperator = new Map<string, { run: number; all: number }>();
  for (const [name, { operators }] of manifest()) {
    const operator = operators.at(-1) ?? "";
    const count = byOperator.get(operator) ?? { run: 0, all: 0 };
    byOperator.set(operator, { run: count.run + (run.has(name) ? 1 : 0), all: count.all + 1 });
  }
  const rows = [...byOperator]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([operator, count]) => `| ${operator} | ${count.run} | ${count.all - count.run} |`);
  const reasons = leftOut().map(
    ({ reason, cases }) => `### ${reason}\n\n${cases.map((name) => `- \`${name}\``).join("\n")}\n`,
  );
  return [
    "# Conformance to ONNX\n",
    "ONNX comes with tests of single operators: a model, its inputs, and the outputs that a backend",
    "must give. `npm run conformance` runs those of ONNX 1.12 that convolutional networks are made of.\n",
    `${scoreLine()}\n`,
    "Every case runs with its inputs flowing through the network, and again with all but the first",
    "stored in the model, which is how real models have weights. Outputs must agree to 1e-5 of the",
    "largest number.\n",
    "| operator | match | left out |",
    "| --- | ---: | ---: |",
    ...rows,
    "\n## Left out\n",
    ...reasons,
  ].join("\n");
}
