/** The message for arguments of which each is allowed, but not all together. */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";

/** `argument` is the one to point at. */
export function conflict(
  layer: string,
  text: string,
  remedy: string,
  argument: string,
): Problem<"CNN2061"> {
  return problem("CNN2061", { layer, conflict: text, remedy }, argument);
}
