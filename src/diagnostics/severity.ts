/** How much a diagnostic weighs: an error stops the compiler, a warning does not. */
export type Severity = "error" | "warning";
