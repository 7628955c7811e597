/** What `cnn check` says of ONNX models: each mistake with its node, its cause and a remedy. */
import { create } from "@bufbuild/protobuf";
import { describe, expect, it, test } from "vitest";
import { catalogue } from "../../../src/diagnostics/catalogue.ts";
import { renderDiagnostics } from "../../../src/diagnostics/render.ts";
import { type ImportOptions, importOnnx } from "../../../src/formats/onnx/import/import-onnx.ts";
import {
  TensorProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from "../../../src/formats/onnx/schema/onnx_pb.ts";
import { type ModelText, floats, ints, onnxModel } from "./build.ts";

function messagesOf(model: ModelText | Uint8Array, options: ImportOptions = {}): string {
  const bytes = model instanceof Uint8Array ? model : onnxModel(model);
  const { diagnostics, sources, model: sound } = importOnnx(bytes, options);
  expect(sound === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"));
  return renderDiagnostics(diagnostics, sources, { color: false, width: 90 });
}

/** TensorProto's FLOAT is 1; only an input's element type is a varint `08 01`. */
function withFirstInputOf(type: number, bytes: Uint8Array): Uint8Array {
  const at = bytes.findIndex(
    (byte, i) => byte === 0x08 && bytes[i + 1] === 1 && bytes[i + 2] === 0x12,
  );
  return bytes.with(at + 1, type);
}

const image = { image: [1, 3, 28, 28] };
const maps = { y: [1, 8, "H", "W"] };

/** A model for each code. */
const samples: Readonly<
  Record<string, { model: ModelText | Uint8Array; options?: ImportOptions }>
> = {
  CNN6001: {
    model: {
      inputs: image,
      outputs: maps,
      nodes: [
        { op: "NonMaxSuppression", in: ["image", "image"], out: ["a"], name: "boxes" },
        { op: "Convv", in: ["image", "image"], out: ["b"], name: "typo" },
        { op: "FusedConv", domain: "com.microsoft", in: ["image"], out: ["c"], name: "fused" },
        { op: "Concat", in: ["a", "b", "c"], out: ["y"], attributes: { axis: { int: 1 } } },
      ],
    },
  },
  CNN6002: {
    model: {
      inputs: { volume: [1, 3, 8, 8, 8] },
      outputs: { y: [1, 8, "D", "H", "W"] },
      weights: [floats("w", [8, 3, 3, 3, 3])],
      nodes: [{ op: "Conv", in: ["volume", "w"], out: ["y"], name: "conv1" }],
    },
  },
  CNN6003: {
    model: {
      inputs: { ...image, w: [8, 3, 3, 3] },
      outputs: maps,
      nodes: [{ op: "Conv", in: ["image", "w"], out: ["y"], name: "conv1" }],
    },
  },
  CNN6004: {
    model: {
      inputs: image,
      outputs: maps,
      weights: [floats("conv1.weight", [8, 3, 3, 3])],
      nodes: [{ op: "Conv", in: ["image", "conv1.wieght"], out: ["y"], name: "conv1" }],
    },
  },
  CNN6005: {
    model: {
      inputs: image,
      outputs: { y: [1, 3, 28, 28] },
      nodes: [
        { op: "Add", in: ["image", "b"], out: ["a"], name: "first" },
        { op: "Relu", in: ["a"], out: ["b"], name: "second" },
        { op: "Identity", in: ["b"], out: ["y"], name: "last" },
      ],
    },
  },
  CNN6006: {
    model: {
      inputs: image,
      outputs: { y: [1, 3, 28, 28] },
      nodes: [
        { op: "Relu", in: ["image"], out: ["y"], name: "first" },
        { op: "Tanh", in: ["image"], out: ["y"], name: "second" },
      ],
    },
  },
  CNN6007: {
    model: {
      inputs: image,
      outputs: maps,
      weights: [floats("conv1.weight", [8, 3, 3, 3]), floats("conv1.bias", [10])],
      nodes: [
        { op: "Conv", in: ["image", "conv1.weight", "conv1.bias"], out: ["y"], name: "conv1" },
      ],
    },
  },
  CNN6008: {
    model: {
      inputs: image,
      outputs: maps,
      weights: [
        create(TensorProtoSchema, {
          name: "conv1.weight",
          dims: [8n, 3n, 3n, 3n],
          dataType: TensorProto_DataType.FLOAT,
          dataLocation: TensorProto_DataLocation.EXTERNAL,
          externalData: [{ key: "location", value: "../../etc/passwd" }],
        }),
      ],
      nodes: [{ op: "Conv", in: ["image", "conv1.weight"], out: ["y"], name: "conv1" }],
    },
    options: {
      external: () => {
        throw new Error("a path that leads out was read");
      },
    },
  },
  CNN6009: {
    model: {
      inputs: image,
      outputs: maps,
      weights: [
        create(TensorProtoSchema, {
          name: "conv1.weight",
          dims: [8n, 3n, 3n, 3n],
          dataType: TensorProto_DataType.FLOAT,
          rawData: new Uint8Array(100),
        }),
      ],
      nodes: [{ op: "Conv", in: ["image", "conv1.weight"], out: ["y"], name: "conv1" }],
    },
  },
  CNN6010: {
    model: {
      opset: 99,
      inputs: image,
      outputs: { y: [1, 3, 28, 28] },
      nodes: [{ op: "Relu", in: ["image"], out: ["y"] }],
    },
  },
  CNN6011: {
    model: {
      inputs: image,
      outputs: { y: [1, 3, 14, 14] },
      nodes: [
        {
          op: "MaxPool",
          in: ["image"],
          out: ["y"],
          name: "pool1",
          attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [0, 2] } },
        },
      ],
    },
  },
  CNN6013: {
    model: {
      inputs: image,
      outputs: maps,
      nodes: [{ op: "Conv", in: ["image"], out: ["y"], name: "conv1" }],
    },
  },
  CNN6014: {
    model: {
      inputs: image,
      outputs: { y: [1, 10] },
      nodes: [{ op: "Flatten", in: ["image"], out: ["y"] }],
    },
  },
  CNN6017: {
    model: {
      inputs: { image: ["N", "C", 8, 8] },
      outputs: maps,
      weights: [floats("conv1.weight", [8, 3, 3, 3])],
      nodes: [{ op: "Conv", in: ["image", "conv1.weight"], out: ["y"], name: "conv1" }],
    },
  },
  CNN6015: {
    model: {
      inputs: image,
      outputs: { y: [1, 3, 28, 28] },
      weights: [ints("offset", [1, 2, 3], [1, 3, 1, 1])],
      nodes: [{ op: "Add", in: ["image", "offset"], out: ["y"], name: "add1" }],
    },
  },
};

