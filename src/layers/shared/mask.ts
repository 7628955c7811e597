/** Masks are tensors of 0 and 1 here, and of a type of their own in ONNX. */
import { type OnnxResult, op } from "../onnx.ts";

/** The type in ONNX. */
const FLOAT = 1;

export function maskOf(condition: OnnxResult): OnnxResult {
  return op("Cast", [condition], { to: { int: FLOAT } });
}
