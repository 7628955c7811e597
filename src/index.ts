/**
 * The library: pure functions on strings and bytes, which run in a browser as they are.
 *
 *     import { check, compile, format } from "cnn-lang";
 *
 * A program is its text, or `{ name, text }` with the name that messages give. Maps are
 * `[N, C, H, W]` everywhere, arrays are row by row (W the fastest). What can go wrong by the user's
 * doing comes back as diagnostics: `try…` and `check` return them, the others throw them as a
 * `ProgramError`. An `InternalFault` is a mistake of this package.
 */
export { check, type CheckOptions, type Checked } from "./check/check.ts";
export type { CheckedModel } from "./check/check-model.ts";
export type { Resolve } from "./check/modules.ts";
export { type InputContract, type NameContract, formatContract } from "./check/sizes/contract.ts";
export { type CompileOptions, type Compiled, compile, tryCompile } from "./compile.ts";
export { type CompileOnnxOptions, compileOnnx, tryCompileOnnx } from "./compile-onnx.ts";
export {
  type Diagnostic,
  type Edit,
  type Fix,
  InternalFault,
  type Label,
  type Problem,
} from "./diagnostics/diagnostic.ts";
export { ProgramError } from "./diagnostics/program-error.ts";
export { renderDiagnostics } from "./diagnostics/render.ts";
export type { Source, Span } from "./diagnostics/span.ts";
export { type FormatOptions, type Formatted, format, tryFormat } from "./editor/format.ts";
export {
  type ImportOnnxOptions,
  type OnnxImport,
  type OnnxImported,
  importOnnx,
  tryImportOnnx,
} from "./import.ts";
export {
  type OnnxExport,
  type OnnxExportOptions,
  type OnnxExported,
  type PytorchExportOptions,
  type PytorchExported,
  exportOnnx,
  exportPytorch,
  tryExportOnnx,
  tryExportPytorch,
} from "./export.ts";
export { graphToDot } from "./formats/pictures/dot.ts";
export { graphFromJson } from "./formats/json/graph-reader.ts";
export { graphToJson } from "./formats/json/graph.ts";
export {
  type Outline,
  type WrittenProgram,
  writeProgram,
} from "./formats/program/write-program.ts";
export type { Graph, Node, Value, Weight } from "./graph/graph.ts";
export type {
  Net,
  NetInput,
  NetInputs,
  NetOutput,
  NetOutputs,
  NetShapes,
  Port,
  PrepareResult,
  RunResult,
} from "./runtime/net.ts";
export type { Session, SessionTensor, SessionTensors } from "./runtime/session.ts";
export { type Target, referenceTarget } from "./runtime/target.ts";
export { wasmTarget } from "./runtime/wasm-target.ts";
export type { WeightsFile } from "./runtime/weights-file.ts";
