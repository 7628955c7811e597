/** Text to syntax tree. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Source } from "../diagnostics/span.ts";
import type { Program } from "./ast.ts";

export interface Parsed {
  /** Always a tree: parts that could not be read are left out or `missing`. */
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

export declare function parse(source: Source): Parsed;
