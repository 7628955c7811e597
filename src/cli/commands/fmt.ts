/** `cnn fmt`: lays programs out in the one style of the language. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { place, wholeFile } from "../../diagnostics/place.ts";
import type { Source } from "../../diagnostics/span.ts";
import { tryFormat } from "../../editor/format.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { programPaths, readProgram } from "../files.ts";
import { type ExitCode, type Io, exitCodes } from "../io.ts";
import { report } from "../report.ts";
import { writeOutput } from "../write.ts";

export const fmt: Command = {
  usage: "FILE… [--check]",
  details:
    "Files are rewritten in place; standard input (-) is printed. Programs with syntax errors stay\n" +
    "as they are. The style has no settings.",
  options: {
    check: { does: "changes nothing; names files that would change, with exit code 1" },
  },
  examples: [
    { line: "cnn fmt .", does: "formats all programs of a folder" },
    { line: "cnn fmt --check .", does: "for continuous integration" },
    { line: "cnn fmt - < lenet.cnn", does: "for editors" },
  ],
  run: runFmt,
};

async function runFmt(args: Arguments, io: Io): Promise<ExitCode> {
  const diagnostics: Diagnostic[] = [];
  const sources: Source[] = [];
  let unformatted = 0;
  for (const path of programPaths(args.operands, "fmt", io)) {
    const source = await readProgram(path, io);
    if ("code" in source) {
      diagnostics.push(place(source, wholeFile(path)));
      continue;
    }
    sources.push(source);
    const formatted = await tryFormat(source);
    if (formatted.text === undefined) diagnostics.push(...formatted.diagnostics);
    else if (path === "-" && !args.has("check")) io.out(formatted.text);
    else if (formatted.text !== source.text) {
      unformatted++;
      io.out(`${source.name}\n`);
      if (!args.has("check")) writeOutput(path, formatted.text, io);
    }
  }
  const code = report(diagnostics, sources, io);
  return args.has("check") && unformatted > 0 ? exitCodes.diagnostics : code;
}
