/**
 * What the parts of a region are set to: for one region its own arguments, for all regions of a
 * block what their arguments have in common.
 */
import { layerOf } from "../../analysis/table.ts";
import type { Argument } from "../../layers/parameters.ts";
import { argumentText, defaultArgument, sameArgument } from "./arguments.ts";
import type { Expression, Slot } from "./block-parameters.ts";
import { nameOf } from "./block-parameters.ts";
import type { LayerPart, Part, Region } from "./region.ts";
import { allArguments } from "./slots.ts";

export interface Setting {
  readonly parameter: string;
  readonly value: Expression;
  /** Given without its name. */
  readonly isPositional: boolean;
}

/** By part, without what has its default. */
export type Settings = ReadonlyMap<Part, readonly Setting[]>;

/** A parameter of a block as its uses see it. */
export interface UsedParameter {
  readonly name: string;
  readonly fallback: Argument | undefined;
  readonly origin: readonly string[];
  readonly isPositional: boolean;
  valueFor(region: Region): Argument;
}

/** The parameters of the block that a region is a use of; undefined for a group. */
export type ParametersOf = (region: Region) => readonly UsedParameter[] | undefined;

/**
 * @param regions those of one template, the first of which is written
 * @param express what an argument is in the text
 */
export function settingsOf(
  regions: readonly Region[],
  parametersOf: ParametersOf,
  express: (slot: Slot) => Expression,
): Settings {
  const settings = new Map<Part, readonly Setting[]>();
  collect(regions, []);
  return settings;

  function collect(alike: readonly Region[], around: readonly string[]): void {
    alike[0].parts.forEach((part, at) => {
      const column = alike.map(({ parts }) => parts[at]);
      const parameters = part.kind === "region" ? parametersOf(part) : undefined;
      const labels = part.label === undefined ? around : [...around, part.label];
      if (part.kind === "layer") {
        settings.set(part, settingsOfLayer(part, column.filter(isLayer), labels));
      } else if (parameters === undefined) collect(column.filter(isRegion), labels);
      else settings.set(part, settingsOfUse(parameters, column.filter(isRegion), labels));
    });
  }

  function settingsOfLayer(
    part: LayerPart,
    column: readonly LayerPart[],
    labels: readonly string[],
  ): readonly Setting[] {
    const { kind } = part.node;
    const given = column.map(({ node }) => allArguments(node));
    const { parameters, inputs } = layerOf(part.node);
    return Object.keys(parameters).flatMap((parameter, at) =>
      setting({
        values: given.map((all) => all.get(parameter)),
        fallback: defaultArgument(kind, parameter),
        origin: [...labels, kind, parameter],
        name: parameter,
        // Behind other tensors a number alone says little.
        isPositional: at === 0 && inputs.length <= 1 && !isVariadic(inputs),
      }),
    );
  }

  function settingsOfUse(
    parameters: readonly UsedParameter[],
    column: readonly Region[],
    labels: readonly string[],
  ): readonly Setting[] {
    return parameters.flatMap(({ name, fallback, origin, isPositional, valueFor }) =>
      setting({
        values: column.map(valueFor),
        fallback,
        origin: [...labels, ...origin],
        name,
        isPositional,
      }),
    );
  }

  function setting(
    slot: Slot & { readonly name: string; readonly isPositional: boolean },
  ): readonly Setting[] {
    const { values, fallback, name, isPositional } = slot;
    const given = values.filter((value) => value !== undefined);
    if (given.every((value) => sameArgument(value, fallback))) return [];
    return [{ parameter: name, value: express(slot), isPositional }];
  }
}

/** For a region that stands for itself. */
export function literal(slot: Slot): Expression {
  const [value] = slot.values;
  return value === undefined ? [] : [argumentText(nameOf(slot), value)];
}

export function isVariadic(inputs: readonly string[]): boolean {
  return inputs.some((name) => name.endsWith("..."));
}

function isLayer(part: Part): part is LayerPart {
  return part.kind === "layer";
}

function isRegion(part: Part): part is Region {
  return part.kind === "region";
}
