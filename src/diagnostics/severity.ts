/** How much a diagnostic weighs: an error stops the compiler, a warning does not. */
/**
 * An error leaves nothing to run; with a warning a program runs, but probably not as it was meant.
 */
export type Severity = "error" | "warning";
