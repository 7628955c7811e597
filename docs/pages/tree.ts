/** `grammar/generated/cst.ts`: the types of the concrete syntax tree. */
import { generateCstDts } from "chevrotain";
import { format } from "prettier";
import { CnnParser } from "../../grammar/parser.ts";
import type { Page } from "./page.ts";

const HEADER =
  "/** Types of the concrete syntax tree, made from `grammar/parser.ts` by `npm run gen`. */\n";

export async function treePage(): Promise<Page> {
  const types = generateCstDts(new CnnParser().getGAstProductions(), {
    includeVisitorInterface: false,
  });
  const imports = 'import type { CstNode, IToken } from "chevrotain";';
  const content = await format(HEADER + types.replace(/^import type .*;$/m, imports), {
    parser: "typescript",
    printWidth: 100,
  });
  return { path: "grammar/generated/cst.ts", content };
}
