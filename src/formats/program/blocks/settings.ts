/**
 * What the parts of a region are set to: for one region its own arguments, for all regions of a
 * block what their arguments have in common.
 */
import { layerOf } from "../../../analysis/table.ts";
import { snakeCase } from "../../../check/evaluate/names.ts";
import type { Argument } from "../../../layers/parameters.ts";
import { argumentText, defaultArgument, sameArgument } from "../code/arguments.ts";
import { isIdentifier } from "../code/identifiers.ts";
import {
  type LayerPart,
  type OptionPart,
  type Part,
  type Region,
  type RunPart,
  layersOf,
} from "../outline/region.ts";
import { allArguments } from "../outline/slots.ts";
import { blockName } from "./block-names.ts";
import type { Expression, Slot } from "./block-parameters.ts";
import { nameOf } from "./block-parameters.ts";

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

/** How arguments, and whether an option is there, are said in the text. */
export interface Expressing {
  express(slot: Slot): Expression;
  /** @param origin names of what is optional, from the outside in */
  condition(present: readonly boolean[], origin: readonly string[]): Expression;
}

/** What belongs together in all regions of a template; undefined where an option is absent. */
type PartColumn<P> = readonly (P | undefined)[];

/** @param regions those of one template, the first of which is written */
export function settingsOf(
  regions: readonly Region[],
  parametersOf: ParametersOf,
  expressing: Expressing,
): Settings {
  const settings = new Map<Part, readonly Setting[]>();
  const options: (() => void)[] = [];
  collect(regions[0], regions, []);
  // The more parameters are known, the better is what can be said of an option.
  for (let at = 0; at < options.length; at++) options[at]();
  return settings;

  /** @param written the one whose parts stand for those of all */
  function collect(written: Region, alike: PartColumn<Region>, around: readonly string[]): void {
    written.parts.forEach((part, at) => {
      const column = alike.map((region) => region?.parts[at]);
      const labels = part.label === undefined ? around : [...around, part.label];
      switch (part.kind) {
        case "layer":
          settings.set(part, settingsOfLayer(part, column.map(asLayer), labels));
          break;
        case "region": {
          const own = column.map(asRegion);
          const parameters = parametersOf(part);
          if (parameters === undefined) collect(part, own, labels);
          else settings.set(part, settingsOfUse(parameters, own, labels));
          break;
        }
        case "run":
          settings.set(part, settingsOfRun(part, column.map(asRun), labels));
          break;
        case "option":
          options.push(() => collectOption(part, column.map(bodyOf), labels));
          break;
        default:
          part satisfies never;
      }
    });
  }

  /** How often, and what the first round is set to: the others are alike. */
  function settingsOfRun(
    part: RunPart,
    column: PartColumn<RunPart>,
    labels: readonly string[],
  ): readonly Setting[] {
    const values = column.map((run): Argument | undefined =>
      run === undefined ? undefined : { kind: "int", value: run.rounds.length },
    );
    const origin = [...labels, "repeat", "layers"];
    const value = expressing.express({ values, fallback: undefined, origin });
    const [first] = part.rounds;
    const rounds = column.map((run) => run?.rounds[0]);
    const parameters = parametersOf(first);
    if (parameters === undefined) collect(first, rounds, labels);
    else settings.set(first, settingsOfUse(parameters, rounds, labels));
    return [{ parameter: "repeat", value, isPositional: true }];
  }

  function collectOption(
    part: OptionPart,
    bodies: PartColumn<Region>,
    labels: readonly string[],
  ): void {
    const { body } = part.choice;
    collect(body, bodies, labels);
    const present = bodies.map((own) => own !== undefined);
    const value = expressing.condition(present, [...labels, optionWord(body)]);
    settings.set(part, [{ parameter: "if", value, isPositional: true }]);
  }

  function settingsOfLayer(
    part: LayerPart,
    column: PartColumn<LayerPart>,
    labels: readonly string[],
  ): readonly Setting[] {
    const { kind } = part.node;
    const given = column.map((own) => own && allArguments(own.node));
    const { parameters, inputs } = layerOf(part.node);
    return Object.keys(parameters).flatMap((parameter, at) =>
      setting({
        values: given.map((all) => all?.get(parameter)),
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
    column: PartColumn<Region>,
    labels: readonly string[],
  ): readonly Setting[] {
    return parameters.flatMap(({ name, fallback, origin, isPositional, valueFor }) =>
      setting({
        values: column.map((region) => region && valueFor(region)),
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
    return [{ parameter: name, value: expressing.express(slot), isPositional }];
  }
}

/** What a parameter that asks for an option is called. */
function optionWord(body: Region): string {
  const [first] = body.parts;
  if (first.label !== undefined && isIdentifier(first.label)) return first.label;
  const [{ node }] = layersOf(first);
  if (first.kind === "region" && node.kind === "conv") return "expand";
  const word = first.kind === "layer" ? first.node.kind : snakeCase(blockName([body]));
  return `with_${word}`;
}

/** For a region that stands for itself. */
export const literal: Expressing = {
  express: (slot) => {
    const [value] = slot.values;
    return value === undefined ? [] : [argumentText(nameOf(slot), value)];
  },
  condition: ([present]) => [String(present)],
};

function isVariadic(inputs: readonly string[]): boolean {
  return inputs.some((name) => name.endsWith("..."));
}

function asLayer(part: Part | undefined): LayerPart | undefined {
  return part?.kind === "layer" ? part : undefined;
}

function asRegion(part: Part | undefined): Region | undefined {
  return part?.kind === "region" ? part : undefined;
}

function asRun(part: Part | undefined): RunPart | undefined {
  return part?.kind === "run" ? part : undefined;
}

function bodyOf(part: Part | undefined): Region | undefined {
  return part?.kind === "option" ? part.body : undefined;
}
