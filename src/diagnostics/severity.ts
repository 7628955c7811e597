/** How much a diagnostic weighs. */

/**
 * An error leaves nothing to run; with a warning a program runs, but probably not as it was meant.
 */
export type Severity = "error" | "warning";