describe("every message about an ONNX model", () => {
  it.each(Object.keys(samples))("%s", (code) => {
    const { model, options } = samples[code];
    const text = messagesOf(model, options);
    expect(text).toContain(code);
    expect(text).toMatchSnapshot();
  });

  it("has a model that gets it", () => {
    const shown = [...Object.keys(samples), "CNN6012", "CNN6016", "CNN6018"].toSorted();
    expect(Object.keys(catalogue).filter((code) => code.startsWith("CNN6"))).toEqual(shown);
  });

  test("CNN6012: an input of integers", () => {
    const bytes = onnxModel({
      inputs: { tokens: [1, 16] },
      outputs: { y: [1, 16] },
      nodes: [{ op: "Relu", in: ["tokens"], out: ["y"] }],
    });
    expect(messagesOf(withFirstInputOf(7, bytes))).toMatchSnapshot();
  });

  test("CNN6018: an input of bytes that are cast at once", () => {
    const bytes = onnxModel({
      inputs: { image: ["N", 8, 8, 3] },
      outputs: { y: ["N", 3, 8, 8] },
      nodes: [
        {
          op: "Transpose",
          in: ["image"],
          out: ["a"],
          attributes: { perm: { ints: [0, 3, 1, 2] } },
        },
        { op: "Cast", in: ["a"], out: ["b"], attributes: { to: { int: 1 } } },
        { op: "Relu", in: ["b"], out: ["y"] },
      ],
    });
    expect(messagesOf(withFirstInputOf(2, bytes))).toMatchSnapshot();
  });

  test("bytes that something else reads too are not taken", () => {
    const bytes = onnxModel({
      inputs: { image: ["N", 3, 8, 8] },
      outputs: { y: ["N", 3, 8, 8] },
      nodes: [
        { op: "Cast", in: ["image"], out: ["a"], attributes: { to: { int: 1 } } },
        { op: "Add", in: ["image", "image"], out: ["b"] },
        { op: "Add", in: ["a", "b"], out: ["y"] },
      ],
    });
    const { diagnostics } = importOnnx(withFirstInputOf(2, bytes));
    expect(diagnostics.map(({ code }) => code)).toEqual(["CNN6012"]);
  });

  test("CNN6016: a model without outputs", () => {
    const model = { inputs: image, outputs: {}, nodes: [] };
    expect(messagesOf(model)).toMatchSnapshot();
  });
});

