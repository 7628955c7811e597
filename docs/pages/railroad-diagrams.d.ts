/** The part of `railroad-diagrams` that is used here; the package has no types of its own. */
declare module "railroad-diagrams" {
  interface Part {
    readonly width: number;
  }
  interface RailroadDiagrams {
    Diagram(...parts: readonly Part[]): { format(...padding: readonly number[]): object };
    Sequence(...parts: readonly Part[]): Part;
    Choice(normal: number, ...parts: readonly Part[]): Part;
    Optional(part: Part, skip?: "skip"): Part;
    OneOrMore(part: Part, repeat?: Part): Part;
    ZeroOrMore(part: Part, repeat?: Part): Part;
    Terminal(text: string): Part;
    NonTerminal(text: string): Part;
    Skip(): Part;
  }
  const railroad: RailroadDiagrams;
  export type { Part };
  export default railroad;
}
