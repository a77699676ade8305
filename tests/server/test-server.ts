// A whole server for tests: real sockets and processes, accounts in memory.
import { setTimeout as delay } from "node:timers/promises";
import { startServer, type RunningServer, type ServerOptions } from "../../host/server/server.ts";
import { memoryStorage } from "../../host/storage/memory.ts";

export interface TestServer {
  readonly server: RunningServer;
  readonly url: string;
  readonly webSocketUrl: string;
  readonly domain: string;
  /** Resolves when exactly so many streams are open. */
  whenConnections(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function startTestServer(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer({
    storage: memoryStorage(),
    httpPort: 0,
    unlimited: true,
    ...options,
  });
  return {
    server,
    url: `http://localhost:${server.port}/`,
    webSocketUrl: `ws://localhost:${server.port}/ws`,
    domain: server.domain,
    async whenConnections(count) {
      while (server.connections !== count) await delay(5);
    },
    close: () => server.close(),
  };
}
