/** Warnings that a program or its checker allows: these are not shown. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import { allowedCodes } from "./metadata.ts";
import type { Module } from "./modules.ts";

/** A declaration and the codes that its `@allow` names. */
interface Allowance {
  readonly span: Span;
  readonly codes: readonly string[];
}

/** Errors are always shown. */
export function notAllowed(
  diagnostics: readonly Diagnostic[],
  modules: readonly Module[],
  everywhere: readonly string[],
): readonly Diagnostic[] {
  const allowances = modules.flatMap(allowancesOf);
  return diagnostics.filter(({ severity, code, span }) => {
    if (severity === "error") return true;
    if (everywhere.includes(code)) return false;
    return !allowances.some((given) => given.codes.includes(code) && contains(given.span, span));
  });
}

function allowancesOf({ program }: Module): readonly Allowance[] {
  return program.items.flatMap((item) => {
    if (item.kind !== "block" && item.kind !== "model") return [];
    const codes = allowedCodes(item);
    return codes.length === 0 ? [] : [{ span: item.span, codes }];
  });
}

function contains(outer: Span, inner: Span): boolean {
  return outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end;
}
