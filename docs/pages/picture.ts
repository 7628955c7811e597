/** The picture in README.md: its first program, as `cnn graph` draws it. */
import { readFileSync } from "node:fs";
import { check } from "../../src/check/check.ts";
import { graphToDot } from "../../src/formats/pictures/dot.ts";
import { dotToSvg } from "../../src/formats/pictures/svg.ts";
import type { Page } from "./page.ts";

/** @param root the repository, with a slash at its end */
export async function picturePage(root: URL): Promise<Page> {
  const readme = readFileSync(new URL("README.md", root), "utf8");
  const program = /^```cnn\n([^]*?)^```$/m.exec(readme)?.[1] ?? "";
  const [model] = check(program).models;
  if (model?.graph === undefined) throw new Error("README.md has no program that can be drawn");
  return { path: "docs/pictures/lenet5.svg", content: await dotToSvg(graphToDot(model.graph)) };
}
