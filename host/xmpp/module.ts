// What a module of the XMPP server is: one declaration of what it is, needs and handles.
//
//   export const ping = defineModule({
//     name: "xep-0199-ping",
//     spec: "XEP-0199", title: "XMPP Ping", version: "2.0.1",
//     features: [PING],
//     handlers: { requests: [request("server", "get", "ping", PING, () => undefined)] },
//   });
//
// A handler's return value is the answer. Where it may return `Work<T>` it may be a generator:
// `yield* wait(promise)` holds up its own process only, whose later stanzas wait in its mailbox.
//
// Handlers run in one of two kinds of process, never elsewhere:
// - the *session* process, one per connection (`SessionFace`): everything before binding, requests
//   to the server's domain, what a client sends;
// - the *account* process, one per user who is online or whom a stanza concerns (`AccountFace`):
//   requests to the user's bare JID, presence, what arrives for the user.
//
// A handler that throws ends that process alone (a failing storage is answered for it). State goes
// into a slot of the process (`keep`), into a process of the module's own (`children`) or into
// storage. Module-level variables and closures over a face would share it between processes.

import type { ChildSpec } from "../otp/index.ts";
import type { Operation, Process } from "../runtime/index.ts";
import type { Storage } from "../storage/storage.ts";
import type { Addresses } from "./addresses.ts";
import type { Connection } from "./transport.ts";
import type { Element } from "./xml/element.ts";
import type { Stanza } from "./stanza.ts";
import type { StanzaErrorCondition, StanzaErrorType } from "./stanza-errors.ts";
import type { StreamErrorCondition } from "./stream-errors.ts";
import type { Resource } from "./resource.ts";
import type { RosterState } from "./roster.ts";
import type { XmppSettings } from "./settings.ts";

/** A result, or a generator that waits inside its process and then returns it. */
export type Work<T> = T | Operation<T>;

/** A refusal: becomes a stanza error (RFC 6120 §8.3) that goes back to the sender. */
export class Refusal {
  readonly condition: StanzaErrorCondition;
  readonly type: StanzaErrorType | undefined;
  readonly text: string | undefined;

  constructor(condition: StanzaErrorCondition, type?: StanzaErrorType, text?: string) {
    this.condition = condition;
    this.type = type;
    this.text = text;
  }
}

/** Refuses a request. `type` is the condition's own (RFC 6120 §8.3.3) unless given. */
export function refuse(
  condition: StanzaErrorCondition,
  text?: string,
  type?: StanzaErrorType,
): Refusal {
  return new Refusal(condition, type, text);
}

/**
 * The answer to a request: a payload, an empty result (undefined) or a refusal. "none" answers
 * nothing. "account", only at the place `server`, leaves the answer to the sender's own account.
 */
export type Answer = Element | Refusal | "none" | "account" | undefined;

/**
 * Where a request is handled: `stream` before a resource is bound, whatever its address; `server`
 * when it is addressed to the domain; `account` when it is addressed to a bare JID or to nobody.
 */
export type Place = "stream" | "server" | "account";

/** An iq of type get or set. */
export interface Request {
  readonly stanza: Stanza;
  /** The one child of the iq. */
  readonly payload: Element;
  /** The sender's full JID; "" on a stream without a resource. */
  readonly from: string;
}

/**
 * A typed key for a value that a module keeps with a session or an account. Compared by identity.
 */
export interface Slot<T> {
  readonly name: string;
  readonly type?: T;
}

/** What both kinds of process offer. */
export interface Face {
  readonly self: Process;
  readonly server: ServerFace;
  /** The user's bare JID; "" before authentication. */
  readonly bare: string;
  /**
   * Sends a stanza to the account of its `to`; it must have a `from`, too. If that can't be done
   * the error goes to the user's own session that it is from. Never waits.
   */
  route(stanza: Stanza): void;
  read<T>(slot: Slot<T>): T | undefined;
  /** Keeps a value with this process until it ends; undefined forgets it. */
  keep<T>(slot: Slot<T>, value: T | undefined): void;
}

/** A session, as modules see it. */
export interface SessionFace extends Face {
  readonly connection: Pick<Connection, "transport" | "secure" | "loopback" | "address">;
  /** The full JID; "" before binding. */
  readonly jid: string;
  /** Writes one element to the client as it is. */
  send(element: Element): void;
  /** Marks the stream as this user's. The client opens a new stream next (RFC 6120 §6.4.6). */
  authenticate(bare: string): void;
  /**
   * Binds a resource, which the server makes up if undefined, and tells the account. The session
   * that had it ends with a conflict. Returns the full JID.
   */
  bind(resource: string | undefined): Operation<string | Refusal>;
  /** Ends the stream with an error (RFC 6120 §4.9); nothing is sent after it. */
  fail(condition: StreamErrorCondition, text?: string): void;
}

