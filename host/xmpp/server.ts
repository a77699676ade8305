// The XMPP server as a whole: its supervision tree, and the face that transports and programs use.
//
//   xmpp of DOMAIN (supervisor, oneForOne)
//   ├─ accounts    an account process per user who is online or concerned (restarted after a crash)
//   ├─ modules     the processes of modules
//   ├─ sessions    a session process per connection (temporary)
//   └─ listeners   a process per port, given by the transports

import { randomBytes } from "node:crypto";
import { type ChildSpec, GenServer, Supervisor } from "../otp/index.ts";
import { exit, type Operation, type Pid, type Process, type Runtime } from "../runtime/index.ts";
import type { Storage } from "../storage/storage.ts";
import { accountsSpec } from "./accounts.ts";
import { Context } from "./context.ts";
import type { LoadedModule } from "./handler-table.ts";
import type { XmppLog, XmppModule } from "./module.ts";
import { modules as allModules } from "./modules/index.ts";
import { Sessions } from "./sessions.ts";
import { completeSettings, type XmppSettings } from "./settings.ts";
import type { Connection, Receiver, XmppServer } from "./transport.ts";

export interface XmppOptions {
  readonly storage: Storage;
  /** What differs from the defaults of settings.ts. */
  readonly settings?: Partial<XmppSettings>;
  /** The modules, in an order in which each comes after what it needs. Default: all. */
  readonly modules?: readonly XmppModule[];
  /** Started last and stopped first. */
  readonly listeners?: readonly ChildSpec[];
  /** Default: nothing is logged. */
  readonly log?: XmppLog;
}

const SECRET_NAME = "xmpp-secret";

/**
 * Starts an XMPP server in a runtime. Resolves when its processes are up.
 * @throws PidgeonError PIDGEON_XMPP_DOMAIN, PIDGEON_XMPP_MODULE, PIDGEON_XMPP_HANDLER,
 * PIDGEON_STORAGE_…
 */
export async function startXmpp(runtime: Runtime, options: XmppOptions): Promise<Xmpp> {
  const settings = completeSettings(options.settings ?? {});
  const secret = await loadSecret(options.storage);
  const log = options.log ?? (() => {});
  const server = new Context({ settings, storage: options.storage, secret, log });
  const loaded = (options.modules ?? allModules).map((module) => server.load(module));
  const sessions = new Sessions(runtime, server);
  const root = await runtime.run(startRoot, [
    accountsSpec(server),
    Supervisor.spec("modules", {
      intensity: 10, children: loaded.flatMap(({ handlers }) => handlers.children ?? []),
    }, { name: server.names.modules }),
    sessions.spec(),
    Supervisor.spec("listeners", { intensity: 10, children: options.listeners ?? [] }),
  ], `xmpp of ${server.domain}`);
  return new Xmpp(runtime, server, sessions, root);
}

function* startRoot(
  self: Process, children: readonly ChildSpec[], name: string,
): Generator<any, Pid, any> {
  return yield* Supervisor.start(self, { intensity: 5, children }, { name });
}

/** A running XMPP server. */
export class Xmpp implements XmppServer {
  readonly #runtime: Runtime;
  readonly #server: Context;
  readonly #sessions: Sessions;
  readonly #root: Pid;
  #stopping: Promise<void> | undefined = undefined;

  constructor(runtime: Runtime, server: Context, sessions: Sessions, root: Pid) {
    this.#runtime = runtime;
    this.#server = server;
    this.#sessions = sessions;
    this.#root = root;
  }

  get domain(): string {
    return this.#server.domain;
  }

  /** The modules that are loaded now. */
  get modules(): readonly XmppModule[] {
    return this.#server.modules;
  }

  /** Open connections. */
  get connections(): number {
    return this.#sessions.connections.size;
  }

  accept(connection: Connection): Receiver {
    return this.#sessions.open(connection);
  }

  /**
   * Loads a module behind the others and starts its processes.
   * @throws PidgeonError PIDGEON_XMPP_MODULE, PIDGEON_XMPP_HANDLER
   */
  async load(module: XmppModule): Promise<void> {
    const loaded = this.#server.load(module);
    await this.#runtime.run(startChildren, this.#server.names.modules, loaded);
  }

  /**
   * Unloads a module and ends its processes. Work that it has begun goes on.
   * @throws PidgeonError PIDGEON_XMPP_MODULE
   */
  async unload(name: string): Promise<void> {
    const unloaded = this.#server.unload(name);
    await this.#runtime.run(endChildren, this.#server.names.modules, unloaded);
  }

  /**
   * Ends in order: listeners, then all streams with `system-shutdown`, then the rest. The
   * connections are closed when this resolves. May be called again; the storage is the caller's.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#runtime.run(stopRoot, this.#root);
    return this.#stopping;
  }
}

function* stopRoot(self: Process, root: Pid): Generator<any, void, any> {
  yield* GenServer.stop(self, root, "shutdown");
}

function* startChildren(
  self: Process, supervisor: string, { module, handlers }: LoadedModule,
): Operation<void> {
  for (const child of handlers.children ?? []) {
    const started = yield* Supervisor.startChild(self, supervisor, child);
    if (!started.ok) exit({ module: module.name, child: child.id, error: started.error });
  }
}

function* endChildren(
  self: Process, supervisor: string, { handlers }: LoadedModule,
): Operation<void> {
  for (const { id } of handlers.children ?? []) {
    yield* Supervisor.terminateChild(self, supervisor, id);
    yield* Supervisor.deleteChild(self, supervisor, id);
  }
}

/** Salts of users who don't exist are made from it, so it must stay the same over restarts. */
async function loadSecret(storage: Storage): Promise<Uint8Array> {
  const stored = await storage.settings.get(SECRET_NAME);
  if (stored !== undefined) return Buffer.from(stored, "base64");
  const secret = randomBytes(32);
  await storage.settings.put(SECRET_NAME, secret.toString("base64"));
  return secret;
}
