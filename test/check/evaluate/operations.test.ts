/** Operators on values that are known while a program is checked: results worked out by hand. */
import { describe, expect, test } from "vitest";
import { errors, nodeTypes } from "../programs.ts";

const net = (condition: string): string =>
  `block Either(x, n: int = 0) { x -> if ${condition} { relu } else { tanh } }
model Net(x: [N, 4]) { x -> Either }`;

describe("`and` and `or`", () => {
  test.each([
    ["n == 0 or n == 1", "relu"],
    ["n == 1 or n == 2", "tanh"],
    ["n == 0 and n < 1", "relu"],
    ["n == 0 and n == 1", "tanh"],
    ["not (n == 0) or n < 0", "tanh"],
    // What stands behind is not evaluated once the answer is known.
    ["n == 0 or 8 / n == 2", "relu"],
    ["n != 0 and 8 / n == 2", "tanh"],
  ])("%s takes %s", (condition, kind) => {
    expect(errors(net(condition))).toEqual([]);
    expect(nodeTypes(net(condition))).toEqual([expect.stringMatching(new RegExp(`${kind}1: `))]);
  });

  test.each(["n or true", "true and n"])("%s: both sides are true or false", (condition) => {
    expect(errors(net(condition))).toEqual(["CNN3008 at 1"]);
  });
});

test("a field of a record stands in it once", () => {
  expect(errors("model Net(x: [N, 4]) { { a = x, a = x -> relu } }")).toEqual(["CNN3002 at 1"]);
});
