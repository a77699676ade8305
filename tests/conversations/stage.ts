// The stage for conversations: a server in this process, clients without sockets, time by hand.
//
//   test("Romeo writes to Juliet", async (t) => {
//     const stage = await openStage(t);
//     const { romeo, juliet } = await stage.enter("romeo", "juliet");
//     romeo.send("<message to='juliet@localhost'><body>Hi</body></message>");
//     await juliet.receives("<message from='romeo@localhost/garden' …><body>Hi</body></message>");
//   });

import type { Test } from "tap";
import { ManualClock, type Report, Runtime } from "../../host/runtime/index.ts";
import type { XmppModule } from "../../host/xmpp/module.ts";
import { makeCredentials } from "../../host/xmpp/sasl/credentials.ts";
import { startXmpp, type Xmpp } from "../../host/xmpp/server.ts";
import type { XmppSettings } from "../../host/xmpp/settings.ts";
import type { Connection, Receiver } from "../../host/xmpp/transport.ts";
import { childNamed, type Element, textOf } from "../../host/xmpp/xml/element.ts";
import { memoryStorage } from "../../host/storage/memory.ts";
import type { Credential, Storage } from "../../host/storage/storage.ts";
import { stopEmpty } from "../runtime/harness.ts";
import { differenceOf, parseExpected, withNamespace } from "./xml-match.ts";

export const PASSWORD = "secret";
/** The least that SCRAM allows: the tests hash many passwords. */
const ITERATIONS = 4_096;

export interface StageOptions {
  readonly settings?: Partial<XmppSettings>;
  readonly storage?: Storage;
  readonly modules?: readonly XmppModule[];
}

/** Starts a server that ends with the test. */
export async function openStage(t: Test, options: StageOptions = {}): Promise<Stage> {
  const clock = new ManualClock();
  const reports: Report[] = [];
  const runtime = Runtime.start({ clock, logger: (report) => reports.push(report) });
  const storage = options.storage ?? memoryStorage();
  const events: string[] = [];
  const xmpp = await startXmpp(runtime, {
    storage,
    settings: { scramIterations: ITERATIONS, ...options.settings },
    log: (event, details) => events.push(`${event} ${JSON.stringify(details)}`),
    ...(options.modules !== undefined && { modules: options.modules }),
  });
  const credentials = (await makeCredentials(PASSWORD, { iterations: ITERATIONS }))!;
  const stage = new Stage({ runtime, clock, storage, xmpp, reports, events, credentials });
  t.teardown(async () => {
    await stage.xmpp.stop();
    await stopEmpty(runtime);
  });
  return stage;
}

interface Parts {
  readonly runtime: Runtime;
  readonly clock: ManualClock;
  readonly storage: Storage;
  readonly xmpp: Xmpp;
  readonly reports: Report[];
  readonly events: string[];
  readonly credentials: readonly Credential[];
}

export class Stage {
  readonly runtime: Runtime;
  readonly clock: ManualClock;
  readonly storage: Storage;
  readonly xmpp: Xmpp;
  /** What the runtime has reported: crashes. */
  readonly reports: Report[];
  /** What the server has logged. */
  readonly events: string[];
  readonly #credentials: readonly Credential[];

  constructor(parts: Parts) {
    this.runtime = parts.runtime;
    this.clock = parts.clock;
    this.storage = parts.storage;
    this.xmpp = parts.xmpp;
    this.reports = parts.reports;
    this.events = parts.events;
    this.#credentials = parts.credentials;
  }

  /** A client that has not said anything. */
  connect(name: string, traits: Partial<Connection> = {}): Client {
    const connection = new MemoryConnection(traits);
    return new Client(name, connection, this.xmpp.accept(connection));
  }

