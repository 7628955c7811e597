/**
 * The last touch on regions: a scope of one part is no scope, `downsample: { 0: conv }` is
 * `"downsample.0": conv`, and what stands for an option is one of those that are there.
 */
import { type Choice, type Part, type Region, isNumbered } from "./region.ts";

export function collapsed(model: Region): Region {
  const choices = new Map<Choice, { body: Region }>();

  function choiceFor(choice: Choice, body: Region | undefined): Choice {
    const known = choices.get(choice);
    if (known === undefined) {
      const made = { body: body ?? choice.body };
      choices.set(choice, made);
      return made;
    }
    if (known.body === choice.body && body !== undefined) known.body = body;
    return known;
  }

  function inside(region: Region): Region {
    // A joined label would shift the numbers of what stands behind it.
    const keepsScopes = isNumbered(region) && region.isCounted !== true;
    return { ...region, parts: region.parts.map((own) => part(own, keepsScopes)) };
  }

  function part(own: Part, keepsScope: boolean): Part {
    if (own.kind === "layer" || own.kind === "run") return own;
    if (own.kind === "option") {
      const body = own.body && inside(own.body);
      const choice = choiceFor(own.choice, body);
      return body === undefined ? { ...own, choice } : { ...own, choice, body };
    }
    const inner = inside(own);
    const [only, ...others] = inner.parts;
    if (keepsScope && own.label !== undefined) return inner;
    const isScope = others.length > 0 || only.kind === "option" || only.kind === "run";
    if (isScope || own.inputs.length > 1) return inner;
    const labels = [own.label, only.label].filter((label) => label !== undefined);
    return labels.length === 0 ? only : { ...only, label: labels.join(".") };
  }

  return inside(model);
}
