/** A model's own functions mean what their nodes, written where they are called, mean. */
import { describe, expect, it, test } from "vitest";
import { renderDiagnostics } from "../../../src/diagnostics/render.ts";
import { importOnnx } from "../../../src/formats/onnx/import/import-onnx.ts";
import {
  type FunctionText,
  type ModelText,
  type NodeText,
  floats,
  ints,
  onnxModel,
} from "./build.ts";

const image = { image: ["N", 3, 8, 8] };
const OWN = "pkg.own";

/** The layers, by the numbers of their values: a function's nodes have other names. */
function layersOf(model: Omit<ModelText, "outputs" | "inputs">): readonly string[] {
  const bytes = onnxModel({ ...model, inputs: image, outputs: { y: ["N"] } });
  const { model: sound, diagnostics } = importOnnx(bytes);
  if (sound === undefined) throw new Error(JSON.stringify(diagnostics));
  return sound.graph.nodes.map(({ kind, inputs, outputs, attributes, weights }) => {
    const own = [JSON.stringify(attributes), ...Object.values(weights)];
    return `${outputs.join()} = ${kind}(${inputs.join()}) ${own.join(" ")}`;
  });
}

function messageOf(functions: readonly FunctionText[], nodes: readonly NodeText[]): string {
  const bytes = onnxModel({ inputs: image, outputs: { y: ["N", 3, 8, 8] }, functions, nodes });
  const { model, diagnostics, sources } = importOnnx(bytes);
  expect(model).toBeUndefined();
  return renderDiagnostics(diagnostics, sources, { color: false, width: 90 });
}

const call = (op: string, from: string, to: string, more: Partial<NodeText> = {}): NodeText => ({
  op,
  domain: OWN,
  in: [from],
  out: [to],
  ...more,
});

const unary = (op: string, from: string, to: string): NodeText => ({ op, in: [from], out: [to] });

const silu: FunctionText = {
  op: "silu",
  domain: OWN,
  in: ["x"],
  out: ["y"],
  nodes: [unary("Sigmoid", "x", "gate"), { op: "Mul", in: ["x", "gate"], out: ["y"] }],
};

const leaky: FunctionText = {
  op: "leaky",
  domain: OWN,
  in: ["x"],
  out: ["y"],
  nodes: [{ ...unary("LeakyRelu", "x", "y"), attributes: { alpha: { reference: "slope" } } }],
};

