/** Draws Graphviz text as SVG. Graphviz itself is loaded only when something is drawn. */
import { InternalFault } from "../../diagnostics/diagnostic.ts";

/** As wide as the Courier that the layout is made for, and easier to read on screens. */
const FONTS = "Menlo,Consolas,DejaVu Sans Mono,Liberation Mono,monospace";

export async function dotToSvg(dot: string): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const result = (await instance()).render(dot, { format: "svg", engine: "dot" });
  if (result.status !== "success") {
    const reasons = result.errors.map(({ message }) => message).join("; ");
    throw new InternalFault(`Graphviz refused its input: ${reasons}`);
  }
  return result.output.replaceAll('font-family="Courier,monospace"', `font-family="${FONTS}"`);
}
