/** What the engine at hand can do, asked by offering it tiny modules. */
import { Assembler } from "./assembler.ts";
import { ModuleWriter } from "./module.ts";

export interface Features {
  readonly simd: boolean;
  /** `f32x4.relaxed_madd`: fused where the processor can. */
  readonly relaxedSimd: boolean;
  /** Shared memory and atomic instructions. */
  readonly threads: boolean;
}

export function probeFeatures(): Features {
  return {
    simd: accepts((body) => body.op("f32x4.add"), 2),
    relaxedSimd: accepts((body) => body.op("f32x4.relaxed_madd"), 3),
    threads: typeof SharedArrayBuffer === "function" && acceptsAtomics(),
  };
}

/** Whether a function of `operands` vectors with this body is valid. */
function accepts(write: (body: Assembler) => void, operands: number): boolean {
  const takes = Array.from({ length: operands }, () => "v128" as const);
  const body = new Assembler({ takes, gives: ["v128"] });
  for (const parameter of body.parameters) body.get(parameter);
  write(body);
  return isValid(body, false);
}

function acceptsAtomics(): boolean {
  const body = new Assembler({ takes: ["i32"], gives: ["i32"] });
  body.get(body.parameters[0]);
  body.memory("i32.atomic.load", 0);
  return isValid(body, true);
}

function isValid(body: Assembler, shared: boolean): boolean {
  const module = new ModuleWriter({ pages: 1, shared });
  module.add(body);
  return WebAssembly.validate(module.finish());
}
