/** `cnn explain`: the long text of a message. */
import { catalogue } from "../../diagnostics/catalogue.ts";
import { painter } from "../../diagnostics/render/paint.ts";
import type { Arguments } from "../arguments.ts";
import { codeFrom } from "../codes.ts";
import type { Command } from "../command.ts";
import { type ExitCode, type Io, exitCodes } from "../io.ts";
import { table } from "../table.ts";

export const explain: Command = {
  usage: "[CODE]",
  options: {},
  examples: [
    { line: "cnn explain CNN2003", does: "what the message means, why, and how to mend it" },
    { line: "cnn explain", does: "lists all codes" },
  ],
  run: runExplain,
};

async function runExplain({ operands }: Arguments, io: Io): Promise<ExitCode> {
  if (operands.length === 0) {
    io.out(listing());
    return exitCodes.ok;
  }
  const paint = painter(io.colors.out);
  const texts = operands.map(codeFrom).map((code) => {
    const { severity, explain: text } = catalogue[code];
    return `${paint(severity, `${severity} ${code}`)}\n\n${text.trim()}\n`;
  });
  io.out(texts.join("\n"));
  return exitCodes.ok;
}

function listing(): string {
  const rows = Object.entries(catalogue).map(([code, { severity, explain: text }]) => [
    code,
    severity,
    firstSentence(text),
  ]);
  rows.sort(([a], [b]) => (a < b ? -1 : 1));
  const columns = [{ title: "code" }, { title: "" }, { title: "explanation" }];
  return `${table(columns, rows).join("\n")}\n`;
}

/** Beyond it lines of a terminal would be broken; in characters. */
const LONGEST = 100;

/** On one line, or as much of it as a line holds. */
function firstSentence(text: string): string {
  const flat = text.trim().replaceAll(/\s+/g, " ");
  const sentence = /^.*?\.(?= |$)/.exec(flat)?.[0] ?? flat;
  if (sentence.length <= LONGEST) return sentence;
  return `${sentence.slice(0, sentence.lastIndexOf(" ", LONGEST - 1))} …`;
}
