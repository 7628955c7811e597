/** CNN1xxx: text that does not follow the grammar. */
import { bodyErrors } from "./syntax/bodies.ts";
import { bracketErrors } from "./syntax/brackets.ts";
import { expressionErrors } from "./syntax/expressions.ts";
import { itemErrors } from "./syntax/items.ts";
import { limitErrors } from "./syntax/limits.ts";
import { textErrors } from "./syntax/text.ts";

export const syntaxErrors = {
  ...textErrors,
  ...bracketErrors,
  ...bodyErrors,
  ...expressionErrors,
  ...itemErrors,
  ...limitErrors,
};
