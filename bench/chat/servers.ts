// Starts and stops the servers that load tests compare: ours, and Debian's ejabberd by PEERS.
import { execFile, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { hasCommand, projectFolder } from "../instrument/machine.ts";

const START_MS_MAX = 60_000;

/** A running server with RFC 7395 at ws://127.0.0.1:port/path. */
export interface ServerUnderTest {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly path: string;
  readonly domain: string;
  /** Whether it falls quiet when it has nothing to do. */
  readonly settles: boolean;
  stop(): Promise<void>;
}

/** Starts a server over the data that its last run left. */
export type StartServer = () => Promise<ServerUnderTest>;

/** The server's core and the generator's, where there are two and `taskset` is installed. */
export function pinned(
  role: "server" | "generator",
  command: string,
  parameters: readonly string[],
): [string, string[]] {
  if (cpus().length < 2 || !hasCommand("taskset")) return [command, [...parameters]];
  return ["taskset", ["-c", role === "server" ? "1" : "0", command, ...parameters]];
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Our server as people start it, with rate limits off. */
export function pidgeon(folder: string, profile: string | undefined): StartServer {
  const data = join(folder, "pidgeon");
  mkdirSync(data, { recursive: true });
  return async () => {
    const port = await freePort();
    const main = join(projectFolder, "build/host/server/main.js");
    const log = openSync(join(folder, "pidgeon.log"), "a");
    const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
    const options = ["--http-port", String(port), "--unlimited", "--data", data];
    const [file, line] = pinned("server", process.execPath, [...profiling, main, ...options]);
    const child = spawn(file, line, { stdio: ["ignore", log, log], cwd: folder });
    closeSync(log);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const deadline = Date.now() + START_MS_MAX;
    while (!(await answers(port))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        child.kill("SIGKILL");
        throw new Error(`our server did not come up: see ${folder}/pidgeon.log`);
      }
      await delay(50);
    }
    return {
      name: "pidgeon", pid: child.pid ?? 0, port, path: "/ws", domain: "localhost",
      settles: profile === undefined,
      async stop() {
        child.kill("SIGINT");
        const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
        await ended;
        clearTimeout(timer);
      },
    };
  };
}

/** ejabberd by hand on loopback, limits off, by the scripts of PEERS. */
export function ejabberd(peers: string, folder: string): StartServer {
  const script = join(peers, "peers.sh");
  const data = join(folder, "ejabberd");
  mkdirSync(data, { recursive: true });
  return async () => {
    const ports = { TCP_PORT: String(await freePort()), HTTP_PORT: String(await freePort()) };
    const pins = cpus().length < 2 ? "0" : "1";
    const environment = { ...process.env, ...ports, PEER_DIR: data, CPUS: pins };
    const peer = (action: string) => promisify(execFile)(script, [action], { env: environment });
    const { stdout } = await peer("start-ejabberd");
    const [, pid, , port] = stdout.trim().split(" ");
    return {
      name: "ejabberd", pid: Number(pid), port: Number(port), path: "/ws", domain: "localhost",
      settles: true,
      async stop() {
        await peer("stop");
      },
    };
  };
}

/** Whether Debian's ejabberd is there (its beam files, not a running service). */
export function hasEjabberd(): boolean {
  return hasCommand("ejabberdctl") && hasCommand("erl");
}
