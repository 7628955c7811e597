/**
 * Runs one of ONNX's own backend tests: a model, its inputs, and the outputs that it must give.
 * Cases that give a layer's weights as inputs are read with them as initializers, which is where
 * every real model has them.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { bindWeights } from "../../src/runtime/weights.ts";
import { Net, type NetInput } from "../../src/runtime/net.ts";
import type { Target } from "../../src/runtime/target.ts";
import { type Imported, importOnnx } from "../../src/formats/onnx/import/import-onnx.ts";
import { decodeOnnx } from "../../src/formats/onnx/import/decode.ts";
import { readTensor } from "../../src/formats/onnx/import/tensor-data.ts";
import { TensorProtoSchema } from "../../src/formats/onnx/schema/onnx_pb.ts";
import { type StoredArray, isFloat, toTensor } from "../../src/formats/tensors/stored-array.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { exportOnnx } from "../../src/formats/onnx/export/export-onnx.ts";
import type { Opset } from "../../src/layers/onnx.ts";
import { wordsOf } from "../../src/diagnostics/words.ts";
import { relativeError } from "../relative-error.ts";

export interface Case {
  readonly model: Uint8Array;
  /** By the model's names, in its order. */
  readonly inputs: ReadonlyMap<string, StoredArray>;
  readonly outputs: ReadonlyMap<string, StoredArray>;
}

/** @param folder ends with a slash */
export function readCase(folder: URL): Case {
  const model = readFileSync(new URL("model.onnx", folder));
  const decoded = decodeOnnx(model, "model.onnx");
  if ("code" in decoded) throw new Error(decoded.code);
  const data = new URL("test_data_set_0/", folder);
  const arrays = (kind: string, names: readonly string[]): ReadonlyMap<string, StoredArray> =>
    new Map(
      names.flatMap((name, at): [string, StoredArray][] => {
        const file = new URL(`${kind}_${at}.pb`, data);
        return existsSync(file) ? [[name, readArray(file)]] : [];
      }),
    );
  return {
    model,
    inputs: arrays(
      "input",
      decoded.model.inputs.map(({ name }) => name),
    ),
    outputs: arrays(
      "output",
      decoded.model.outputs.map(({ name }) => name),
    ),
  };
}

function readArray(file: URL): StoredArray {
  const array = readTensor(fromBinary(TensorProtoSchema, readFileSync(file)), "", undefined);
  if ("code" in array) throw new Error(`${file.pathname}: ${array.code}`);
  return array;
}

/** A case with some of its inputs stored in the model, imported. */
export interface Variant {
  readonly imported: Imported;
  readonly flowing: readonly StoredArray[];
}

/**
 * Runs the case with its inputs flowing where the layers allow it, and with all but the first
 * stored in the model: the largest error of either, relative to the largest number wanted.
 * @throws Error with the messages where both are refused, or where a shape differs
 */
export function errorOf(one: Case, target: Target): number {
  const wanted = [...one.outputs.values()];
  return Math.max(...variantsOf(one).map((each) => errorOfVariant(each, wanted, target)));
}

/**
 * The same of what is exported after the import, and imported again.
 * @throws Error also where the export is refused
 */
export function errorOfExported(one: Case, opset: Opset, target: Target): number {
  const wanted = [...one.outputs.values()];
  const errors = variantsOf(one).map(({ imported, flowing }) => {
    const again = importOnnx(exported(imported, opset));
    return errorOfVariant({ imported: again, flowing }, wanted, target);
  });
  return Math.max(...errors);
}

/** What the imported model is as ONNX again. @throws Error where that is refused */
export function exported(imported: Imported, opset: Opset): Uint8Array {
  const { model, arrays } = imported;
  if (model === undefined) throw new Error(messages(imported));
  const { weights } = bindWeights(model.graph, arrays, "model.onnx");
  const written = exportOnnx(model.graph, weights, { opset });
  if (written.model === undefined) throw new Error(written.diagnostics.map(wordsIn).join("\n"));
  return written.model;
}

/** Those of a case that can be read. @throws Error with the messages where there is none */
export function variantsOf({ model, inputs }: Case): readonly Variant[] {
  const flowing = variant(model, inputs, (array) => isFloat(array.dtype));
  const stored = variant(model, inputs, (array, at) => at === 0 && isFloat(array.dtype));
  const variants = inputs.size > 1 ? [flowing, stored] : [flowing];
  const read = variants.filter(({ imported }) => imported.model !== undefined);
  const needsStored = ({ imported }: Variant): boolean =>
    imported.diagnostics.every(({ code }) => code === "CNN6003");
  const refused = variants.find((one) => one.imported.model === undefined && !needsStored(one));
  if (refused !== undefined || read.length === 0) {
    throw new Error(messages((refused ?? flowing).imported));
  }
  return read;
}

function errorOfVariant(
  { imported, flowing }: Variant,
  wanted: readonly StoredArray[],
  target: Target,
): number {
  const { model, arrays, sources } = imported;
  if (model === undefined) throw new Error(messages(imported));
  const bound = bindWeights(model.graph, arrays, "model.onnx");
  if (bound.diagnostics.length > 0) throw new Error(wordsOf(bound.diagnostics[0]).label);
  const net = new Net({
    checked: model,
    weights: bound.weights,
    weightsFile: "model.onnx",
    target,
    diagnostics: [],
    sources,
  });
  const given = net.inputs.map(({ name }, at): [string, NetInput] => [name, toTensor(flowing[at])]);
  const results = net.run(Object.fromEntries(given));
  const errors = net.outputs.map(({ name }, at) => {
    const { shape, data } = results[name];
    const expected = toTensor(wanted[at]);
    if (shape.join() !== expected.shape.join()) {
      throw new Error(`output ${at} is [${shape.join()}], not [${expected.shape.join()}]`);
    }
    return relativeError(data, expected.data);
  });
  return Math.max(...errors);
}

/** @param isFlow which inputs flow; the others are stored, as shapes and axes always are */
function variant(
  model: Uint8Array,
  inputs: ReadonlyMap<string, StoredArray>,
  isFlow: (array: StoredArray, at: number) => boolean,
): Variant {
  const entries = [...inputs];
  const constants = new Map(entries.filter(([, array], at) => !isFlow(array, at)));
  const flowing = entries.filter(([, array], at) => isFlow(array, at)).map(([, array]) => array);
  return { imported: importOnnx(model, { constants }), flowing };
}

function messages({ diagnostics }: Imported): string {
  return diagnostics.map(wordsIn).join("\n");
}

function wordsIn(diagnostic: Diagnostic): string {
  const { title, label } = wordsOf(diagnostic);
  return `${diagnostic.code}: ${title}: ${label}`;
}

/** Names of the cases in a folder. */
export function caseNames(folder: URL): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}
