// The load generator in C of a PEERS folder: compiled with gcc, one JSON line a run.
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ChatFigures, ChatLoad, IdleFigures, LoadGenerator } from "./load.ts";
import { pinned, type ServerUnderTest } from "./servers.ts";

const run = promisify(execFile);
const TIMEOUT_SECONDS = 300;
/** A generator process holds at most this many sockets, under the usual limit of open files. */
const SOCKETS_MAX = 9000;

/** The folder with xload.c: PEERS itself, or xmpp/ in it; undefined without PEERS. */
export function peersFolder(): string | undefined {
  const peers = process.env["PEERS"];
  if (peers === undefined || peers === "") return undefined;
  const found = [peers, join(peers, "xmpp")].find((each) => existsSync(join(each, "xload.c")));
  if (found === undefined) throw new Error(`PEERS=${peers} has no xload.c`);
  return found;
}

/** Compiles xload into `folder`; throws if gcc is missing. */
export function xloadGenerator(peers: string, folder: string): LoadGenerator {
  const program = join(folder, "xload");
  execFileSync("gcc", ["-O2", "-o", program, join(peers, "xload.c")], { stdio: "inherit" });

  async function xload(
    server: ServerUnderTest,
    mode: string,
    options: Readonly<Record<string, string | number>>,
  ): Promise<Record<string, number>> {
    // One that is being profiled never is quiet.
    if (server.settles) await run(program, ["settle", "--pid", String(server.pid)]);
    const all = {
      host: "127.0.0.1", port: server.port, transport: "ws", path: server.path,
      domain: server.domain, pid: server.pid, timeout: TIMEOUT_SECONDS, ...options,
    };
    const parameters = Object.entries(all).flatMap(([key, value]) => [`--${key}`, String(value)]);
    const [file, line] = pinned("generator", program, [mode, ...parameters]);
    const { stdout } = await run(file, line);
    return JSON.parse(stdout) as Record<string, number>;
  }

  return {
    name: "xload",
    async register(server: ServerUnderTest, count: number): Promise<void> {
      const part = 5000;
      for (let first = 0; first < count; first += part) {
        await xload(server, "register", { first, n: Math.min(part, count - first), inflight: 20 });
      }
    },
    async chat(server: ServerUnderTest, load: ChatLoad): Promise<ChatFigures> {
      const { pairs, window, warmSeconds, recordSeconds } = load;
      const options = { pairs, window, warm: warmSeconds, secs: recordSeconds };
      const line = await xload(server, "chat", options);
      return {
        cpuUs: line["cpu_us_per_msg"] ?? Number.NaN,
        perSecond: line["per_s"] ?? Number.NaN,
        p50Us: line["p50_us"] ?? Number.NaN,
        p99Us: line["p99_us"] ?? Number.NaN,
      };
    },
    async idle(server: ServerUnderTest, count: number, hold: number): Promise<IdleFigures> {
      const procs = Math.ceil(count / SOCKETS_MAX);
      const line = await xload(server, "idle", { n: count, inflight: 20, hold, procs });
      return {
        bytes: line["bytes_per_conn"] ?? Number.NaN,
        loginCpuUs: line["connect_cpu_us"] ?? Number.NaN,
      };
    },
  };
}
