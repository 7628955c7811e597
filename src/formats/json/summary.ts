/** The layer table as JSON: `cnn summary --json`. Sizes are written as in the JSON graph. */
import type { Summary, SummaryRow } from "../../analysis/summary.ts";
import { type JsonField, type JsonSize, type JsonTotals, fieldJson, sizeJson } from "./graph.ts";

export interface JsonSummary {
  readonly model: string;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly JsonSize[] }[];
  readonly layers: readonly JsonRow[];
  readonly totals: JsonTotals;
}

export interface JsonRow {
  readonly name: string;
  readonly kind: string;
  readonly outputs: readonly (readonly JsonSize[])[];
  readonly parameters: JsonSize;
  readonly sharesWeights: boolean;
  readonly macs: JsonSize;
  readonly bytes: JsonSize;
  readonly receptiveField: JsonField | null;
}

export function summaryToJson({ model, inputs, rows, totals }: Summary): JsonSummary {
  return {
    model,
    inputs: inputs.map(({ name, shape }) => ({ name, shape: shape.map(sizeJson) })),
    layers: rows.map(rowJson),
    totals: {
      parameters: sizeJson(totals.parameters),
      buffers: sizeJson(totals.buffers),
      macs: sizeJson(totals.macs),
      activationBytes: sizeJson(totals.activationBytes),
      peakBytes: totals.peakBytes ?? null,
    },
  };
}

function rowJson({
  outputs,
  parameters,
  macs,
  bytes,
  receptiveField,
  ...row
}: SummaryRow): JsonRow {
  return {
    name: row.name,
    kind: row.kind,
    outputs: outputs.map((shape) => shape.map(sizeJson)),
    parameters: sizeJson(parameters),
    sharesWeights: row.sharesWeights,
    macs: sizeJson(macs),
    bytes: sizeJson(bytes),
    receptiveField: receptiveField && fieldJson(receptiveField),
  };
}
