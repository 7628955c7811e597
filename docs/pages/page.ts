/** A file that is made from the source. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}