describe("a function", () => {
  it("is its nodes, with values of its own in each call", () => {
    const nodes = [call("silu", "image", "a"), call("silu", "a", "y")];
    const written = [
      unary("Sigmoid", "image", "g"),
      { op: "Mul", in: ["image", "g"], out: ["a"] },
      unary("Sigmoid", "a", "h"),
      { op: "Mul", in: ["a", "h"], out: ["y"] },
    ];
    expect(layersOf({ functions: [silu], nodes })).toEqual(layersOf({ nodes: written }));
  });

  it("takes the call's attributes, its own defaults, or the operator's where there is none", () => {
    const slope = (value: number) => ({ attributes: { slope: { float: value } } });
    const alpha = (value: number) => ({ attributes: { alpha: { float: value } } });
    const withDefault = { ...leaky, op: "leaky2", defaults: { slope: { float: 0.25 } } };
    const nodes = [
      call("leaky", "image", "a", slope(0.5)),
      call("leaky", "a", "b"),
      call("leaky2", "b", "c"),
      call("leaky2", "c", "y", slope(0.125)),
    ];
    const written = [
      { ...unary("LeakyRelu", "image", "a"), ...alpha(0.5) },
      { ...unary("LeakyRelu", "a", "b"), ...alpha(0.01) },
      { ...unary("LeakyRelu", "b", "c"), ...alpha(0.25) },
      { ...unary("LeakyRelu", "c", "y"), ...alpha(0.125) },
    ];
    expect(layersOf({ functions: [leaky, withDefault], nodes })).toEqual(
      layersOf({ nodes: written }),
    );
  });

  it("calls others, and hands attributes on to them", () => {
    const outer: FunctionText = {
      op: "outer",
      domain: OWN,
      in: ["x"],
      out: ["z"],
      nodes: [
        call("leaky", "x", "y", { attributes: { slope: { reference: "gain" } } }),
        call("silu", "y", "z"),
      ],
    };
    const nodes = [call("outer", "image", "y", { attributes: { gain: { float: 0.75 } } })];
    const written = [
      { ...unary("LeakyRelu", "image", "a"), attributes: { alpha: { float: 0.75 } } },
      unary("Sigmoid", "a", "g"),
      { op: "Mul", in: ["a", "g"], out: ["y"] },
    ];
    expect(layersOf({ functions: [outer, leaky, silu], nodes })).toEqual(
      layersOf({ nodes: written }),
    );
  });

  it("may be called without its last inputs and results", () => {
    const conv: FunctionText = {
      op: "conv",
      domain: OWN,
      in: ["x", "w", "b"],
      out: ["y", "twice"],
      nodes: [
        { op: "Conv", in: ["x", "w", "b"], out: ["y"] },
        { op: "Add", in: ["y", "y"], out: ["twice"] },
      ],
    };
    const weights = [floats("conv1.weight", [4, 3, 3, 3]), floats("conv1.bias", [4])];
    const nodes = [{ op: "conv", domain: OWN, in: ["image", "conv1.weight"], out: ["y"] }];
    const written = [{ op: "Conv", in: ["image", "conv1.weight"], out: ["y"] }];
    const [own, plain] = [
      layersOf({ functions: [conv], nodes, weights }),
      layersOf({ nodes: written, weights }),
    ];
    expect(own).toEqual(plain);
    expect(own.join()).toContain("conv1.weight");
  });

  it("may give back what it was given, and one value twice", () => {
    const copies: FunctionText = {
      op: "copies",
      domain: OWN,
      in: ["x"],
      out: ["x", "z", "z"],
      nodes: [unary("Relu", "x", "z")],
    };
    const nodes = [
      { op: "copies", domain: OWN, in: ["image"], out: ["a", "b", "c"] },
      { op: "Sum", in: ["a", "b", "c"], out: ["y"] },
    ];
    const written = [
      unary("Relu", "image", "b"),
      { op: "Sum", in: ["image", "b", "b"], out: ["y"] },
    ];
    expect(layersOf({ functions: [copies], nodes })).toEqual(layersOf({ nodes: written }));
  });

  it("is written in a version of its own", () => {
    // In version 9 limits are attributes, and axes were not inputs yet.
    const relu6: FunctionText = {
      op: "relu6",
      domain: OWN,
      in: ["x"],
      out: ["y"],
      opset: 9,
      nodes: [{ ...unary("Clip", "x", "y"), attributes: { min: { float: 0 }, max: { float: 6 } } }],
    };
    const layers = layersOf({
      opset: 17,
      functions: [relu6],
      nodes: [call("relu6", "image", "y")],
    });
    expect(layers[0]).toContain(" = relu6(0)");
  });

  it("may stand in a branch, and have branches that read its values", () => {
    const branch = (op: string) => ({ graph: { nodes: [unary(op, "x", "r")], out: ["r"] } });
    const choose: FunctionText = {
      op: "choose",
      domain: OWN,
      in: ["x"],
      out: ["y"],
      nodes: [
        unary("Shape", "x", "shape"),
        unary("Size", "shape", "rank"),
        { op: "Constant", in: [], out: ["four"], attributes: { value_int: { int: 4 } } },
        { op: "Equal", in: ["rank", "four"], out: ["isMap"] },
        {
          op: "If",
          in: ["isMap"],
          out: ["y"],
          attributes: { then_branch: branch("Tanh"), else_branch: branch("Relu") },
        },
      ],
    };
    const nodes = [
      { op: "Constant", in: [], out: ["never"], attributes: { value_int: { int: 0 } } },
      {
        op: "If",
        in: ["never"],
        out: ["a"],
        attributes: {
          then_branch: { graph: { nodes: [unary("NoSuch", "image", "t")], out: ["t"] } },
          else_branch: { graph: { nodes: [call("choose", "image", "t")], out: ["t"] } },
        },
      },
      call("choose", "a", "y"),
    ];
    const written = [unary("Tanh", "image", "a"), unary("Tanh", "a", "y")];
    expect(layersOf({ functions: [choose], nodes })).toEqual(layersOf({ nodes: written }));
  });
});

