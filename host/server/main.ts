// The program behind `npm start`: options, what to tell people, signals.
import { isIPv6 } from "node:net";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { pino } from "pino";
import { PidgeonError } from "../errors.ts";
import { parseOptions, usage, type ProgramOptions } from "./options.ts";
import { isLoopback } from "./peer.ts";
import { startServer, type RunningServer } from "./server.ts";

/** Exit codes: the usual ones for a failure and for a command line that can't be used. */
const FAILURE = 1;
const MISUSE = 2;

/** What a stop may take; afterwards the process ends without it. */
const STOP_MS_MAX = 4_500;

/** One Ctrl-C can arrive twice: from the terminal, and from npm, which passes it on. */
const ECHO_MS = 400;

await main(process.argv.slice(2));

async function main(parameters: readonly string[]): Promise<void> {
  const options = parseOptions(parameters);
  if ("problem" in options) {
    process.stderr.write(`pidgeon: ${options.problem}\n\n${usage()}`);
    process.exitCode = MISUSE;
  } else if (options.help) process.stdout.write(usage());
  else await run(options);
}

async function run(options: ProgramOptions): Promise<void> {
  let server: RunningServer;
  try {
    server = await startServer({
      ...options,
      logger: pino({ level: options.logLevel, base: null }),
    });
  } catch (error) {
    process.stderr.write(`pidgeon: ${explain(error, options)}\n`);
    process.exitCode = FAILURE;
    return;
  }
  stopOnSignals(server);
  // Whoever read the output may be gone (a closed terminal): no reason not to stop in order.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  process.stdout.write(greeting(server, options));
}

function greeting(server: RunningServer, options: ProgramOptions): string {
  const { port, domain } = server;
  const loopback = isLoopback(options.host) || options.host === "localhost";
  const name = loopback ? "localhost" : publicName(options.host);
  const lines = [
    `Pidgeon serves ${domain}.`,
    "",
    `  Web client   http://${name}:${port}/`,
    `  XMPP         ws://${name}:${port}/ws   (WebSocket, RFC 7395)`,
    "",
    `Next: open http://${name}:${port}/ in a browser, create an account, write to another one.`,
    loopback
      ? `It listens on ${options.host} only: nobody else can reach it.`
      : `It listens on ${options.host}, without TLS: put a reverse proxy with TLS in front.`,
    `Everybody who reaches it may register. Its data is in ${resolve(options.dataFolder)}.`,
    ...(options.unlimited ? ["Rate limits are off."] : []),
    "Ctrl-C stops it.",
    "",
  ];
  return lines.join("\n");
}

/** What others put into their browsers for the address that is listened on. */
function publicName(host: string): string {
  if (host === "0.0.0.0" || host === "::") return hostname();
  return isIPv6(host) ? `[${host}]` : host;
}

/** The first signal stops in order, the second ends the process on the spot. */
function stopOnSignals(server: RunningServer): void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (stoppingSince !== undefined) {
      if (now - stoppingSince > ECHO_MS) die(signal);
      return;
    }
    stoppingSince = now;
    process.stdout.write("\nStopping; once more ends it at once.\n");
    const timer = setTimeout(() => {
      process.stderr.write("pidgeon: it takes too long; ending without the rest\n");
      die("SIGKILL");
    }, STOP_MS_MAX);
    timer.unref();
    server.close().then(
      () => clearTimeout(timer),
      (error: unknown) => {
        process.stderr.write(`pidgeon: while stopping: ${text(error)}\n`);
        process.exitCode = FAILURE;
      },
    );
  };
  /** As if the signal weren't caught: process.exit would wait for the storage's thread. */
  const die = (signal: NodeJS.Signals): void => {
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, stop);
}

function explain(error: unknown, { host, httpPort }: ProgramOptions): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EADDRINUSE") {
    return `port ${httpPort} is taken, perhaps by another Pidgeon: stop that one, ` +
      `or choose another port with --http-port`;
  }
  if (code === "EACCES" && (error as NodeJS.ErrnoException).syscall === "listen") {
    return `this user may not listen on port ${httpPort}: choose one above 1023 with --http-port`;
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `${host} is not an address of this machine: see --host`;
  }
  return text(error);
}

function text(error: unknown): string {
  if (error instanceof PidgeonError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
