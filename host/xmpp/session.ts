// The session process: one client's connection, from its first byte to its end.
//
//   connected ── <open/> ──▸ open ── SASL ──▸ authenticated ── <open/> ──▸ open ── bind ──▸ bound
//
// A callback process: between two messages there is nothing but this object. What the client sends
// comes in as messages, goes out to accounts as messages, and what is for the client comes in
// again.

import { randomBytes } from "node:crypto";
import { GenServer } from "../otp/index.ts";
import {
  CallFailed, type Callbacks, Down, Exit, exit, ExitReason, type Operation, type Pid, type Process,
  type Reason, type Ref,
} from "../runtime/index.ts";
import type { Context } from "./context.ts";
import { type Framing, framingOf, streamId } from "./framing.ts";
import { isOperation } from "./answer.ts";
import { prepareDomain, prepareResource } from "./jid.ts";
import type {
  AccountMessage, AccountsMessage, BindRequest, Bound, SessionMessage,
} from "./messages.ts";
import { refuse, type Refusal, type SessionFace, type Slot, type Work } from "./module.ts";
import { boundFacts, type ResourceFacts } from "./resource.ts";
import { stanzaReceived } from "./session-stanzas.ts";
import { serializeStanza, type Stanza, stanzaFrom } from "./stanza.ts";
import { streamError, type StreamErrorCondition, STREAM_NAMESPACE } from "./stream-errors.ts";
import type { Connection } from "./transport.ts";
import { CLIENT_NAMESPACE, type Element, element } from "./xml/element.ts";
import { XmlFault } from "./xml/limits.ts";

const BIND_TIMEOUT_MS = 10_000;
const ACCOUNTS_RETRY_MS = 100;

type Message = string | Stanza | SessionMessage | Exit | Down;

export class Session implements Callbacks, SessionFace {
  readonly server: Context;
  readonly connection: Connection;
  readonly framing: Framing;
  self!: Process;
  bare = "";
  jid = "";
  /** The stream's `xml:lang`, which its stanzas inherit. */
  lang: string | undefined = undefined;
  #account: Pid | undefined = undefined;
  #facts: ResourceFacts = boundFacts;
  #slots: Map<Slot<unknown>, unknown> | undefined = undefined;
  #timer: Ref | undefined = undefined;
  /** A stream header has been answered and no restart is due. */
  #open = false;
  /** Nothing goes out any more. */
  #ended = false;

  constructor(server: Context, connection: Connection) {
    this.server = server;
    this.connection = connection;
    this.framing = framingOf(connection.transport);
  }

  /** Every message of the process. An error in it ends this session alone. */
  receive(message: Message, self: Process): Work<unknown> {
    this.self = self;
    try {
      const work = typeof message === "string" ? this.#frame(message) : this.#message(message);
      if (isOperation(work)) return this.#working(work, message);
    } catch (error) {
      this.#failed(error);
    }
    this.#handled(message);
    if (this.#ended) exit("normal");
    return undefined;
  }

  *#working(work: Operation<unknown>, message: Message) {
    try {
      yield* work;
    } catch (error) {
      this.#failed(error);
    }
    this.#handled(message);
    if (this.#ended) exit("normal");
  }

  #handled(message: Message): void {
    if (typeof message === "string") this.connection.handled(message.length);
  }

