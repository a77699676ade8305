// Load tests of chat servers over WebSocket: CPU for a message, resident memory for a connection.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row, RunOptions, ServerBenchmark } from "../instrument/benchmark.ts";
import { ratios, summarize } from "../instrument/statistics.ts";
import type { LoadGenerator } from "./load.ts";
import { ownGenerator } from "./own-generator.ts";
import {
  ejabberd, hasEjabberd, pidgeon, type ServerUnderTest, type StartServer,
} from "./servers.ts";
import { peersFolder, xloadGenerator } from "./xload.ts";

interface Figures {
  readonly value: number;
  readonly more: Record<string, number>;
}

interface Setting {
  readonly generator: LoadGenerator;
  readonly servers: ReadonlyMap<string, StartServer>;
}

/** Lets a server be stopped when the run is interrupted: ejabberd is in a session of its own. */
function remembered(start: StartServer, running: Set<ServerUnderTest>): StartServer {
  return async () => {
    const server = await start();
    running.add(server);
    const stop = async () => {
      running.delete(server);
      await server.stop();
    };
    return { ...server, stop };
  };
}

/** Servers and generator of a run, over data in a temporary folder that goes at its end. */
async function withSetting<T>(options: RunOptions, use: (s: Setting) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-bench-"));
  const peers = peersFolder();
  const running = new Set<ServerUnderTest>();
  const ours = pidgeon(folder, options.profile);
  const servers = new Map([["pidgeon", remembered(ours, running)]]);
  if (options.peers && peers !== undefined && hasEjabberd()) {
    servers.set("ejabberd", remembered(ejabberd(peers, folder), running));
  }
  const interrupted = () => {
    const stops = [...running].map((server) => server.stop());
    void Promise.allSettled(stops).then(() => process.exit(130));
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    const generator = peers === undefined ? ownGenerator : xloadGenerator(peers, folder);
    const result = await use({ generator, servers });
    rmSync(folder, { recursive: true, force: true });
    return result;
  } catch (error) {
    throw new Error(`logs and data are kept in ${folder}`, { cause: error });
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}

function rowsOf(
  name: string,
  unit: string,
  generator: LoadGenerator,
  measured: ReadonlyMap<string, readonly Figures[]>,
): Row[] {
  const values = (system: string) => (measured.get(system) ?? []).map(({ value }) => value);
  return [...measured].map(([system, figures]) => {
    const more: Record<string, number> = {};
    for (const key of Object.keys(figures[0]?.more ?? {})) {
      more[key] = summarize(figures.map((each) => each.more[key] ?? Number.NaN)).median;
    }
    const label = `${system} (by ${generator.name})`;
    const row = { benchmark: name, system: label, unit, ...summarize(values(system)), more };
    if (system === "pidgeon") return row;
    const { median, lower, upper } = ratios(values("pidgeon"), values(system));
    return { ...row, ratio: { median, lower, upper } };
  });
}

/** 100-byte bodies to the bare JID, recipients online with presence; servers take turns. */
export function chatBenchmark(name: string, pairs: number, window: number): ServerBenchmark {
  const load = { pairs, window, warmSeconds: 2, recordSeconds: 4 };
  return {
    kind: "server",
    name,
    work: `${pairs} pairs chat over WebSocket, each with window ${window} (messages under way).`,
    run: (options) => withSetting(options, async ({ generator, servers }) => {
      const running = new Map();
      const measured = new Map<string, Figures[]>();
      try {
        for (const [system, start] of servers) {
          options.progress(`${name}: starting ${system}`);
          running.set(system, await start());
          measured.set(system, []);
          await generator.register(running.get(system), pairs * 2);
        }
        for (let round = 0; round < options.repeats; round++) {
          for (const [system, server] of running) {
            options.progress(`${name}: round ${round + 1}, ${system}`);
            const { cpuUs, ...more } = await generator.chat(server, load);
            measured.get(system)?.push({ value: cpuUs, more });
          }
        }
      } finally {
        for (const server of running.values()) await server.stop();
      }
      return rowsOf(name, "CPU-µs/message", generator, measured);
    }),
  };
}

/** Every measurement is a server freshly started over the accounts of the first start. */
export function idleBenchmark(name: string, count: number): ServerBenchmark {
  return {
    kind: "server",
    name,
    work: `${count.toLocaleString("en-US")} logged-in WebSocket connections that do nothing.`,
    run: (options) => withSetting(options, async ({ generator, servers }) => {
      const measured = new Map<string, Figures[]>();
      for (const [system, start] of servers) {
        options.progress(`${name}: registering ${count} accounts with ${system}`);
        const server = await start();
        try {
          await generator.register(server, count);
        } finally {
          await server.stop();
        }
        measured.set(system, []);
      }
      for (let round = 0; round < Math.min(options.repeats, 3); round++) {
        for (const [system, start] of servers) {
          options.progress(`${name}: round ${round + 1}, ${system}`);
          const server = await start();
          try {
            const { bytes, ...more } = await generator.idle(server, count, 5);
            measured.get(system)?.push({ value: bytes, more });
          } finally {
            await server.stop();
          }
        }
      }
      return rowsOf(name, "bytes/connection", generator, measured);
    }),
  };
}
