/** One block of a program: its head, what its parts are set to, and what each use of it gives. */
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import { type Dim, mul, sameDim } from "../../../graph/dim.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { Argument } from "../../../layers/parameters.ts";
import { argumentText, sameArgument } from "../code/arguments.ts";
import { LocalNames } from "../code/identifiers.ts";
import { type Region, layersOf } from "../outline/region.ts";
import type { Template } from "../outline/templates.ts";
import { type BlockParameter, BlockParameters, type SizeName, nameOf } from "./block-parameters.ts";
import { parameterNames } from "./parameter-names.ts";
import { type ParametersOf, type Settings, type UsedParameter, settingsOf } from "./settings.ts";

export interface Block {
  readonly name: string;
  readonly template: Template;
  readonly tensors: readonly Tensor[];
  readonly parameters: readonly HeadParameter[];
  readonly settings: Settings;
  readonly parameterName: (parameter: BlockParameter) => string;
  /** That the head takes. */
  readonly names: readonly string[];
}

/** Of a value by its number inside of regions. */
export type ShapeOf = (id: ValueId) => readonly Dim[];

interface Tensor {
  readonly name: string;
  /** Absent where the regions disagree on how many axes it has. */
  readonly shape: readonly string[] | undefined;
}

interface HeadParameter extends UsedParameter {
  readonly type: BlockParameter["type"];
}

export function makeBlock(
  name: string,
  template: Template,
  shapeOf: ShapeOf,
  parametersOf: ParametersOf,
): Block {
  const { regions } = template;
  const { tensors, sizes } = headTensors(regions, shapeOf);
  const inferred = new BlockParameters(
    sizes,
    regions.map(({ outputs: [id] }) => shapeOf(id).at(1)),
  );
  const settings = settingsOf(regions, parametersOf, inferred);
  const taken = [...tensors, ...sizes].map((named) => named.name);
  // A parameter would hide a layer of its name.
  const kinds = regions.flatMap(layersOf).map(({ node }) => node.kind);
  const names = namesFor(name, inferred, [...taken, ...kinds]);
  const parameterName = (parameter: BlockParameter): string => {
    const known = names.get(parameter);
    if (known === undefined) throw new InternalFault("a parameter has no name");
    return known;
  };
  const at = new Map(regions.map((region, index) => [region, index]));
  const parameters = inferred.parameters.map((parameter): HeadParameter => {
    const fallback = fallbackOf(parameter);
    return {
      name: parameterName(parameter),
      type: parameter.type,
      origin: parameter.origin,
      fallback,
      isPositional: fallback === undefined && nameOf(parameter) === "out",
      valueFor: (region) => {
        const value = parameter.values[at.get(region) ?? 0] ?? fallback ?? firstOf(parameter);
        if (value === undefined) throw new InternalFault("a parameter has no values");
        return value;
      },
    };
  });
  return {
    name,
    template,
    tensors,
    parameters: inOrder(parameters),
    settings,
    parameterName,
    names: [...taken, ...names.values()],
  };
}

function firstOf({ values }: BlockParameter): Argument | undefined {
  return values.find((value) => value !== undefined);
}

/** What is given by position, what must be given, what may be given. */
function inOrder(parameters: readonly HeadParameter[]): readonly HeadParameter[] {
  const rank = ({ isPositional, fallback }: HeadParameter): number =>
    isPositional ? 0 : fallback === undefined ? 1 : 2;
  return parameters.toSorted((a, b) => rank(a) - rank(b));
}

/** A default that no use has would only mislead. */
function fallbackOf(parameter: BlockParameter): Argument | undefined {
  const { values, fallback } = parameter;
  if (fallback !== undefined && values.some((value) => sameArgument(value, fallback))) {
    return fallback;
  }
  return nameOf(parameter) === "expand" ? usual(values) : undefined;
}

/** What more than half of the uses have. */
function usual(values: BlockParameter["values"]): Argument | undefined {
  return values.find(
    (value) => values.filter((other) => sameArgument(value, other)).length * 2 > values.length,
  );
}

function namesFor(
  block: string,
  inferred: BlockParameters,
  taken: readonly string[],
): ReadonlyMap<BlockParameter, string> {
  const names = new LocalNames(taken);
  const wanted = parameterNames(inferred.parameters, (p) => inferred.setsResult(p), block);
  return new Map([...wanted].map(([parameter, name]) => [parameter, names.takeParameter(name)]));
}

const AXES: Readonly<Record<number, readonly string[]>> = {
  2: ["N", "F"],
  3: ["N", "C", "L"],
  4: ["N", "C", "H", "W"],
};
/** For sizes of further tensors. */
const LETTERS = ["S", "K", "P", "Q", "R", "A", "B", "D", "E", "G"];

function headTensors(
  regions: readonly Region[],
  shapeOf: ShapeOf,
): { readonly tensors: readonly Tensor[]; readonly sizes: readonly SizeName[] } {
  const sizes: SizeName[] = [];
  const letters = [...LETTERS];
  const tensorNames = new LocalNames();
  const tensors = regions[0].inputs.map((_, at): Tensor => {
    const shapes = regions.map(({ inputs }) => shapeOf(inputs[at]));
    const rank = shapes[0].length;
    const name = tensorNames.take(at === 0 ? "x" : rank === 4 ? "skip" : "vector");
    if (shapes.some((shape) => shape.length !== rank)) return { name, shape: undefined };
    const shape = Array.from({ length: rank }, (__, axis) => {
      const values = shapes.map((s) => s[axis]);
      const known = at === 0 ? undefined : expressedBy(sizes, values);
      if (known !== undefined) return known;
      const letter = (at === 0 ? AXES[rank]?.[axis] : undefined) ?? letters.shift() ?? `D${axis}`;
      sizes.push({ name: letter, isChannels: at === 0 && axis === 1, values });
      return letter;
    });
    return { name, shape };
  });
  return { tensors, sizes };
}

/** `H`, or `2 * H` for the map that an upsampling meets. */
function expressedBy(sizes: readonly SizeName[], values: readonly Dim[]): string | undefined {
  for (const times of [1, 2, 4]) {
    const known = sizes.find((size) =>
      size.values.every((value, at) => sameDim(mul(times, value), values[at])),
    );
    if (known !== undefined) return times === 1 ? known.name : `${times} * ${known.name}`;
  }
  return undefined;
}

/** `Residual(x: [N, C, H, W], out: int, stride: int = 1)`. */
export function headText({ name, tensors, parameters }: Block): string {
  const shapes = tensors.map(({ name: own, shape }) =>
    shape === undefined ? own : `${own}: [${shape.join(", ")}]`,
  );
  const values = parameters.map(({ name: own, type, fallback }) =>
    fallback === undefined ? `${own}: ${type}` : `${own}: ${type} = ${argumentText("", fallback)}`,
  );
  return `${name}(${[...shapes, ...values].join(", ")})`;
}
