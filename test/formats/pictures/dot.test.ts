import { describe, expect, test } from "vitest";
import { graphToDot } from "../../../src/formats/pictures/dot.ts";
import { dotToSvg } from "../../../src/formats/pictures/svg.ts";
import { Build } from "../../graph/build.ts";
import { lenet5, resnet18, twins, unet } from "../../graph/models.ts";

describe("graphToDot", () => {
  test("draws a layer with what follows it as one box, and shapes on the arrows", () => {
    const dot = graphToDot(lenet5("batch_norm"));
    const boxes = dot.split("\n").filter((line) => /^ {2}box\d+ \[/.test(line));
    const texts = boxes.map((line) =>
      [...line.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) =>
        cell.replaceAll(/<[^>]*>/g, " ").trim(),
      ),
    );
    expect(texts).toEqual([
      [
        "conv1 : conv(6, kernel: 5, padding: 2)  weight [6, 1, 5, 5]; bias [6]",
        "bn1 : batch_norm  weight, bias, running_mean, running_var [6]",
        "relu",
      ],
      ["max_pool(2)"],
      [
        "conv2 : conv(16, kernel: 5)  weight [16, 6, 5, 5]; bias [16]",
        "bn2 : batch_norm  weight, bias, running_mean, running_var [16]",
        "relu",
      ],
      ["max_pool(2)"],
      ["flatten"],
      ["fc1 : linear(120)  weight [120, 400]; bias [120]", "relu"],
      ["fc2 : linear(84)  weight [84, 120]; bias [84]", "relu"],
      ["fc3 : linear(10)  weight [10, 84]; bias [10]"],
    ]);
    const edges = [...dot.matchAll(/^ {2}(\w+) -> (\w+) \[label=" (.*) \\l", weight=4\]$/gm)];
    expect(edges.map(([, from, to, shape]) => `${from} ${to} ${shape}`)).toEqual([
      "input0 box0 [N, 1, 28, 28]",
      "box0 box1 [N, 6, 28, 28]",
      "box1 box2 [N, 6, 14, 14]",
      "box2 box3 [N, 16, 10, 10]",
      "box3 box4 [N, 16, 5, 5]",
      "box4 box5 [N, 400]",
      "box5 box6 [N, 120]",
      "box6 box7 [N, 84]",
      "box7 output0 [N, 10]",
    ]);
  });

  test("frames scopes, and names layers in them without the frame's labels", () => {
    const dot = graphToDot(resnet18());
    const frames = [...dot.matchAll(/^( *)subgraph "cluster (.*)" \{$/gm)];
    expect(frames.map(([, indent, name]) => [indent.length, name])).toEqual(
      [1, 2, 3, 4].flatMap((stage) => [
        [2, `layer${stage}`],
        [4, `layer${stage}.0`],
        [4, `layer${stage}.1`],
      ]),
    );
    expect(dot).toContain("<b>downsample.0</b>: conv(128, kernel: 1, stride: 2, bias: false)");
    expect(dot).not.toContain("<b>layer2.0.conv1</b>");
  });

  test("draws the longest way straight, and shows each shape once, in few signs", () => {
    const dot = graphToDot(resnet18());
    const boxes = [...dot.matchAll(/^ *(box\d+) \[.*?<b>(.*?)<\/b>/gm)];
    const named = (name: string): string | undefined =>
      boxes.find(([, , own]) => own === name)?.[1];
    const arrows = dot.split("\n").filter((line) => line.includes(" -> "));
    const to = (name: string): readonly string[] =>
      arrows.filter((line) => line.includes(` -> ${named(name)}`));
    expect(to("downsample.0")).toEqual([expect.not.stringContaining("[")]);
    const shapes = arrows.flatMap((line) => /label=" (.*) \\l"/.exec(line)?.[1] ?? []);
    expect(shapes.length).toBeLessThan(arrows.length);
    expect(shapes.filter((shape) => shape.includes("floor"))).toEqual([]);
    expect(shapes).toContain("[N, 64, ⌈H/4⌉, ⌈W/4⌉]");
  });

  test("does not join what is read elsewhere too, and says whose weights are shared", () => {
    const build = new Build("Read");
    const x = build.input("x", [1, 4, 8, 8]);
    const map = build.add("conv", x, { out: 4, kernel: [1, 1] });
    const graph = build.graph({ map, positive: build.add("relu", map) });
    expect(graphToDot(graph)).toMatch(/box0 -> box1/);
    expect(graphToDot(twins())).toContain("(shared: embed)");
  });
});

describe("dotToSvg", () => {
  test.each([
    ["LeNet-5", lenet5()],
    ["ResNet-18", resnet18()],
    ["U-Net", unet()],
    ["shared weights", twins()],
  ])("draws %s with every layer's name", async (_, graph) => {
    const svg = await dotToSvg(graphToDot(graph));
    const drawn = [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text]) => text);
    const own = graph.nodes.filter(({ weights }) => Object.keys(weights).length > 0);
    for (const { name } of own) {
      expect(
        drawn.some((text) => name.endsWith(text)),
        name,
      ).toBe(true);
    }
    for (const id of graph.inputs) expect(drawn).toContain(graph.values[id].name);
  });

  test("keeps names with marks of DOT, HTML and XML as they are", async () => {
    const build = new Build('A "model" \\ <b>');
    const x = build.input('in"put\\', [1, 4, 8, 8]);
    const y = build.add("conv", x, { out: 4, kernel: [1, 1] }, { name: 'a<b>&"c".0' });
    const z = build.add("conv", y, { out: 4, kernel: [1, 1] }, { name: 'a<b>&"c".1' });
    const svg = await dotToSvg(graphToDot(build.graph({ "<out>": z })));
    expect(svg).toContain("a&lt;b&gt;&amp;&quot;c&quot;");
    expect(svg).toContain("in&quot;put\\");
    expect(svg).toContain("&lt;out&gt;");
  });
});
