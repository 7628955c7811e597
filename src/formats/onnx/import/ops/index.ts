/** The table of operators: one file a family. */
import { arithmeticOps } from "./arithmetic.ts";
import { arrangementOps } from "./arrangement.ts";
import { convolutionOps } from "./convolution.ts";
import { elementwiseOps } from "./elementwise.ts";
import type { OpHandler } from "./handler.ts";
import { linearOps } from "./linear.ts";
import { normalizationOps } from "./normalization.ts";
import { paddingOps } from "./padding.ts";
import { partOps } from "./parts.ts";
import { poolingOps } from "./pooling.ts";
import { reductionOps } from "./reduction.ts";
import { resizeOps } from "./resize.ts";
import { valueOps } from "./values.ts";

export const operators: ReadonlyMap<string, OpHandler> = new Map(
  Object.entries({
    ...arithmeticOps,
    ...arrangementOps,
    ...convolutionOps,
    ...elementwiseOps,
    ...linearOps,
    ...normalizationOps,
    ...paddingOps,
    ...partOps,
    ...poolingOps,
    ...reductionOps,
    ...resizeOps,
    ...valueOps,
  }),
);
