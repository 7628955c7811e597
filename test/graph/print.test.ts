import { expect, test } from "vitest";
import { printGraph } from "../../src/graph/print.ts";
import { lenet5, twins, unet } from "../graph/models.ts";

test("a node a line, with its type and what it reads", () => {
  expect(printGraph(lenet5())).toBe(`graph LeNet5(image: [N, 1, 28, 28])
  conv1: [N, 6, 28, 28] = conv(image, out: 6, kernel: (5, 5), stride: (1, 1), padding: (2, 2, 2, 2), dilation: (1, 1), groups: 1, bias: true, in_channels: -) { weight = conv1.weight [6, 1, 5, 5], bias = conv1.bias [6] }
  relu1: [N, 6, 28, 28] = relu(conv1)
  avg_pool1: [N, 6, 14, 14] = avg_pool(relu1, kernel: (2, 2), stride: -, padding: (0, 0, 0, 0), ceil_mode: false, count_include_pad: true, dilation: (1, 1))
  conv2: [N, 16, 10, 10] = conv(avg_pool1, out: 16, kernel: (5, 5), stride: (1, 1), padding: (0, 0, 0, 0), dilation: (1, 1), groups: 1, bias: true, in_channels: -) { weight = conv2.weight [16, 6, 5, 5], bias = conv2.bias [16] }
  relu2: [N, 16, 10, 10] = relu(conv2)
  avg_pool2: [N, 16, 5, 5] = avg_pool(relu2, kernel: (2, 2), stride: -, padding: (0, 0, 0, 0), ceil_mode: false, count_include_pad: true, dilation: (1, 1))
  flatten1: [N, 400] = flatten(avg_pool2, start_axis: 1, end_axis: -1)
  fc1: [N, 120] = linear(flatten1, out: 120, bias: true, in_features: -) { weight = fc1.weight [120, 400], bias = fc1.bias [120] }
  relu3: [N, 120] = relu(fc1)
  fc2: [N, 84] = linear(relu3, out: 84, bias: true, in_features: -) { weight = fc2.weight [84, 120], bias = fc2.bias [84] }
  relu4: [N, 84] = relu(fc2)
  fc3: [N, 10] = linear(relu4, out: 10, bias: true, in_features: -) { weight = fc3.weight [10, 84], bias = fc3.bias [10] }
  return logits = fc3: [N, 10]
`);
});

test("named sizes, several inputs and outputs, shared weights", () => {
  expect(printGraph(unet())).toContain(
    "  max_pool1: [N, 8, H/2, W/2] = max_pool(relu1, kernel: (2, 2)",
  );
  const lines = printGraph(twins()).split("\n");
  expect(lines[0]).toBe("graph Twins(a: [N, 1, 4, 4], b: [N, 1, 4, 4])");
  expect(lines[2]).toMatch(
    /^ {2}embed#2: .* \{ weight = embed\.weight \[2, 1, 3, 3\], bias = embed\.bias \[2\] \}$/,
  );
  expect(lines[4]).toBe("  return left = relu1: [N, 2, 2, 2], right = embed#2: [N, 2, 2, 2]");
});

test("what an optimised node does to its result before it is stored", () => {
  const graph = twins();
  const [first, ...others] = graph.nodes;
  const epilogue = [
    { kind: "add", attributes: {}, inputs: ["result", 1] as const },
    { kind: "leaky_relu", attributes: { slope: 0.1 }, inputs: ["result"] as const },
  ];
  const nodes = [{ ...first, inputs: [0, 1], epilogue }, ...others];
  const [, line] = printGraph({ ...graph, nodes }).split("\n");
  expect(line).toMatch(
    /^ {2}embed: \[N, 2, 2, 2\] = conv\(a, out: 2, .*\} -> add\(result, b\) -> leaky_relu\(result, slope: 0\.1\)$/,
  );
});
