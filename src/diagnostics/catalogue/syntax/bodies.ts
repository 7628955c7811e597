/** CNN1030 to CNN1039: how a body is put together. */
import { entry } from "../../entry.ts";

export const bodyErrors = {
  CNN1030: entry<{ before: string; after: string }>({
    severity: "error",
    title: ({ before, after }) => `a \`->\` is missing between \`${before}\` and \`${after}\``,
    label: () => "read as the next step",
    explain: `
Steps are joined by \`->\`; a line break alone joins nothing:

    image
      -> conv(6, kernel: 5)
      -> relu`,
  }),
  CNN1031: entry<object>({
    severity: "error",
    title: () => "steps are joined by `->`, not by commas",
    label: () => "`->` belongs here",
    explain: `
\`image -> conv(6) -> relu\` gives the image to the convolution and its output to relu. Commas stand
between the arguments of one layer. Several results of a body are a record with names:
\`{ logits = a, features = b }\`.`,
  }),
  CNN1032: entry<{ name: string }>({
    severity: "error",
    title: ({ name }) => `\`${name}\` is given its value with \`let\``,
    label: () => "`let` belongs before it",
    help: () => ["a name is bound once; what is only passed on needs none: `x -> conv(8) -> relu`"],
    explain: `
\`let x = …\` binds a name once; there are no variables that change. Without \`let\`, \`name = …\` is
an entry of a record of results: \`{ logits = a, features = b }\`.`,
  }),
  CNN1033: entry<{ last?: string }>({
    severity: "error",
    title: () => "this body has no result",
    label: () => "its last expression would be the result",
    help: ({ last }) => (last === undefined ? ["end the body with a value: `image -> relu`"] : []),
    explain: `
A body is a list of \`let\` bindings and then one expression, which is its result:

    {
      let features = image -> conv(6)
      features -> relu
    }`,
  }),
  CNN1034: entry<{ unused: string }>({
    severity: "error",
    title: () => "this body has two results",
    label: ({ unused }) => `\`${unused}\` above is used by nothing`,
    help: () => ["give the first a name with `let`, or return both: `{ first = …, second = … }`"],
    explain: `
A body has one result: the expression with which it ends. Everything before it is a \`let\`. Several
results are returned as a record, \`{ logits = a, features = b }\`.`,
  }),
  CNN1035: entry<object>({
    severity: "error",
    title: () => "this `let` stands after the body's result",
    label: () => "nothing can use it here",
    help: () => ["move the result to the end of the body"],
    explain: `
The bindings of a body come first and the result comes last, so that reading from top to bottom
meets every name before it is used.`,
  }),
  CNN1036: entry<{ name: string }>({
    severity: "error",
    title: () => "results are named with `=`",
    label: ({ name }) => `write \`${name} = …\``,
    explain: `
\`{ logits = a, features = b }\` is a record of results. A colon names a layer, not a result:
\`{ head: linear(10) -> softmax }\` is a group of two layers of which the first is called \`head\`.`,
  }),
  CNN1037: entry<{ after: string; isBehind?: boolean }>({
    severity: "error",
    title: ({ after, isBehind }) =>
      isBehind === true
        ? "`if` stands in front of both values, which are in braces"
        : `${after} needs its part in braces`,
    label: ({ isBehind }) =>
      isBehind === true ? "the first value belongs here" : "`{` belongs here",
    help: ({ after }) => [
      after === "`repeat`"
        ? "as in `repeat 2 { conv(64) -> relu }`"
        : "as in `if stride == 1 { x } else { x -> max_pool(2) }`",
    ],
    explain: `
The parts of \`if\`, \`else\` and \`repeat\` stand in braces, also where they are a single expression.
\`if\` is an expression too and has a value, so there is no need for \`a ? b : c\`.`,
  }),
  CNN1038: entry<{ form: "count" | "range" | "call"; write?: string }>({
    severity: "error",
    title: ({ form }) =>
      form === "count" ? "`repeat` needs to know how often" : "`repeat … in` needs a range",
    label: ({ form, write }) => {
      if (form === "count") return "a number belongs here";
      return form === "range" ? "read as `0..` up to this" : `read as \`${write ?? "0..n"}\``;
    },
    help: ({ form }) => {
      if (form === "call") return [];
      return [form === "count" ? "as in `repeat 2 { … }`" : "as in `repeat i in 0..n`"];
    },
    explain: `
\`repeat 3 { … }\` lays a part of the network three times one after the other, each with weights of
its own. \`repeat i in 0..n { … }\` counts along: \`i\` is 0, 1, … n - 1.`,
  }),
  CNN1039: entry<{ side: "before" | "after" }>({
    severity: "error",
    title: ({ side }) => `nothing stands ${side} this \`->\``,
    label: ({ side }) =>
      side === "before" ? "a value or a layer belongs before it" : "a layer belongs after it",
    explain: `
\`a -> b\` gives the value of \`a\` to the layer \`b\`, and joins two layers into one. It needs
something on both sides; a group of layers begins with a layer: \`{ conv(64) -> relu }\`.`,
  }),
};
