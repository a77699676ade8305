// The sessions' supervisor. Sessions are temporary: none is ever restarted, so no number of crashes
// can end their supervisor. It holds the connections of its children, as the BEAM holds ports: when
// a session ends without having closed its connection (it was killed), the connection is closed
// here.

import {
  type CastResult, type ChildSpec, GenServer, type GenServerModule, noreply, ok,
} from "../otp/index.ts";
import {
  Exit, isOrderly, type Pid, type Process, receive, type Runtime, TIMEOUT,
} from "../runtime/index.ts";
import type { Context } from "./context.ts";
import { framingOf, streamId } from "./framing.ts";
import type { SessionMessage } from "./messages.ts";
import { Session } from "./session.ts";
import { streamError } from "./stream-errors.ts";
import type { Connection, Receiver } from "./transport.ts";

interface Adopt {
  readonly kind: "adopt";
  readonly session: Pid;
}

/** The connections by their session: written by `open`, which runs outside of all processes. */
export class Sessions {
  readonly #runtime: Runtime;
  readonly #server: Context;
  readonly connections = new Map<Pid, Connection>();

  constructor(runtime: Runtime, server: Context) {
    this.#runtime = runtime;
    this.#server = server;
  }

  /** Starts a session for a connection, which the supervisor adopts; or refuses one too many. */
  open(connection: Connection): Receiver {
    const { connectionsMax } = this.#server.settings;
    if (this.connections.size >= connectionsMax) return this.#refuse(connection);
    try {
      return this.#start(connection);
    } catch (error) {
      // The kernel's tables are full.
      this.log("no session", { address: connection.address, reason: String(error) });
      return this.#refuse(connection);
    }
  }

  #start(connection: Connection): Receiver {
    const session = new Session(this.#server, connection);
    const pid = this.#runtime.spawnCallback(session, { trapExit: true });
    const start: SessionMessage = { kind: "start" };
    const adopt: Adopt = { kind: "adopt", session: pid };
    this.connections.set(pid, connection);
    this.#runtime.send(pid, start);
    if (!this.#runtime.send(this.#server.names.sessions, adopt)) {
      // No supervisor: the server is stopping.
      this.connections.delete(pid);
      this.#runtime.exit(pid, "shutdown");
    }
    return new SessionReceiver(this.#runtime, pid, connection);
  }

  #refuse(connection: Connection): Receiver {
    const { domain } = this.#server;
    const framing = framingOf(connection.transport);
    connection.write(framing.opening({ from: domain, to: undefined, id: streamId(), lang: "en" }));
    connection.write(framing.element(streamError("resource-constraint")));
    connection.write(framing.closing());
    connection.close();
    this.log("connection refused", { address: connection.address });
    return { receive: () => {}, closed: () => {} };
  }

  /** The child specification for the server's root supervisor. */
  spec(): ChildSpec {
    const { names, settings } = this.#server;
    return GenServer.spec(sessionsSupervisor, this, {
      id: "sessions",
      name: names.sessions,
      // Longer than it gives the sessions, so that it can kill the late ones itself.
      shutdown: settings.shutdownMs + 1_000,
    });
  }

  get shutdownMs(): number {
    return this.#server.settings.shutdownMs;
  }

  log(event: string, details: Readonly<Record<string, string | number>>): void {
    this.#server.log(event, details);
  }
}

/** The way of a socket's events into the mailbox of its session. */
class SessionReceiver implements Receiver {
  readonly #runtime: Runtime;
  readonly #session: Pid;
  readonly #connection: Connection;

  constructor(runtime: Runtime, session: Pid, connection: Connection) {
    this.#runtime = runtime;
    this.#session = session;
    this.#connection = connection;
  }

  receive(frame: string): void {
    try {
      if (!this.#runtime.send(this.#session, frame)) this.#connection.close();
    } catch {
      // No room for another message: this session ends, its supervisor closes the connection.
      this.#runtime.exit(this.#session, "kill");
    }
  }

  closed(): void {
    const closed: SessionMessage = { kind: "closed" };
    try {
      this.#runtime.send(this.#session, closed);
    } catch {
      this.#runtime.exit(this.#session, "kill");
    }
  }
}

const sessionsSupervisor: GenServerModule<Sessions, Sessions> = {
  name: "xmpp sessions",

  init(sessions, self) {
    self.trapExit = true;
    return ok(sessions);
  },

  handleInfo(message: Adopt | Exit, sessions, self): CastResult<Sessions> {
    if (message instanceof Exit) ended(sessions, message);
    // A session that has died already answers the link with its exit.
    else self.link(message.session);
    return noreply(sessions);
  },

  terminate: (_reason, sessions, self) => endAll(sessions, self),
};

function ended(sessions: Sessions, { from, reason }: Exit): void {
  sessions.connections.get(from)?.close();
  sessions.connections.delete(from);
  if (!isOrderly(reason)) sessions.log("session crashed", { pid: from });
}

/** The server stops: each session tells its client; those that don't end in time are killed. */
function* endAll(sessions: Sessions, self: Process): Generator<any, void, any> {
  for (const pid of sessions.connections.keys()) self.exit(pid, "shutdown");
  while (sessions.connections.size > 0) {
    const message = yield* receive<Adopt | Exit>(undefined, sessions.shutdownMs);
    if (message === TIMEOUT) break;
    if (message instanceof Exit) ended(sessions, message);
    else self.exit(message.session, "shutdown");
  }
  for (const [pid, connection] of sessions.connections) {
    self.exit(pid, "kill");
    connection.close();
  }
  sessions.connections.clear();
}
