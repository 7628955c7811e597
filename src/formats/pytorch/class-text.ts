/** A part of the network as a class in Python: its modules, made in `__init__`, and its `forward`. */
import { type PartClass, argumentsIn, constructText, parametersOf, wrapped } from "./constructs.ts";
import { identifier } from "./python.ts";

/** @param doc the class's docstring */
export function classText(part: PartClass, doc?: string): string {
  const parameters = parametersOf(part);
  const nameAt = new Map(
    parameters.flatMap(({ name, places }) => places.map((at) => [at, name] as const)),
  );
  const [first] = part.parts;
  let offset = 0;
  const containers = new Set<string>();
  const init = part.members.flatMap(({ local, construct }) => {
    const count = argumentsIn(construct).length;
    const values = first
      .slice(offset, offset + count)
      .map(({ value }, at) => nameAt.get(offset + at) ?? value);
    offset += count;
    return [
      ...containersOf(local, containers),
      `        ${definition(local, constructText(construct, values, "        "))}`,
    ];
  });
  const names = ["self", ...parameters.map(({ name }) => name)];
  const signature = `${wrapped("    def __init__", names, "    ")}:`;
  return [
    `class ${part.name}(nn.Module):`,
    ...(doc === undefined
      ? []
      : [`    """${doc.replaceAll("\\", "\\\\").replaceAll('"""', "'''")}"""\n`]),
    ...(init.length === 0 ? [] : [signature, "        super().__init__()", ...init, ""]),
    ...part.forward.map((line) => `    ${line}`),
  ].join("\n");
}

/** Plain modules that hold others under a label with dots. */
function containersOf(local: string, made: Set<string>): readonly string[] {
  const labels = local.split(".");
  return labels.slice(0, -1).flatMap((_, at) => {
    const path = labels.slice(0, at + 1).join(".");
    if (made.has(path)) return [];
    made.add(path);
    return [`        ${definition(path, "nn.Module()")}`];
  });
}

function definition(local: string, value: string): string {
  const labels = local.split(".");
  if (labels.every((label) => identifier(label) !== undefined)) return `self.${local} = ${value}`;
  const holder = labels.length === 1 ? "self" : memberText(labels.slice(0, -1).join("."));
  return `${holder}.add_module("${labels.at(-1)}", ${value})`;
}

/** `self.conv1`, and for names that Python does not take `self.get_submodule("0")`. */
export function memberText(local: string): string {
  const labels = local.split(".");
  if (labels.every((label) => identifier(label) !== undefined)) return `self.${local}`;
  return `self.get_submodule("${local}")`;
}