/** What ONNX's own strict shape inference lets pass, or reports without node and cause. */
describe("sizes", () => {
  const pool = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };

  test("a 7×7 kernel on 4×4, which onnx infers as -2", () => {
    const text = messagesOf({
      inputs: { image: [1, 3, 8, 8] },
      outputs: { y: [1, 8, -2, -2] },
      weights: [floats("w", [8, 3, 7, 7])],
      nodes: [
        { op: "MaxPool", in: ["image"], out: ["pooled"], name: "pool1", attributes: pool },
        { op: "Conv", in: ["pooled", "w"], out: ["y"], name: "conv1" },
      ],
    });
    expect(text).toMatchSnapshot();
  });

  test("channels of a grey image into a net for colours", () => {
    const text = messagesOf({
      inputs: { image: ["N", 1, "H", "W"] },
      outputs: maps,
      weights: [floats("w", [8, 3, 3, 3])],
      nodes: [{ op: "Conv", in: ["image", "w"], out: ["y"], name: "conv1" }],
    });
    expect(text).toMatchSnapshot();
  });

  test("channels that stand last", () => {
    const text = messagesOf({
      inputs: { image: [1, 64, 48, 3] },
      outputs: { y: [1, 8, "H", "W"] },
      weights: [floats("w", [8, 3, 3, 3])],
      nodes: [{ op: "Conv", in: ["image", "w"], out: ["y"], name: "conv1" }],
    });
    expect(text).toContain(
      "help: 3 is the last axis: give the input channels first, as [N, C, H, W]",
    );
  });

  test("features of axes that were joined otherwise", () => {
    const text = messagesOf({
      inputs: { image: [2, 4, 1, 1] },
      outputs: { y: [8, 3] },
      weights: [floats("w", [4, 3])],
      nodes: [
        { op: "Flatten", in: ["image"], out: ["flat"], attributes: { axis: { int: 2 } } },
        { op: "MatMul", in: ["flat", "w"], out: ["y"] },
      ],
    });
    expect(text).not.toContain("features: ");
  });

  test("features of an open size", () => {
    const text = messagesOf({
      inputs: { image: ["N", 4, "H", 2] },
      outputs: { y: ["N", 3] },
      weights: [floats("w", [16, 3])],
      nodes: [
        { op: "Flatten", in: ["image"], out: ["flat"] },
        { op: "MatMul", in: ["flat", "w"], out: ["y"] },
      ],
    });
    expect(text).toContain(
      "help: give open sizes those that it was trained for: `--set NAME=SIZE`",
    );
    expect(text).toContain("features: 4·H·2 = 8·H");
  });

  test("groups that do not divide the channels", () => {
    const text = messagesOf({
      inputs: { image: [1, 6, 8, 8] },
      outputs: maps,
      weights: [floats("w", [8, 1, 3, 3])],
      nodes: [
        {
          op: "Conv",
          in: ["image", "w"],
          out: ["y"],
          name: "conv1",
          attributes: { group: { int: 4 } },
        },
      ],
    });
    expect(text).toMatchSnapshot();
  });

  test("one mistake gives one message, and two give two", () => {
    const { diagnostics } = importOnnx(
      onnxModel({
        inputs: { image: [1, 3, 8, 8] },
        outputs: { y: [1, 10] },
        weights: [floats("w", [8, 3, 9, 9]), floats("v", [8, 4, 3, 3]), floats("fc", [10, 8])],
        nodes: [
          { op: "Conv", in: ["image", "w"], out: ["a"], name: "conv1" },
          { op: "Relu", in: ["a"], out: ["b"], name: "relu1" },
          { op: "Conv", in: ["image", "v"], out: ["c"], name: "conv2" },
          {
            op: "Concat",
            in: ["b", "c"],
            out: ["d"],
            name: "join",
            attributes: { axis: { int: 1 } },
          },
          { op: "Flatten", in: ["d"], out: ["e"], name: "flat" },
          {
            op: "Gemm",
            in: ["e", "fc"],
            out: ["y"],
            name: "fc",
            attributes: { transB: { int: 1 } },
          },
        ],
      }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["CNN2003", "CNN6017"]);
  });

  test("all operators that are missing are listed, with what to do about each", () => {
    const text = messagesOf({
      inputs: { image: [1, 3, 8, 8] },
      outputs: { y: [1, 3, 8, 8] },
      nodes: [
        { op: "FusedConv", domain: "com.microsoft", in: ["image"], out: ["a"], name: "conv1" },
        { op: "aten_gelu", domain: "pkg.torch_lib", in: ["a"], out: ["b"], name: "gelu1" },
        { op: "GridSample", in: ["b", "b"], out: ["y"], name: "sample" },
      ],
    });
    expect(text).toMatchSnapshot();
  });

  test("a linear layer sized for another map", () => {
    const text = messagesOf({
      inputs: { image: ["N", 3, 8, 8] },
      outputs: { y: ["N", 10] },
      weights: [floats("fc.weight", [10, 300]), floats("fc.bias", [10])],
      nodes: [
        { op: "MaxPool", in: ["image"], out: ["a"], name: "pool1", attributes: pool },
        { op: "Flatten", in: ["a"], out: ["b"], name: "flat" },
        {
          op: "Gemm",
          in: ["b", "fc.weight", "fc.bias"],
          out: ["y"],
          name: "fc",
          attributes: { transB: { int: 1 } },
        },
      ],
    });
    expect(text).toMatchSnapshot();
  });
});
