/** Models in the manner of many exporters, and what onnxruntime makes of them (`test/material`). */
import { join } from "node:path";

export interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface Expected {
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly outputs: Readonly<Record<string, Numbers>>;
}

export const EXPORTERS = join(import.meta.dirname, "../../material/exporters");
/** By the name of a model, what it gives. */
export const EXPECTED = join(EXPORTERS, "expected.json");
