/** Known values were written by PyTorch 1.13 (its half and bfloat16 types) after the format's page. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinBytes } from "../../../src/formats/join-bytes.ts";
import { readSafetensors, safetensorsParts } from "../../../src/formats/tensors/safetensors.ts";
import {
  type StoredArray,
  fromTensor,
  toTensor,
} from "../../../src/formats/tensors/stored-array.ts";
import { tensor } from "../../../src/graph/tensor.ts";
import { bytesOf } from "./bytes.ts";

const FILE = bytesOf(
  "iAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6IHsiZm9ybWF0IjogInB0In0sICJoYWxmIjogeyJkdHlwZSI6ICJGMTYiLCAi" +
    "c2hhcGUiOiBbMiwgNF0sICJkYXRhX29mZnNldHMiOiBbMCwgMTZdfSwgImJmbG9hdCI6IHsiZHR5cGUiOiAiQkYxNiIs" +
    "ICJzaGFwZSI6IFs1XSwgImRhdGFfb2Zmc2V0cyI6IFsxNiwgMjZdfSwgInNpbmdsZSI6IHsiZHR5cGUiOiAiRjMyIiwg" +
    "InNoYXBlIjogWzNdLCAiZGF0YV9vZmZzZXRzIjogWzI2LCAzOF19LCAiZG91YmxlIjogeyJkdHlwZSI6ICJGNjQiLCAi" +
    "c2hhcGUiOiBbMl0sICJkYXRhX29mZnNldHMiOiBbMzgsIDU0XX0sICJibi5udW1fYmF0Y2hlc190cmFja2VkIjogeyJk" +
    "dHlwZSI6ICJJNjQiLCAic2hhcGUiOiBbXSwgImRhdGFfb2Zmc2V0cyI6IFs1NCwgNjJdfX0gIAAAAIAAPADB/3sABAEA" +
    "VTWAPyDASUBKcaKNzczMPcIWAYCeyX9/mpmZmZmZuT8YLURU+yEJQKgOAAAAAAAA",
);

/** A file with this header and `size` bytes of zeros. */
function fileOf(header: string, size: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function reasonFor(bytes: Uint8Array): string {
  const result = readSafetensors(bytes, "w.safetensors");
  return "code" in result && result.code === "CNN5002" && "reason" in result.facts
    ? result.facts.reason
    : "no problem";
}

function arraysOf(bytes: Uint8Array): ReadonlyMap<string, StoredArray> {
  const result = readSafetensors(bytes, "w.safetensors");
  if ("code" in result) throw new Error(JSON.stringify(result));
  return result;
}

const F32_PAIR = '"dtype":"F32","shape":[2]';

describe("readSafetensors", () => {
  test("reads every float type as PyTorch wrote it", () => {
    const values = Object.fromEntries(
      [...arraysOf(FILE)].map(([name, array]) => [name, [...toTensor(array).data]]),
    );
    expect(values).toEqual({
      half: [0, -0, 1, -2.5, 65504, 6.103515625e-5, 5.960464477539063e-8, 0.333251953125],
      bfloat: [1, -2.5, 3.140625, 1.0002555517425873e30, -9.98402083170343e-31],
      single: [0.10000000149011612, -9.99994610111476e-41, 3.3999999521443642e38],
      double: [0.1, Math.PI],
      "bn.num_batches_tracked": [3752],
    });
    expect(arraysOf(FILE).get("half")?.shape).toEqual([2, 4]);
    expect(arraysOf(FILE).get("bn.num_batches_tracked")?.shape).toEqual([]);
  });

  test.each([
    ["an empty file", new Uint8Array(), "it has 0 bytes, too few for a header"],
    [
      "a cut file",
      FILE.subarray(0, FILE.length - 4),
      "tensor `bn.num_batches_tracked` claims the bytes 54 to 62, the file holds 58 (is it cut short?)",
    ],
    ["a cut header", FILE.subarray(0, 100), "its header claims 392 bytes, the file has 92 more"],
    [
      "a huge header length",
      new Uint8Array(20).fill(255),
      "its header claims 18446744073709552000 bytes, the file has 12 more",
    ],
    ["text", new TextEncoder().encode("\u0004\0\0\0\0\0\0\0oops"), "its header is not JSON"],
    ["a list", fileOf("[]", 0), "its header is not a JSON object"],
    ["bytes behind the last tensor", fileOf("{}", 3), "the last 3 bytes belong to no tensor"],
    [
      "overlapping tensors",
      fileOf(
        `{"a":{${F32_PAIR},"data_offsets":[0,8]},"b":{${F32_PAIR},"data_offsets":[4,12]}}`,
        12,
      ),
      "tensor `b` overlaps another one",
    ],
    [
      "a hole",
      fileOf(`{"a":{${F32_PAIR},"data_offsets":[4,12]}}`, 12),
      "4 bytes before tensor `a` belong to no tensor",
    ],
    [
      "a shape of another size",
      fileOf(`{"a":{${F32_PAIR},"data_offsets":[0,12]}}`, 12),
      "tensor `a` has 12 bytes, its shape [2] needs 8",
    ],
    [
      "a negative offset",
      fileOf(`{"a":{${F32_PAIR},"data_offsets":[-8,0]}}`, 0),
      "tensor `a` has no byte range",
    ],
    [
      "a reversed range",
      fileOf(`{"a":{${F32_PAIR},"data_offsets":[8,0]}}`, 8),
      "tensor `a` claims the bytes 8 to 0, the file holds 8 (is it cut short?)",
    ],
    [
      "a product beyond any memory",
      fileOf('{"a":{"dtype":"F32","shape":[9007199254740991,2],"data_offsets":[0,8]}}', 8),
      "tensor `a` has 8 bytes, its shape [9007199254740991, 2] needs 72057594037927930",
    ],
    [
      "a fractional shape",
      fileOf('{"a":{"dtype":"F32","shape":[0.5,4],"data_offsets":[0,8]}}', 8),
      "tensor `a` has no shape of whole numbers",
    ],
    [
      "an unknown type",
      fileOf('{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}}', 8),
      "tensor `a` has the type F4, which is not known here",
    ],
    ["no description", fileOf('{"a":null}', 0), "tensor `a` is not described"],
    [
      "a name twice",
      fileOf(
        `{"a":{${F32_PAIR},"data_offsets":[0,8]},"\\u0061"  :{${F32_PAIR},"data_offsets":[0,8]}}`,
        8,
      ),
      "it holds two tensors called `a`",
    ],
  ])("refuses %s", (_, bytes, reason) => {
    expect(reasonFor(bytes)).toBe(reason);
  });

  test("shows control characters of a name instead of sending them to the terminal", () => {
    expect(reasonFor(fileOf('{"\\u001b[31m":null}', 0))).toBe(
      "tensor `\ufffd[31m` is not described",
    );
  });

  test("never throws on a changed file, and what it accepts can be decoded", () => {
    const change = fc.record({ at: fc.nat(FILE.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.nat(FILE.length),
        (changes, length) => {
          const bytes = FILE.slice(0, length === 0 ? FILE.length : length);
          for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
          const result = readSafetensors(bytes, "w.safetensors");
          if (!("code" in result)) for (const array of result.values()) toTensor(array);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("safetensorsParts", () => {
  test("keeps names, shapes and bytes", () => {
    const arrays = new Map([
      ["w", fromTensor(tensor([2, 2], [1, -2, 0.5, 3]))],
      ["empty", fromTensor(tensor([0, 3], []))],
      ["gewicht.µ", fromTensor(tensor([], [7]))],
    ]);
    expect(arraysOf(joinBytes(safetensorsParts(arrays)))).toEqual(arrays);
  });

  test("begins the data at a multiple of 8 bytes, as the format's own writer does", () => {
    const bytes = joinBytes(safetensorsParts(new Map([["w", fromTensor(tensor([1], [1]))]])));
    expect((bytes.length - 4) % 8).toBe(0);
    expect([...bytes.subarray(-4)]).toEqual([0, 0, 0x80, 0x3f]);
  });
});