/** An account, as modules see it. */
export interface AccountFace extends Face {
  /** The bound resources, in the order of binding; changing it is the account's business. */
  readonly resources: readonly Resource[];
  /** Loads the roster at first use. */
  roster(): Operation<RosterState>;
  /** As `route`, but nobody hears of a failure: for what the server sends by itself. */
  announce(stanza: Stanza): void;
  /** Sends a stanza to one of the user's own sessions. */
  deliver(resource: Resource, stanza: Stanza): void;
  /** Sets what the resource has broadcast; undefined makes it unavailable. Survives a crash. */
  setPresence(resource: Resource, presence: Stanza | undefined, priority: number): void;
  /** Notes plain data with a resource, by the module's own key. Survives a crash. */
  note(resource: Resource, key: string, value: unknown): void;
  /** Ends the user's sessions with a stream error and forgets what was read from storage. */
  close(condition: StreamErrorCondition): void;
}

/** Where the server's events go: one call per event; never passwords or what people write. */
export type XmppLog = (event: string, details: Readonly<Record<string, string | number>>) => void;

/** The server, as modules see it. Read-only. */
export interface ServerFace {
  readonly domain: string;
  readonly settings: XmppSettings;
  readonly storage: Storage;
  /** Parses and prepares JIDs. */
  readonly addresses: Addresses;
  /** 32 random bytes that outlive restarts and never leave the server. */
  readonly secret: Uint8Array;
  readonly log: XmppLog;
  /** The modules loaded now, in the order of the list. */
  readonly modules: readonly XmppModule[];
}

interface Faces {
  readonly stream: SessionFace;
  readonly server: SessionFace;
  readonly account: AccountFace;
}

/** Answers one kind of request. Made by `request`. */
export interface RequestHandler {
  readonly at: readonly Place[];
  readonly type: "get" | "set";
  readonly name: string;
  readonly xmlns: string;
  answer(request: Request, face: SessionFace | AccountFace): Work<Answer>;
}

/** Declares who answers an iq with the payload `<name xmlns='…'/>` of this type at these places. */
export function request<P extends Place>(
  at: P | readonly P[],
  type: "get" | "set",
  name: string,
  xmlns: string,
  answer: (request: Request, face: Faces[P]) => Work<Answer>,
): RequestHandler {
  const places = typeof at === "string" ? [at] : at;
  return { at: places, type, name, xmlns, answer: answer as RequestHandler["answer"] };
}

/** Handles a top-level element that is no stanza (SASL, XEP-0198 …), in the session process. */
export interface NonzaHandler {
  readonly name: string;
  readonly xmlns: string;
  handle(element: Element, session: SessionFace): Work<void>;
}

/** "taken" ends the matter: no later hook and no routing sees the stanza. */
export type Verdict = "taken" | undefined | void;

/** What a module handles. All hooks of one kind run in the order of the modules' list. */
export interface Handlers {
  readonly requests?: readonly RequestHandler[];
  readonly nonzas?: readonly NonzaHandler[];
  /** Children of `<stream:features/>` for this stream, as it stands now. */
  readonly streamFeatures?: (session: SessionFace) => readonly Element[];
  /** A message that the client sent, stamped and checked, before it leaves the session. */
  readonly messageSent?: (message: Stanza, session: SessionFace) => Work<Verdict>;
  /**
   * A presence stanza that one of the user's sessions sent, in the user's account. Directed
   * presence is on its way already; broadcasts and subscriptions are what these hooks make of them.
   */
  readonly presenceSent?: (presence: Stanza, by: Resource, account: AccountFace) => Work<void>;
  /** A presence stanza for the user's bare JID or for a resource, in the user's account. */
  readonly presenceReceived?: (presence: Stanza, account: AccountFace) => Work<void>;
  /** A message for the user, in the user's account, before it is routed to resources. */
  readonly messageReceived?: (message: Stanza, account: AccountFace) => Work<Verdict>;
  /** A message that no resource took; if no hook takes it, its type decides (RFC 6121 §8.5). */
  readonly messageUndelivered?: (message: Stanza, account: AccountFace) => Work<Verdict>;
  /** A session of the user has ended or has lost its resource; it is no longer in `resources`. */
  readonly resourceGone?: (resource: Resource, account: AccountFace) => Work<void>;
  /** The module's own processes, under the modules' supervisor, while the module is loaded. */
  readonly children?: readonly ChildSpec[];
}

/** One entity identity for service discovery (XEP-0030 §3.1). */
export interface Identity {
  readonly category: string;
  readonly type: string;
  readonly name?: string;
}

/** The declaration of a module. */
export interface XmppModule {
  /** The file's name without `.ts`. Names are unique among the loaded modules. */
  readonly name: string;
  /** `XEP-0199`, `RFC 6121`, or "" for one's own. */
  readonly spec: string;
  /** The specification's title. */
  readonly title: string;
  /** The version of the text that is implemented; the sections, for an RFC. */
  readonly version: string;
  /** Names of modules that must be loaded before this one. */
  readonly needs?: readonly string[];
  /** What service discovery reports of the server. */
  readonly features?: readonly string[];
  /** What service discovery reports of a user's account. */
  readonly accountFeatures?: readonly string[];
  readonly identities?: readonly Identity[];
  readonly accountIdentities?: readonly Identity[];
  /** The handlers, or a function that makes them once, when the module is loaded. */
  readonly handlers: Handlers | ((server: ServerFace) => Handlers);
}

/** Checks a declaration's type; returns it. */
export function defineModule<M extends XmppModule>(module: M): M {
  return module;
}