  /** Makes an account with the password `secret`. */
  async createAccount(name: string): Promise<void> {
    const jid = `${name}@${this.xmpp.domain}`;
    await this.storage.accounts.create({ jid, createdAtMs: 0, credentials: this.#credentials });
  }

  /** Two users' rosters say that each sees the other. Before they enter. */
  async befriend(one: string, other: string): Promise<void> {
    const domain = this.xmpp.domain;
    for (const [owner, contact] of [[one, other], [other, one]]) {
      await this.createAccount(owner!);
      await this.storage.roster.put(`${owner}@${domain}`, {
        jid: `${contact}@${domain}`, name: "", subscription: "both", ask: false, approved: false,
        groups: [],
      });
    }
  }

  /** Makes the account if need be, logs in, binds; sends no presence. `name/resource` or `name`. */
  async login(address: string): Promise<Client> {
    const [name = "", resource = "stage"] = address.split("/");
    await this.createAccount(name);
    const client = this.connect(address);
    await client.authenticate(name);
    await client.bind(resource);
    return client;
  }

  /** Users with initial presence, of which everything has been received that comes by itself. */
  async enter<N extends string>(...addresses: N[]): Promise<Record<N, Client>> {
    const clients = {} as Record<N, Client>;
    for (const address of addresses) {
      const client = await this.login(address);
      client.send("<presence/>");
      clients[address] = client;
      await settled();
    }
    for (const client of Object.values<Client>(clients)) client.forget();
    return clients;
  }

  /** Lets time pass, and everything happen that follows from it. */
  async pass(ms: number): Promise<void> {
    await settled();
    this.clock.advance(ms);
    await settled();
  }
}

/** Waits until nothing happens any more: processes, and promises of an in-memory storage. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

class MemoryConnection implements Connection {
  readonly transport: Connection["transport"];
  readonly secure: boolean;
  readonly loopback: boolean;
  readonly address: string;
  readonly frames: string[] = [];
  closed = false;
  wake: () => void = () => {};

  constructor(traits: Partial<Connection>) {
    this.transport = traits.transport ?? "memory";
    this.secure = traits.secure ?? false;
    this.loopback = traits.loopback ?? true;
    this.address = traits.address ?? "127.0.0.1";
  }

  write(frame: string): void {
    if (this.closed) return;
    this.frames.push(frame);
    this.wake();
  }

  handled(): void {}

  close(): void {
    this.closed = true;
    this.wake();
  }
}

/** One client: what it sends, and what it received and has not looked at. */
export class Client {
  readonly name: string;
  readonly #connection: MemoryConnection;
  readonly #receiver: Receiver;

  constructor(name: string, connection: MemoryConnection, receiver: Receiver) {
    this.name = name;
    this.#connection = connection;
    this.#receiver = receiver;
  }

  get isClosed(): boolean {
    return this.#connection.closed;
  }

  /** Sends a frame; a stanza may leave `xmlns='jabber:client'` out. */
  send(xml: string): void {
    this.#receiver.receive(withNamespace(xml));
  }

  /** Sends text as it is. */
  sendRaw(text: string): void {
    this.#receiver.receive(text);
  }

  /** The client's socket is gone. */
  disconnect(): void {
    this.#receiver.closed();
  }

  /** The next frame as text; waits for it. */
  async next(): Promise<string> {
    const connection = this.#connection;
    while (connection.frames.length === 0) {
      if (connection.closed) throw new Error(`${this.name} was disconnected`);
      await new Promise<void>((resolve) => { connection.wake = resolve; });
    }
    return connection.frames.shift()!;
  }

  /**
   * Waits for the next frame, which must look like this. `*` stands for any attribute value or
   * text, `<_/>` for any further children.
   */
  async receives(expected: string): Promise<Element> {
    const frame = await this.next();
    const received = parseExpected(frame);
    const difference = differenceOf(parseExpected(withNamespace(expected)), received);
    if (difference === undefined) return received;
    throw new Error(`${this.name} received ${frame}\ninstead of ${expected}\n${difference}`);
  }

  /** As `receives`, for frames whose order is free. */
  async receivesAll(...expected: string[]): Promise<void> {
    const rest = [...expected];
    while (rest.length > 0) {
      const frame = await this.next();
      const received = parseExpected(frame);
      const index = rest.findIndex((xml) =>
        differenceOf(parseExpected(withNamespace(xml)), received) === undefined);
      if (index < 0) {
        throw new Error(`${this.name} received ${frame}\ninstead of ${rest.join("\n")}`);
      }
      rest.splice(index, 1);
    }
  }

  /** Nothing comes, however long one waits without letting time pass. */
  async receivesNothing(): Promise<void> {
    await settled();
    const [frame] = this.#connection.frames;
    if (frame !== undefined) throw new Error(`${this.name} received ${frame}`);
  }

  /** The stream ends with this error, and the connection is closed. */
  async receivesStreamError(condition: string): Promise<void> {
    await this.receives(`<stream:error xmlns:stream='http://etherx.jabber.org/streams'>
      <${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><_/></stream:error>`);
    await this.receives("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
    if (!this.isClosed) throw new Error("the connection is still open");
  }

  /** Everything that has come is looked at. */
  forget(): void {
    this.#connection.frames.length = 0;
  }

  /** Opens the stream; answers the features. */
  async open(to = "localhost"): Promise<Element> {
    this.send(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='${to}' version='1.0'/>`);
    await this.receives(
      `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='*' id='*' version='1.0'
        xml:lang='en' _='*'/>`);
    return parseExpected(await this.next());
  }

  /** Opens the stream, authenticates by PLAIN, opens it again. */
  async authenticate(name: string, password = PASSWORD): Promise<void> {
    await this.open();
    this.sendPlain(name, password);
    await this.receives("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    await this.open();
  }

  sendPlain(name: string, password: string, authzid = ""): void {
    const data = Buffer.from(`${authzid}\0${name}\0${password}`).toString("base64");
    this.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${data}</auth>`);
  }

  /** Binds; answers the full JID. */
  async bind(resource?: string): Promise<string> {
    const inner = resource === undefined ? "" : `<resource>${resource}</resource>`;
    this.send(
      `<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>${inner}</bind>
        </iq>`);
    const result = await this.receives(
      `<iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>*</jid>
        </bind></iq>`);
    const bind = childNamed(result, "bind", "urn:ietf:params:xml:ns:xmpp-bind")!;
    return textOf(childNamed(bind, "jid")!);
  }

  /** Asks for the roster, which makes the resource interested in pushes. */
  async askRoster(): Promise<Element> {
    this.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
    return this.receives(
      `<iq type='result' id='roster' from='*' to='*'><query xmlns='jabber:iq:roster'><_/></query>
        </iq>`);
  }
}
