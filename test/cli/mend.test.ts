/** A network as a newcomer from PyTorch writes it, and what `cnn check --fix` makes of it. */
import { expect, test } from "vitest";
import { check } from "../../src/check/check.ts";
import { mend } from "../../src/cli/mend.ts";

const asInPytorch = `model Net(image: [None, 3, 32, 32]) -> [None, 10] {
  """A small network."""
  let features = nn.Sequential(
    nn.Conv2d(3, 16, kernel_size=3, padding=1),
    nn.ReLU(inplace=True),
    nn.MaxPool2d(2),
  )
  let x = features(image)
  let a = F.relu(nn.Conv2d(16, 32, 3, padding=1)(x))
  let b = torch.cat([a, x], dim=1)
  let v = b.view(b.size(0), -1)
  return nn.Linear(48 * 16 * 16, 10)(v)
}
`;

test("a program full of habits of PyTorch is mended in all of them", () => {
  const source = { name: "net.cnn", text: asInPytorch };
  const first = check(source);
  const mended = mend(source, first, (changed) => check(changed));
  expect(mended.source.text).toBe(`model Net(image: [N, 3, 32, 32]) -> [N, 10] {
  // A small network.
  let features = {
    conv(16, kernel: 3, padding: 1) ->
    relu ->
    max_pool(2)
  }
  let x = features(image)
  let a = relu(x -> conv(32, 3, padding: 1))
  let b = concat(a, x, axis: 1)
  let v = b -> flatten
  v -> linear(10)
}
`);
  expect(mended.checked.diagnostics).toEqual([]);
  const [{ graph }] = mended.checked.models;
  const shapes = [...graph.weights.values()].map(({ shape }) => shape);
  // Those of the modules above, in their order.
  expect(shapes).toEqual([[16, 3, 3, 3], [16], [32, 16, 3, 3], [32], [10, 48 * 16 * 16], [10]]);
});

test("a body of assignments, as `forward` has them, becomes one of names that are bound once", () => {
  const text = `model Net(x: [N, 3, 32, 32]) -> [N, 10] {
  x = conv(x, 16, kernel: 3)
  x = F.relu(x)
  x = x.flatten()
  return linear(x, 10)
}
`;
  const source = { name: "net.cnn", text };
  const mended = mend(source, check(source), (changed) => check(changed));
  expect(mended.source.text).toBe(`model Net(x: [N, 3, 32, 32]) -> [N, 10] {
  let x = conv(x, 16, kernel: 3)
  let x2 = relu(x)
  let x3 = x2 -> flatten()
  linear(x3, 10)
}
`);
  // The first hides the parameter, as it did.
  expect(mended.checked.diagnostics).toMatchObject([{ code: "CNN4013" }]);
  const [{ graph }] = mended.checked.models;
  expect(graph.nodes.map(({ kind }) => kind)).toEqual(["conv", "relu", "flatten", "linear"]);
});
