/** Changes to all pipelines of a body, also to those in arguments. */
import type { Body, Code, Pipeline } from "./code.ts";

/** Pipelines inside of the changed ones are left to `change`. */
export function mapPipelines(body: Body, change: (pipeline: Pipeline) => Pipeline): Body {
  return {
    lets: body.lets.map((binding) => ({ ...binding, value: mapCode(binding.value, change) })),
    result: mapCode(body.result, change),
  };
}

function mapCode(code: Code, change: (pipeline: Pipeline) => Pipeline): Code {
  const inner = (part: Code): Code => mapCode(part, change);
  switch (code.kind) {
    case "text":
      return code;
    case "operator":
      return { ...code, left: inner(code.left), right: inner(code.right) };
    case "call":
      return {
        ...code,
        arguments: code.arguments.map((given) => ({ ...given, value: inner(given.value) })),
      };
    case "pipeline":
      return change(code.head === undefined ? code : { ...code, head: inner(code.head) });
    case "group":
    case "repeat":
      return { ...code, body: mapPipelines(code.body, change) };
    case "if":
      return {
        ...code,
        then: mapPipelines(code.then, change),
        ...(code.otherwise === undefined
          ? {}
          : { otherwise: mapPipelines(code.otherwise, change) }),
      };
    case "record":
      return { ...code, fields: code.fields.map((f) => ({ ...f, value: inner(f.value) })) };
    default:
      return code satisfies never;
  }
}
