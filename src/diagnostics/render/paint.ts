/** Colours of the terminal: one table, so that messages and tables look alike. */

export type Style = "error" | "warning" | "related" | "strong" | "faint" | "added" | "plain";

/** SGR parameters of ECMA-48; colours are the terminal's own sixteen, which its user chose. */
const parameters: Readonly<Record<Style, string>> = {
  error: "1;31",
  warning: "1;33",
  related: "36",
  strong: "1",
  faint: "2",
  added: "32",
  plain: "",
};

/** Gives text a style, or leaves it as it is where there is no colour. */
export type Paint = (style: Style, text: string) => string;

export function painter(color: boolean): Paint {
  return (style, text) =>
    color && text !== "" && style !== "plain"
      ? `\u001b[${parameters[style]}m${text}\u001b[0m`
      : text;
}
