/** Networks that get images of all sizes must not hold memory for each of them. */
import { expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { type Target, referenceTarget } from "../../src/runtime/target.ts";

/** A target that writes down the widths for which it prepares sessions, and which are closed. */
function recording() {
  const opened: number[] = [];
  const closed: number[] = [];
  const target: Target = {
    name: "recording",
    prepare: (graph, weights) => {
      const prepared = referenceTarget.prepare(graph, weights);
      if (prepared.session === undefined) return prepared;
      const width = prepared.session.inputs.x.shape[1];
      opened.push(width);
      return { session: { ...prepared.session, close: () => void closed.push(width) } };
    },
    close: () => undefined,
  };
  return { target, opened, closed };
}

const source = "model Half(x: [N, W]) { x * 0.5 }";
const ofWidth = (width: number) => ({ shape: [1, width], data: new Float32Array(width) });

test("of the sizes that ran, the last eight stay", async () => {
  const { target, opened, closed } = recording();
  const net = await compile(source, { target });
  for (let width = 1; width <= 9; width++) net.run({ x: ofWidth(width) });
  expect(closed).toEqual([1]);
  // 2 is used again, so that 3 is the one that was not for longest.
  for (const width of [2, 10]) net.run({ x: ofWidth(width) });
  expect(closed).toEqual([1, 3]);
  expect(opened).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  net.close();
  expect([...closed].sort((a, b) => a - b)).toEqual(opened);
});

test("sizes that were prepared stay, whether they ran before or run afterwards", async () => {
  const { target, closed } = recording();
  const net = await compile(source, { target, sizes: { N: 1, W: 100 } });
  net.run({ x: ofWidth(1) });
  const held = net.prepare({ x: [1, 1] });
  for (let width = 2; width <= 20; width++) {
    net.run({ x: ofWidth(width) });
    net.run({ x: ofWidth(1) });
  }
  expect(closed).not.toContain(1);
  expect(closed).not.toContain(100);
  expect(net.prepare({ x: [1, 1] })).toBe(held);
});
