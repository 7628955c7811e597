/** Files were written by NumPy 1.24 (`np.savez_compressed`, `np.save`). */
import { zipSync } from "fflate";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readNpy, writeNpy } from "../../../src/formats/tensors/npy.ts";
import { readNpz, writeNpz } from "../../../src/formats/tensors/npz.ts";
import {
  type StoredArray,
  fromTensor,
  toTensor,
} from "../../../src/formats/tensors/stored-array.ts";
import { tensor } from "../../../src/graph/tensor.ts";
import { bytesOf } from "./bytes.ts";

const NPZ = bytesOf(
  "UEsDBBQAAAAIAAAAIQBqZ+BwXgAAALAAAAAGABQAZjgubnB5AQAQALAAAAAAAAAAXgAAAAAAAACb7BfqGxDJyFDGUK2e" +
    "klqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkAy4GKAgFg6v2EPqpPUT0" +
    "A5T/1X71KhD4ZQ8AUEsDBBQAAAAIAAAAIQDUd1fiTQAAAIgAAAAGABQAZjQubnB5AQAQAIgAAAAAAAAATQAAAAAAAACb" +
    "7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFACus2fO" +
    "2DIwMBwAAFBLAwQUAAAACAAAACEA+uxiukoAAACEAAAABgAUAGYyLm5weQEAEACEAAAAAAAAAEoAAAAAAAAAm+wX6hsQ" +
    "ychQxlCtnpJanFykbqWgbpNmpK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKhpo6CrUKZAMuBov/vwFQ" +
    "SwMEFAAAAAgAAAAhAIK9coVGAAAAggAAAAYAFAB1MS5ucHkBABAAggAAAAAAAABGAAAAAAAAAJvsF+obEMnIUMZQrZ6S" +
    "WpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC6G/wBQSwMEFAAAAAgAAAAh" +
    "AI6oXRRNAAAAkAAAAAYAFABpOC5ucHkBABAAkAAAAAAAAABNAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGu" +
    "o6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAK6//yGAAQQYGRgAUEsDBBQAAAAIAAAAIQAr/wLQ" +
    "TAAAAIgAAAAHABQAYmlnLm5weQEAEACIAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpdmoq6joJ6W" +
    "X1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1ChQALvsDDAwHBBgYAFBLAwQUAAAACAAAACEAo29TI4cAAADg" +
    "AAAACwAUAGZvcnRyYW4ubnB5AQAQAOAAAAAAAAAAhwAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZf" +
    "VFKUmBefX5SSChIPKSpNBQoXZyQWpAK5GkY6CsY6CiaaOgq1CmQCLgYwcHBkYGhwAGIgzQDEC0B8ewaGABAbKN4BpAWA" +
    "eAVIHshPANIHgPQEIK0AxBuA2AHILwDSD4D0DCBtAMQ7HAFQSwMEFAAAAAgAAAAhAAwtsbRGAAAAhAAAAAoAFABzY2Fs" +
    "YXIubnB5AQAQAIQAAAAAAAAARgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mirqOgnpZfVFKUmBefX5SSChJ3" +
    "S8wpTgWKF2ckFqQC+RqaOgq1ChQBLnYGBgYAUEsDBBQAAAAIAAAAIQDuGbtdRgAAAIIAAAAIABQAZmxhZy5ucHkBABAA" +
    "ggAAAAAAAABGAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF6TZKiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQW" +
    "pAL5GkY6mjoKtQoUAC5GBgBQSwECFAMUAAAACAAAACEAamfgcF4AAACwAAAABgAAAAAAAAAAAAAAgAEAAAAAZjgubnB5" +
    "UEsBAhQDFAAAAAgAAAAhANR3V+JNAAAAiAAAAAYAAAAAAAAAAAAAAIABlgAAAGY0Lm5weVBLAQIUAxQAAAAIAAAAIQD6" +
    "7GK6SgAAAIQAAAAGAAAAAAAAAAAAAACAARsBAABmMi5ucHlQSwECFAMUAAAACAAAACEAgr1yhUYAAACCAAAABgAAAAAA" +
    "AAAAAAAAgAGdAQAAdTEubnB5UEsBAhQDFAAAAAgAAAAhAI6oXRRNAAAAkAAAAAYAAAAAAAAAAAAAAIABGwIAAGk4Lm5w" +
    "eVBLAQIUAxQAAAAIAAAAIQAr/wLQTAAAAIgAAAAHAAAAAAAAAAAAAACAAaACAABiaWcubnB5UEsBAhQDFAAAAAgAAAAh" +
    "AKNvUyOHAAAA4AAAAAsAAAAAAAAAAAAAAIABJQMAAGZvcnRyYW4ubnB5UEsBAhQDFAAAAAgAAAAhAAwtsbRGAAAAhAAA" +
    "AAoAAAAAAAAAAAAAAIAB6QMAAHNjYWxhci5ucHlQSwECFAMUAAAACAAAACEA7hm7XUYAAACCAAAACAAAAAAAAAAAAAAA" +
    "gAFrBAAAZmxhZy5ucHlQSwUGAAAAAAkACQDgAQAA6wQAAAAA",
);
const OBJECTS = bytesOf(
  "k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwpLCB9ICAg" +
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqAA2NudW1weS5j" +
    "b3JlLm11bHRpYXJyYXkKX3JlY29uc3RydWN0CnEAY251bXB5Cm5kYXJyYXkKcQFLAIVxAkMBYnEDh3EEUnEFKEsBSwGF" +
    "cQZjbnVtcHkKZHR5cGUKcQdYAgAAAE84cQiJiIdxCVJxCihLA1gBAAAAfHELTk5OSv////9K/////0s/dHEMYoldcQ19" +
    "cQ5YAQAAAGFxD0sBc2F0cRBiLg==",
);
const RECORDS = bytesOf(
  "k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmNCcpLCAoJ2InLCAnPGk0JyldLCAnZm9ydHJhbl9vcmRlcic6IEZh" +
    "bHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAA" +
    "AAAAAAAA",
);
const COMPLEX = bytesOf(
  "k05VTVBZAQB2AHsnZGVzY3InOiAnPGM4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAg" +
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAA" +
    "AAAAAAAA",
);

