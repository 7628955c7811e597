/**
 * The file `model.wasm`: the best program as it is, so that the file is a module that any engine
 * compiles, and behind it, in sections that engines skip, the build's id, the other programs and
 * the weights. One file holds it all, which every bundler and host carries along as it is. The
 * other programs, which few need, are deflated to a third.
 */
import { deflateSync } from "fflate";
import type { PlanModule } from "../print-plan.ts";
import { Bytes } from "../bytes.ts";
import { ID_LENGTH, SECTIONS } from "./description.ts";

export interface ModuleFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What comes before the weights, in bytes. */
  readonly codeBytes: number;
  /** Where the programs lie, in their order. */
  readonly programs: readonly { readonly start: number; readonly end: number }[];
  /** To be written once it is known; zeros so far. */
  readonly id: Uint8Array;
  /** Room for the weights; empty where they go elsewhere. */
  readonly weights: Uint8Array;
}

const CUSTOM_SECTION = 0;

/** @param weightBytes zero where the weights go elsewhere */
export function layOutModule(
  [first, ...others]: readonly PlanModule[],
  weightBytes: number,
): ModuleFile {
  const code = new Bytes().raw(first.bytes);
  const programs = [{ start: 0, end: code.length }];
  const section = (name: string, length: number): void => {
    const head = new Bytes().text(name);
    code
      .byte(CUSTOM_SECTION)
      .unsigned(head.length + length)
      .raw(head.finish());
  };
  section(SECTIONS.id, ID_LENGTH);
  const id = code.length;
  code.raw(new Uint8Array(ID_LENGTH));
  for (const { bytes } of others) {
    const deflated = deflateSync(bytes, { level: 9 });
    section(SECTIONS.program, deflated.length);
    programs.push({ start: code.length, end: code.length + deflated.length });
    code.raw(deflated);
  }
  if (weightBytes > 0) section(SECTIONS.weights, weightBytes);

  const bytes = new Uint8Array(code.length + weightBytes);
  bytes.set(code.finish());
  return {
    bytes,
    codeBytes: code.length,
    programs,
    id: bytes.subarray(id, id + ID_LENGTH),
    weights: bytes.subarray(code.length),
  };
}
