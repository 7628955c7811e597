/** The example page: strokes drawn on it are read as the digits that they show. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildInto, scratchFolder } from "../package/packages.ts";
import { inChromium, withoutBrowser } from "./chromium.ts";

/** Lines of the canvas' 280×280 pixels, by the digit. */
const STROKES = {
  "1": [
    [140, 40],
    [140, 240],
  ],
  "7": [
    [70, 60],
    [210, 60],
    [130, 240],
  ],
  "4": [
    [100, 50],
    [80, 150],
    [200, 150],
    [190, 60],
    [180, 240],
  ],
};

test.skipIf(withoutBrowser !== undefined)("examples/page reads what is drawn", async () => {
  using folder = scratchFolder();
  cpSync("examples/page/index.html", join(folder.path, "page/index.html"));
  await buildInto(join(folder.path, "page/dist"), "examples/lenet5.cnn");
  const read = await inChromium(
    folder.path,
    `
    const frame = document.body.appendChild(document.createElement("iframe"));
    frame.src = "/page/index.html";
    await new Promise((loaded) => (frame.onload = loaded));
    const page = frame.contentDocument;
    const canvas = page.querySelector("canvas");
    while (!canvas.onpointermove) await new Promise((later) => setTimeout(later, 20));
    const { left, top } = canvas.getBoundingClientRect();
    const point = (type, [x, y], buttons) => canvas.dispatchEvent(
      new frame.contentWindow.PointerEvent(type, { clientX: left + x, clientY: top + y, buttons }),
    );
    const answers = {};
    for (const [digit, [first, ...rest]] of Object.entries(${JSON.stringify(STROKES)})) {
      page.querySelector("button").click();
      point("pointerdown", first, 1);
      for (const next of rest) point("pointermove", next, 1);
      answers[digit] = page.querySelector("output").textContent;
    }
    report(answers);
    `,
  );
  for (const digit of Object.keys(STROKES)) expect(read[digit]).toMatch(`${digit} (`);
});
