/** What people have instead of weights and programs is told by name, not by what is wrong in it. */
import { describe, expect, test } from "vitest";
import { decode } from "../../src/files/read.ts";
import { foreignFile } from "../../src/formats/foreign-file.ts";
import { writeNpy } from "../../src/formats/tensors/npy.ts";
import { writeNpz } from "../../src/formats/tensors/npz.ts";
import { fromTensor } from "../../src/formats/tensors/stored-array.ts";
import { zeros } from "../../src/graph/tensor.ts";
import { exampleBytes } from "../examples/examples.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));

/** The first 64 bytes of `torch.save({"weight": torch.zeros(1)}, "a.pt")` in PyTorch 1.13. */
const CHECKPOINT = hex(
  "504b0304000008080000000000000000000000000000000000000a001800612f646174612e706b6c464214005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
);
/** The same with `_use_new_zipfile_serialization=False`, as before PyTorch 1.6. */
const OLD_CHECKPOINT = hex(
  "80028a0a6cfc9c46f9206aa850192e80024de9032e80027d710028581000000070726f746f636f6c5f76657273696f6e71014de903580d0000006c6974746c65",
);
/** Zip files begin with the name of their first part. */
const zipOf = (part: string): Uint8Array =>
  Buffer.concat([
    hex(`504b03041400${"00".repeat(20)}${part.length.toString(16).padStart(2, "0")}000000`),
    Buffer.from(part),
  ]);
const array = fromTensor(zeros([2]));

describe("foreign files", () => {
  test.each([
    ["net.pt", CHECKPOINT, "checkpoint"],
    ["net.pth", OLD_CHECKPOINT, "checkpoint"],
    ["net.h5", hex("894844460d0a1a0a"), "hdf5"],
    ["net.keras", zipOf("metadata.json"), "keras"],
    ["net.tflite", hex("1c00000054464c33"), "tflite"],
    ["net.onnx", hex("08061207"), "onnx"],
    ["x.npy", writeNpy(array), "npy"],
    ["digit.png", exampleBytes("digits/digit-07973-label-1.png"), "image"],
  ])("%s in the place of weights", (file, bytes, kind) => {
    expect(foreignFile(bytes, file, "weights")).toEqual({
      code: "CNN5008",
      facts: { file, kind, wanted: "weights" },
    });
  });

  test("files of weights are those, except in the place of a program", () => {
    const npz = writeNpz(new Map([["weight", array]]));
    const safetensors = exampleBytes("weights/lenet5.safetensors");
    for (const [file, bytes] of [
      ["net.npz", npz],
      ["net.safetensors", safetensors],
    ] as const) {
      expect(foreignFile(bytes, file, "weights")).toBeUndefined();
      expect(foreignFile(bytes, file, "program")).toMatchObject({ facts: { kind: "tensors" } });
    }
  });

  test("a program that is none says what it is", () => {
    expect(decode("net.pth", OLD_CHECKPOINT)).toMatchObject({ code: "CNN5008" });
    expect(decode("net.cnn", hex("ff"))).toMatchObject({ code: "CNN5001" });
  });
});
