/** The `cnn` program: binds the command line to this process. */
import { reasonOf } from "../files/read.ts";
import { runCli } from "./cli.ts";
import { type Io, exitCodes } from "./io.ts";

function colorsFor(stream: NodeJS.WriteStream): boolean {
  if ((process.env["NO_COLOR"] ?? "") !== "") return false;
  if ((process.env["FORCE_COLOR"] ?? "") !== "") return process.env["FORCE_COLOR"] !== "0";
  return stream.isTTY && process.env["TERM"] !== "dumb";
}

/** A reader that has seen enough (`cnn … | head`) is no mistake; a full disk behind `>` is one. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    process.exitCode = exitCodes.usage;
    if (stream === process.stdout) {
      process.stderr.write(`error: cannot write standard output: ${reasonOf(error, "")}\n`);
    }
    process.exit();
  });
}

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stdin: async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return Buffer.concat(chunks);
  },
  cwd: process.cwd(),
  colors: { out: colorsFor(process.stdout), err: colorsFor(process.stderr) },
  ...(process.stderr.isTTY && { width: process.stderr.columns }),
};

/** As `engines` of `package.json` has it. */
const OLDEST_NODE = 22;

async function main(): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    io.err(`error: cnn needs Node ${OLDEST_NODE} or newer, and this is ${process.version}\n`);
    process.exitCode = exitCodes.usage;
    return;
  }
  try {
    process.exitCode = await runCli(process.argv.slice(2), io);
  } catch (error) {
    process.exitCode = exitCodes.fault;
    const fault = error instanceof Error ? error : new Error(String(error));
    const debug = (process.env["CNN_DEBUG"] ?? "") !== "";
    io.err(
      debug
        ? `${fault.stack ?? fault.message}\n`
        : `cnn has a fault of its own and cannot go on: ${fault.message}\n` +
            "  help: report it with the program that shows it; CNN_DEBUG=1 says where it happened\n",
    );
  }
}

void main();
