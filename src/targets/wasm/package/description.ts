/**
 * What a packaged model knows of itself: `model.js` holds it as data, and the loader
 * (`src/runtime/package/`) reads it. Addresses and offsets are in bytes.
 */
export interface ModelDescription {
  readonly name: string;
  /** Stands in all files of one build, so that files of two builds are not mixed. */
  readonly id: string;
  readonly labels: readonly string[];
  /** In the order of the program. */
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
  /** The best one first, which is also what an engine compiles that is given the whole file. */
  readonly programs: readonly Program[];
  /** Pairs of vectors are for the engine to join: see `joinVectorPairs`. */
  readonly wide: boolean;
  /** What of the module's file comes before its weights. */
  readonly codeBytes: number;
  readonly weights: {
    readonly place: WeightsPlace;
    readonly bytes: number;
    /** In the order of the file. */
    readonly runs: readonly WeightRun[];
  };
}

export interface PortDescription {
  readonly name: string;
  readonly shape: readonly number[];
}

/** In the module's file, or in a file of their own. */
export type WeightsPlace = "inside" | "beside";

/** `count` pieces of as many bytes, that go to places `step` apart. */
export interface WeightRun {
  /** From where the weights start in memory. */
  readonly to: number;
  readonly bytes: number;
  readonly count: number;
  readonly step: number;
  /** The function that makes each of the piece before it, which waits in the arena. */
  readonly expand?: string;
}

/** One form of the module: all forms compute the same and share the weights. */
export interface Program {
  /** In the module's file, all but the first one deflated (RFC 1951). */
  readonly start: number;
  readonly end: number;
  readonly threads: number;
  /** Of memory, 64 KiB each. */
  readonly pages: number;
  /** Of the words that threads meet at. */
  readonly flags: number;
  readonly weights: number;
  readonly arena: number;
  /** In the order of the ports. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Characters of an id, all of them ASCII. */
export const ID_LENGTH = 16;

/** The sections of the module's file that engines skip. */
export const SECTIONS = { id: "cnn.id", program: "cnn.program", weights: "cnn.weights" } as const;
