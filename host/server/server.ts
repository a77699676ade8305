// The chat server as a whole: runtime, storage, XMPP and HTTP, started and stopped in order.
import type { FastifyBaseLogger } from "fastify";
import { pino } from "pino";
import { logToPino, Runtime } from "../runtime/index.ts";
import { openStorage, type StorageEvent } from "../storage/sqlite.ts";
import type { Storage } from "../storage/storage.ts";
import { kernelLimits } from "../xmpp/capacity.ts";
import { startXmpp, type Xmpp } from "../xmpp/server.ts";
import { completeSettings, type XmppSettings } from "../xmpp/settings.ts";
import { startHttpServer } from "./http-server.ts";
import type { SocketLimits } from "./limits.ts";

export interface ServerOptions {
  /** Made if it isn't there. Either this or `storage`. */
  readonly dataFolder?: string;
  /** A storage that is open already, and is closed with the server. */
  readonly storage?: Storage;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 5280; 0 takes a free port. */
  readonly httpPort?: number;
  /** Default localhost. */
  readonly domain?: string;
  /** No rate limits: for load tests on loopback. */
  readonly unlimited?: boolean;
  /** Reverse proxies whose `X-Forwarded-*` headers count. */
  readonly trustProxy?: readonly string[];
  /** Origins of further web pages that may connect. */
  readonly allowedOrigins?: readonly string[];
  readonly limits?: Partial<SocketLimits>;
  readonly settings?: Partial<XmppSettings>;
  /** Default: silent. */
  readonly logger?: FastifyBaseLogger;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  readonly runtime: Runtime;
  readonly xmpp: Xmpp;
  /** Open XMPP streams. */
  readonly connections: number;
  /**
   * Ends the streams with `system-shutdown`, closes the sockets, finishes what is to be stored.
   * Takes up to 4 s if clients don't answer; may be called again.
   */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const HTTP_PORT = 5280;

/** Sessions that don't end by then are killed, so that the whole stop stays below 5 s. */
const SHUTDOWN_MS = 1_500;

/**
 * Starts everything; if a part can't start, stops the others again.
 * @throws PidgeonError of the storage or of XMPP, the system's error if it can't listen
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const logger = options.logger ?? pino({ level: "silent" });
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    // In the reverse order of the start.
    for (const step of stops.splice(0).reverse()) await step();
  };
  const settings = xmppSettings(options);
  try {
    const storage = options.storage ?? (await openFolder(options.dataFolder, logger));
    stops.push(() => storage.close());
    const runtime = Runtime.start({
      limits: kernelLimits(settings.connectionsMax),
      // What users write is not for the log.
      logger: logToPino(logger, { messages: false }),
    });
    stops.push(() => runtime.stop());
    const xmpp = await startXmpp(runtime, {
      storage,
      settings,
      log: (event, details) => logger.info(details, event),
    });
    const stopXmpp = once(() => xmpp.stop());
    stops.push(stopXmpp);
    const http = await startHttpServer({
      xmpp,
      logger,
      domain: xmpp.domain,
      host: options.host ?? HOST,
      port: options.httpPort ?? HTTP_PORT,
      trustProxy: options.trustProxy ?? [],
      allowedOrigins: options.allowedOrigins ?? [],
      limits: options.limits ?? {},
      // While the sockets can still carry the streams' last words.
      beforeClose: stopXmpp,
    });
    stops.push(() => http.close());
    return {
      host: options.host ?? HOST,
      port: http.port,
      domain: xmpp.domain,
      runtime,
      xmpp,
      get connections() {
        return http.connections;
      },
      close: once(stop),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= action());
}

function xmppSettings(options: ServerOptions): XmppSettings {
  return completeSettings({
    shutdownMs: SHUTDOWN_MS,
    ...(options.domain === undefined ? {} : { domain: options.domain }),
    ...(options.unlimited === true ? { registrationsPerAddress: Number.POSITIVE_INFINITY } : {}),
    ...options.settings,
  });
}

async function openFolder(folder = "./data", logger: FastifyBaseLogger): Promise<Storage> {
  return openStorage({ directory: folder, report: (event) => logStorage(logger, event) });
}

function logStorage(logger: FastifyBaseLogger, event: StorageEvent): void {
  if (event.kind === "up") logger.warn("storage serves again");
  else logger.error({ err: event.error, restartInMs: event.restartInMs }, "storage is down");
}