  #failed(error: unknown): never {
    if (!(error instanceof ExitReason)) this.fail("internal-server-error");
    throw error;
  }

  #message(message: Exclude<Message, string>): Work<unknown> {
    if ("name" in message) return this.write(message);
    if (message instanceof Exit) return this.#exit(message.reason);
    if (message instanceof Down) return this.#accountDown(message);
    switch (message.kind) {
      case "start": return this.#start();
      case "closed": return this.#closed();
      case "authentication-timeout":
        if (this.jid === "") this.fail("connection-timeout");
        return;
      case "end": return this.fail(message.condition, message.text);
      case "facts":
        this.#facts = message.facts;
        return;
      case "retry": return this.#toAccounts(message.message);
      case "attached":
        this.#account = message.account;
        this.self.monitor(message.account);
        return;
    }
  }

  #start(): void {
    const { authenticationTimeoutMs } = this.server.settings;
    if (authenticationTimeoutMs === Infinity) return;
    const timeout: SessionMessage = { kind: "authentication-timeout" };
    this.#timer = this.self.sendAfter(authenticationTimeoutMs, this.self.pid, timeout);
  }

  #closed(): void {
    this.#ended = true;
    this.connection.close();
  }

  /** The supervisor's `shutdown`, or a signal from wherever: the client is told before the end. */
  #exit(reason: Reason): void {
    this.fail(reason === "shutdown" ? "system-shutdown" : "internal-server-error");
    exit(reason);
  }

  #frame(text: string): Work<unknown> {
    const { parser, limits, limitsBeforeAuthentication } = this.server;
    const received = parser.parse(text, this.bare === "" ? limitsBeforeAuthentication : limits);
    if (received instanceof XmlFault) return this.fail(received.condition, received.text);
    if (!this.#open) return this.#opening(received);
    if (received.xmlns === CLIENT_NAMESPACE) {
      const stanza = stanzaFrom(received, parser.source, this.lang);
      return stanza === undefined
        ? this.fail("unsupported-stanza-type")
        : stanzaReceived(this, stanza);
    }
    if (this.framing.isClosing(received)) return this.#closeStream();
    const handler = this.server.handlers.nonza(received);
    if (handler !== undefined) return handler.handle(received, this);
    if (this.framing.isOpening(received)) {
      return this.fail("policy-violation", "The stream is open.");
    }
    return this.fail(contentErrorOf(received));
  }

  /** RFC 6120 §4.7, RFC 7395 §3.4. */
  #opening(header: Element): void {
    if (this.framing.isClosing(header)) return this.#closeStream();
    if (!this.framing.isOpening(header)) {
      return this.fail(header.name === "open" ? "invalid-namespace" : "bad-format");
    }
    const { to, from, version, "xml:lang": lang } = header.attributes;
    this.lang = lang;
    this.#sendHeader();
    if (to === undefined) return this.fail("improper-addressing", "A stream needs a 'to' address.");
    if (prepareDomain(to) !== this.server.domain) return this.fail("host-unknown");
    if (!/^[1-9]\d{0,3}\.\d{1,4}$/.test(version ?? "")) return this.fail("unsupported-version");
    if (from !== undefined && this.bare !== "" &&
      this.server.addresses.parse(from)?.bare !== this.bare) return this.fail("invalid-from");
    this.send(element("features", STREAM_NAMESPACE, undefined,
      this.server.handlers.streamFeatures(this)));
  }

  #sendHeader(): void {
    this.#open = true;
    this.connection.write(this.framing.opening({
      from: this.server.domain,
      to: this.bare === "" ? undefined : this.bare,
      id: streamId(),
      lang: "en",
    }));
  }

  #closeStream(): void {
    if (!this.#open) this.#sendHeader();
    this.connection.write(this.framing.closing());
    this.#closed();
  }

  /** Writes a stanza to the client. */
  write(stanza: Stanza): void {
    if (!this.#ended) this.connection.write(serializeStanza(stanza, this.framing.defaultXmlns));
  }

  send(sent: Element): void {
    if (!this.#ended) this.connection.write(this.framing.element(sent));
  }

  fail(condition: StreamErrorCondition, text?: string): void {
    if (this.#ended) return;
    const { bare, jid, connection: { address } } = this;
    this.server.log("stream error", { condition, jid: jid === "" ? bare : jid, address });
    if (!this.#open) this.#sendHeader();
    this.send(streamError(condition, text));
    this.#closeStream();
  }

  authenticate(bare: string): void {
    this.bare = bare;
    this.#open = false;
    this.server.log("authenticated", { jid: bare, address: this.connection.address });
  }

  *bind(resource: string | undefined): Operation<string | Refusal> {
    if (this.bare === "" || this.jid !== "") return refuse("not-allowed");
    const wanted = resource === undefined || resource === ""
      ? randomBytes(9).toString("base64url")
      : prepareResource(resource);
    if (wanted === undefined) return refuse("bad-request", "This resource is not valid.");
    const request: BindRequest = { bare: this.bare, resource: wanted, session: this.self.pid };
    const bound = yield* this.#askAccount(request);
    if ("refused" in bound) {
      // The account has been removed: what the stream is authenticated for is no more.
      if (bound.refused === "not-authorized") this.fail("not-authorized");
      return refuse(bound.refused);
    }
    const jid = `${this.bare}/${wanted}`;
    if (!this.self.register(jid)) return refuse("conflict");
    this.jid = jid;
    this.#account = bound.account;
    this.self.monitor(bound.account);
    if (this.#timer !== undefined) this.self.cancelTimer(this.#timer);
    this.#timer = undefined;
    this.server.log("bound", { jid, address: this.connection.address });
    return jid;
  }

  *#askAccount(request: BindRequest): Operation<Bound> {
    try {
      return yield* GenServer.call<Bound>(
        this.self, this.server.names.accounts, request, BIND_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      // The account may yet take this session in: it must see the session go.
      this.fail("internal-server-error");
      return { refused: "internal-server-error" };
    }
  }

  /** Sends to the user's own account; the supervisor finds or starts it if it has just crashed. */
  toAccount(message: AccountMessage): void {
    if (this.#account !== undefined && this.self.send(this.#account, message)) return;
    this.#toAccounts({ kind: "forward", bare: this.bare, message });
  }

  #toAccounts(message: AccountsMessage): void {
    if (this.self.send(this.server.names.accounts, message)) return;
    // It is being restarted.
    const retry: SessionMessage = { kind: "retry", message };
    this.self.sendAfter(ACCOUNTS_RETRY_MS, this.self.pid, retry);
  }

  #accountDown({ pid }: Down): void {
    if (pid !== this.#account) return;
    this.#account = undefined;
    const resource = this.jid.slice(this.bare.length + 1);
    this.toAccount({ kind: "attach", resource, session: this.self.pid, facts: this.#facts });
  }

  route(stanza: Stanza): void {
    const bounced = this.server.route(this.self, stanza);
    if (bounced !== undefined) this.write(bounced);
  }

  read<T>(slot: Slot<T>): T | undefined {
    return this.#slots?.get(slot) as T | undefined;
  }

  keep<T>(slot: Slot<T>, value: T | undefined): void {
    if (value !== undefined) (this.#slots ??= new Map()).set(slot, value);
    else if (this.#slots?.delete(slot) && this.#slots.size === 0) this.#slots = undefined;
  }
}

/** What is wrong with a top-level element that nobody handles (RFC 6120 §4.9.3). */
function contentErrorOf({ xmlns }: Element): StreamErrorCondition {
  const isKnown = xmlns === "" || xmlns === "jabber:server";
  return isKnown ? "invalid-namespace" : "unsupported-stanza-type";
}
