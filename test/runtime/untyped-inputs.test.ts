/** Callers without types give what is no tensor: each gets a message, word for word. */
import { expect, test } from "vitest";
import { place, wholeFile } from "../../src/diagnostics/place.ts";
import { wordsOf } from "../../src/diagnostics/words.ts";
import { checkInputs } from "../../src/runtime/inputs.ts";
import { lenet5 } from "../graph/models.ts";

/** `code: title | label`, of the only problem. */
function said(input: string): string {
  const [problem] = checkInputs(lenet5(), new Map([["image", JSON.parse(input)]]));
  const { title, label } = wordsOf(place(problem, wholeFile("net.cnn")));
  return `${problem.code}: ${title} | ${label ?? ""}`;
}

const shape = '"shape": [1, 1, 28, 28]';

test.each([
  [
    "numbers without a shape",
    "[1, 2, 3]",
    "CNN5035: the input `image` is no array with a shape | takes [N, 1, 28, 28]",
  ],
  [
    "a shape that is a text",
    '{ "shape": "28x28" }',
    "CNN5035: the input `image` is no array with a shape | takes [N, 1, 28, 28]",
  ],
  [
    "too few numbers",
    `{ ${shape}, "data": [1, 2] }`,
    "CNN5036: the data of `image` do not fill its shape | [1, 1, 28, 28] has 784 elements, the data 2",
  ],
  [
    "texts",
    `{ ${shape}, "data": ["${Array(784).fill("a").join('", "')}"] }`,
    "CNN5037: the data of `image` are of the type string, not numbers | numbers belong here: a `Float32Array`, or any array of numbers",
  ],
])("%s", (_, input, words) => {
  expect(said(input)).toBe(words);
});