describe("an If whose condition is known", () => {
  const decided = (condition: number, more: Partial<ModelText> = {}) => ({
    weights: [
      ints("condition", [condition], []),
      floats("gain", [3, 1, 1]),
      ...(more.weights ?? []),
    ],
    nodes: [
      unary("Relu", "image", "before"),
      {
        op: "If",
        in: ["condition"],
        out: ["y"],
        attributes: {
          // Both branches call their value the same, and read the graph around them.
          then_branch: {
            graph: { nodes: [{ op: "Mul", in: ["before", "gain"], out: ["r"] }], out: ["r"] },
          },
          else_branch: {
            graph: {
              nodes: [{ op: "Mul", in: ["before", "shift"], out: ["r"] }],
              out: ["r"],
              weights: [floats("shift", [3, 1, 1], [7, 8, 9])],
            },
          },
        },
      },
    ],
  });

  it.each([
    [1, "gain"],
    [0, "shift"],
  ])("takes the branch of %s", (condition, name) => {
    const layers = layersOf(decided(condition));
    expect(layers.join("\n")).toContain(name);
    expect(layers).toHaveLength(3);
  });

  it("may give a value of the graph around it", () => {
    const { weights, nodes } = decided(1);
    const passing = { graph: { nodes: [], out: ["before"] } };
    const [before, choice] = nodes;
    const attributes = { then_branch: passing, else_branch: passing };
    expect(layersOf({ weights, nodes: [before, { ...choice, attributes }] })).toHaveLength(1);
  });

  test("what a branch lacks is told with its node", () => {
    const { weights, nodes } = decided(1);
    const bytes = onnxModel({
      inputs: image,
      outputs: { y: ["N"] },
      weights: weights.filter(({ name }) => name !== "gain"),
      nodes,
    });
    const { diagnostics, sources } = importOnnx(bytes);
    expect(renderDiagnostics(diagnostics, sources, { color: false, width: 90 })).toMatchSnapshot();
  });

  test("one that waits for its own result is a circle", () => {
    const { weights, nodes } = decided(1);
    const [, choice] = nodes;
    const bytes = onnxModel({
      inputs: image,
      outputs: { y: ["N"] },
      weights,
      nodes: [unary("Relu", "y", "before"), choice],
    });
    expect(importOnnx(bytes).diagnostics.map(({ code }) => code)).toEqual(["CNN6005"]);
  });
});

describe("what is not written out", () => {
  it("is a function that calls itself", () => {
    const round = (op: string, to: string): FunctionText => ({
      op,
      domain: OWN,
      in: ["x"],
      out: ["y"],
      nodes: [call(to, "x", "y")],
    });
    const functions = [round("first", "second"), round("second", "first")];
    const nodes = [call("first", "image", "y", { name: "conv1" })];
    expect(messageOf(functions, nodes)).toMatchSnapshot();
  });

  it("are functions that double each other", () => {
    const functions = Array.from({ length: 40 }, (_, at): FunctionText => ({
      op: `f${at}`,
      domain: OWN,
      in: ["x"],
      out: ["y"],
      nodes:
        at === 0
          ? [unary("Relu", "x", "y")]
          : [call(`f${at - 1}`, "x", "a"), call(`f${at - 1}`, "a", "y")],
    }));
    expect(messageOf(functions, [call("f39", "image", "y")])).toMatchSnapshot();
  });

  it("is a call with more inputs than the function has", () => {
    const nodes = [call("silu", "image", "y", { in: ["image", "image"], name: "act" })];
    expect(messageOf([silu], nodes)).toMatchSnapshot();
  });

  it("is an If that depends on what flows", () => {
    const branch = { graph: { nodes: [unary("Relu", "image", "r")], out: ["r"] } };
    const nodes = [
      unary("ReduceMean", "image", "mean"),
      { op: "Constant", in: [], out: ["zero"], attributes: { value_float: { float: 0 } } },
      { op: "Greater", in: ["mean", "zero"], out: ["bright"] },
      {
        op: "If",
        in: ["bright"],
        out: ["y"],
        name: "choice",
        attributes: { then_branch: branch, else_branch: branch },
      },
    ];
    expect(messageOf([], nodes)).toMatchSnapshot();
  });
});
