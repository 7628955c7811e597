import { describe, expect, test } from "vitest";
import { named } from "../../src/graph/dim.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { type Tensor, zeros } from "../../src/graph/tensor.ts";
import { checkInputs, sizesFromInputs } from "../../src/runtime/inputs.ts";
import { Build } from "../graph/build.ts";
import { lenet5, resnet18, unet } from "../graph/models.ts";

const given = (shapes: Readonly<Record<string, readonly number[]>>): Map<string, Tensor> =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, zeros(shape)]));

const problemsOf = (graph: Graph, shape: readonly number[]): readonly unknown[] =>
  checkInputs(graph, given({ image: shape }));

function styled(): Graph {
  const build = new Build("Styled");
  const [n, c] = [named("N"), named("C")];
  const image = build.input("image", [n, c, 4, 4]);
  const style = build.input("style", [n, 2 * 3]);
  return build.graph({ a: build.add("relu", image), b: build.add("relu", style) });
}

describe("checkInputs", () => {
  test("accepts any size of a name", () => {
    expect(problemsOf(lenet5(), [7, 1, 28, 28])).toEqual([]);
    expect(problemsOf(resnet18(), [1, 3, 33, 65])).toEqual([]);
  });

  test("names a missing input and one too many", () => {
    expect(checkInputs(lenet5(), given({ imgae: [1, 1, 28, 28] }))).toEqual([
      {
        code: "CNN5031",
        facts: { model: "LeNet5", input: "imgae", names: ["image"], nearest: "image" },
      },
      { code: "CNN5030", facts: { model: "LeNet5", input: "image", shape: "[N, 1, 28, 28]" } },
    ]);
  });

  test.each([
    [
      "channels last",
      resnet18(),
      [1, 224, 200, 3],
      "channels (3) are last here: `x.transpose(0, 3, 1, 2)`",
    ],
    [
      "channels last without batch",
      resnet18(),
      [224, 200, 3],
      "channels (3) are last here: `x.transpose(2, 0, 1)[None]`",
    ],
    ["no batch axis", resnet18(), [3, 224, 200], "add the batch axis: `x[None]`"],
    ["no channel axis", lenet5(), [64, 28, 28], "add the channel axis: `x[:, None]`"],
    ["a bare image", lenet5(), [28, 28], "add the batch and channel axes: `x[None, None]`"],
    [
      "a grey image",
      resnet18(),
      [1, 1, 224, 224],
      "the image is grey; repeat it for red, green and blue: `x.repeat(3, axis=1)`",
    ],
    ["another size", lenet5(), [1, 1, 32, 32], undefined],
  ])("says what to do about %s", (_, graph, shape, hint) => {
    const wants = graph.name === "LeNet5" ? "[N, 1, 28, 28]" : "[N, 3, H, W]";
    const facts = { input: "image", wants, gets: `[${shape.join(", ")}]` };
    expect(problemsOf(graph, shape)).toEqual([
      { code: "CNN5032", facts: hint === undefined ? facts : { ...facts, hint } },
    ]);
  });

  test("finds the first value that is no number", () => {
    const image = zeros([1, 1, 28, 28]);
    image.data[3 * 28 + 5] = NaN;
    image.data[700] = Infinity;
    expect(checkInputs(lenet5(), new Map([["image", image]]))).toEqual([
      { code: "CNN5033", facts: { input: "image", value: "NaN", index: "[0, 0, 3, 5]" } },
    ]);
  });

  test("reports inputs that disagree about a name", () => {
    expect(checkInputs(styled(), given({ image: [2, 3, 4, 4], style: [5, 6] }))).toEqual([
      { code: "CNN5034", facts: { size: "N", first: "image", a: 2, second: "style", b: 5 } },
    ]);
  });
});

describe("sizesFromInputs", () => {
  test("reads names off the shapes", () => {
    expect(sizesFromInputs(resnet18(), given({ image: [2, 3, 64, 96] }))).toEqual({
      N: 2,
      H: 64,
      W: 96,
    });
    expect(sizesFromInputs(styled(), given({ image: [2, 3, 4, 4], style: [2, 6] }))).toEqual({
      N: 2,
      C: 3,
    });
  });

  test("gives the name's own value where facts are built into it, for instantiate to judge", () => {
    expect(sizesFromInputs(unet(), given({ image: [1, 1, 350, 525] }))).toEqual({
      N: 1,
      H: 350,
      W: 525,
    });
  });
});
