/** A part of the network as a class in Python: its modules, made in `__init__`, and its `forward`. */
import {
  type Construct,
  type PartClass,
  argumentsIn,
  constructText,
  parametersOf,
  wrapped,
} from "./constructs.ts";
import { type MemberKind, definition } from "./members.ts";

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
      `        ${definition(local, kindOf(construct), constructText(construct, values, "        "))}`,
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
    return [`        ${definition(path, "module", "nn.Module()")}`];
  });
}

function kindOf(construct: Construct): MemberKind {
  return construct.kind === "module" && construct.type === "nn.Parameter" ? "parameter" : "module";
}