function arraysOf(bytes: Uint8Array): ReadonlyMap<string, StoredArray> {
  const result = readNpz(bytes, "x.npz");
  if ("code" in result) throw new Error(JSON.stringify(result));
  return result;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("readNpz", () => {
  test("reads every type and order as NumPy wrote it", () => {
    const arrays = [...arraysOf(NPZ)].map(([name, array]) => {
      const { shape, data } = toTensor(array);
      return [name, { shape, data: [...data] }];
    });
    expect(Object.fromEntries(arrays)).toEqual({
      f8: { shape: [2, 3], data: range(6).map((i) => i / 3) },
      f4: { shape: [2], data: [Math.fround(0.1), -2] },
      f2: { shape: [2, 1], data: [0.5, -65504] },
      u1: { shape: [2], data: [0, 255] },
      i8: { shape: [2], data: [-3, 2 ** 40] },
      big: { shape: [2], data: [1.5, -2.25] },
      fortran: { shape: [2, 3, 4], data: range(24) },
      scalar: { shape: [], data: [7] },
      flag: { shape: [2], data: [1, 0] },
    });
  });

  test("refuses a zip file that claims to unpack to far more than its size", () => {
    const bomb = zipSync({ "x.npy": new Uint8Array(80 * 2 ** 20) }, { level: 9 });
    expect(readNpz(bomb, "x.npz")).toEqual({
      code: "CNN5004",
      facts: { file: "x.npz", size: bomb.length, unpacked: 80 * 2 ** 20 },
    });
  });

  test("refuses many entries that are all the same bytes and claim to be empty", () => {
    const megabyte = zipSync({ aa: new Uint8Array(2 ** 20) }, { level: 0 });
    const start = new DataView(megabyte.buffer).getUint32(megabyte.length - 6, true);
    const entry = megabyte.slice(start, megabyte.length - 22);
    const end = megabyte.slice(-22);
    const count = 200;
    const bytes = new Uint8Array(start + count * entry.length + end.length);
    bytes.set(megabyte.subarray(0, start));
    for (let i = 0; i < count; i++) {
      // Offsets of the unpacked size and of the two letters of the name.
      entry.set([0, 0, 0, 0], 24);
      entry.set([65 + Math.floor(i / 20), 65 + (i % 20)], 46);
      bytes.set(entry, start + i * entry.length);
    }
    new DataView(end.buffer).setUint16(8, count, true);
    bytes.set(end, bytes.length - end.length);
    expect(readNpz(bytes, "x.npz")).toMatchObject({ code: "CNN5004" });
  });

  test("refuses a directory that counts more entries than the file can hold", () => {
    const bytes = zipSync({ "x.npy": writeNpy(fromTensor(tensor([1], [1]))) }, { level: 0 });
    const end = bytes.length - 22;
    new DataView(bytes.buffer).setUint16(end + 8, 65535, true);
    expect(readNpz(bytes, "x.npz")).toMatchObject({ code: "CNN5002" });
  });

  test.each([
    ["an empty file", new Uint8Array(), "it is not a complete zip file"],
    ["a cut file", NPZ.subarray(0, 700), "it is not a complete zip file"],
    [
      "a zip of other things",
      zipSync({ "a.txt": new Uint8Array(3) }),
      "its part `a.txt` is not an array",
    ],
  ])("refuses %s", (_, bytes, reason) => {
    expect(readNpz(bytes, "x.npz")).toMatchObject({ code: "CNN5002", facts: { reason } });
  });

  test("never throws on a changed file, and what it accepts can be decoded", () => {
    const change = fc.record({ at: fc.nat(NPZ.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = NPZ.slice();
        for (const { at, byte } of changes) bytes[at] = byte;
        const result = readNpz(bytes, "x.npz");
        if (!("code" in result)) for (const array of result.values()) toTensor(array);
      }),
      { numRuns: 500 },
    );
  });
});

describe("readNpy", () => {
  test.each([
    ["Python objects", OBJECTS, { file: "x.npy", found: "Python objects" }],
    ["records", RECORDS, { file: "x.npy", found: "records or objects" }],
    ["complex numbers", COMPLEX, { file: "x.npy", found: "the type c8" }],
  ])("refuses %s", (_, bytes, facts) => {
    expect(readNpy(bytes, "x.npy")).toEqual({ code: "CNN5003", facts });
  });

  test.each([
    ["another file", new Uint8Array(100), "it does not begin as an npy file does"],
    [
      "a cut header",
      writeNpy(fromTensor(tensor([1], [1]))).subarray(0, 40),
      "it ends inside its header",
    ],
    [
      "a cut end",
      writeNpy(fromTensor(tensor([2], [1, 2]))).subarray(0, 132),
      "its shape [2] needs 8 bytes, it holds 4",
    ],
  ])("refuses %s", (_, bytes, reason) => {
    expect(readNpy(bytes, "x.npy")).toMatchObject({ code: "CNN5002", facts: { reason } });
  });

  test("never throws on changed headers", () => {
    const file = writeNpy(fromTensor(tensor([2, 3], range(6))));
    const change = fc.record({ at: fc.nat(127), byte: fc.integer({ min: 32, max: 126 }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
        const bytes = file.slice();
        for (const { at, byte } of changes) bytes[at] = byte;
        const result = readNpy(bytes, "x.npy");
        if (!("code" in result)) toTensor(result);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("writing", () => {
  test("a written archive reads back equal, and equal arrays give equal files", () => {
    const arrays = new Map([
      ["x", fromTensor(tensor([2, 1, 3], range(6)))],
      ["one", fromTensor(tensor([], [-1.5]))],
    ]);
    expect(arraysOf(writeNpz(arrays))).toEqual(arrays);
    expect(writeNpz(arrays)).toEqual(writeNpz(arrays));
  });

  test("an array begins as NumPy's own file does", () => {
    const bytes = writeNpy(fromTensor(tensor([3, 4], range(12))));
    const header = String.fromCharCode(...bytes.subarray(0, 128));
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }";
    expect(header).toBe(`\u0093NUMPY\u0001\u0000v\u0000${text.padEnd(117)}\n`);
  });
});
