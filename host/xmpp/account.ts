// The account process: one user's resources and roster, and where stanzas for the user arrive.
// It is there while the user has a session, or while a stanza needs it, under the bare JID as its
// name.
//
// After a crash the supervisor (accounts.ts) starts a new one under the same name. It knows
// nothing; the sessions see their account die (a monitor) and present themselves with the facts
// that it gave them to keep, and the roster comes from storage. Until then it lets stanzas wait in
// its mailbox.

import { GenServer } from "../otp/index.ts";
import {
  Down, oneOf, type Operation, type Pid, type Process, receive, TIMEOUT, wait,
} from "../runtime/index.ts";
import { ask, isOperation, isStorageFailure, replyTo } from "./answer.ts";
import type { Context } from "./context.ts";
import { deliverMessage, undeliverable } from "./delivery.ts";
import { runHooks, someHookTakes } from "./hooks.ts";
import type {
  AccountMessage, AccountsMessage, BindMessage, Bound, SessionMessage,
} from "./messages.ts";
import type { AccountFace, Answer, Slot, Work } from "./module.ts";
import {
  boundFacts, type Resource, type ResourceFacts, withNote, withPresence,
} from "./resource.ts";
import { RosterState } from "./roster.ts";
import { errorOf, type Stanza } from "./stanza.ts";
import type { StanzaErrorCondition } from "./stanza-errors.ts";
import type { StreamErrorCondition } from "./stream-errors.ts";
import { firstElement } from "./xml/element.ts";

/** How long a session may take to end when another takes its resource. */
const CONFLICT_TIMEOUT_MS = 1_000;

const whileRecovering = oneOf({ kind: "attach" }, { kind: "recovered" });

/** The process. `recovering`: the one before has crashed. */
export function* accountProcess(
  self: Process,
  server: Context,
  bare: string,
  recovering: boolean,
): Operation<void> {
  if (!self.register(bare)) return;
  const started: AccountsMessage = { kind: "started", bare };
  self.send(server.names.accounts, started);
  const account = new Account(self, server, bare);
  if (recovering) yield* recover(account);
  const { accountIdleMs } = server.settings;
  for (;;) {
    const idle = account.resources.length === 0;
    // No other process runs between a receive that finds nothing and the end: no message is lost.
    const message = yield* receive<Stanza | AccountMessage | Down>(
      undefined, idle ? accountIdleMs : Infinity);
    if (message === TIMEOUT) return;
    try {
      const work = account.handle(message);
      if (isOperation(work)) yield* work;
    } catch (error) {
      yield* handOver(account);
      throw error;
    }
  }
}

/**
 * What waits in the mailbox of a process that crashes is for the next one: only one stanza is lost.
 */
function* handOver({ self, server, bare }: Account): Operation<void> {
  self.unregister(bare);
  const crashed: AccountsMessage = { kind: "crashed", bare, account: self.pid };
  self.send(server.names.accounts, crashed);
  for (;;) {
    const message = yield* receive<Stanza | AccountMessage | Down>(undefined, 0);
    if (message === TIMEOUT) return;
    // A session that has ended will not present itself.
    if (message instanceof Down) continue;
    const forward: AccountsMessage = { kind: "forward", bare, message };
    self.send(server.names.accounts, forward);
  }
}

/** Takes sessions in, nothing else, for the time that all of them need to see the crash. */
function* recover(account: Account): Operation<void> {
  const { self, server } = account;
  self.sendAfter(server.settings.accountRecoveryMs, self.pid, { kind: "recovered" });
  for (;;) {
    const message = (yield* receive(whileRecovering)) as AccountMessage;
    if (message.kind === "recovered") return;
    account.handle(message);
  }
}

class Account implements AccountFace {
  readonly self: Process;
  readonly server: Context;
  readonly bare: string;
  readonly resources: Resource[] = [];
  #roster: RosterState | undefined = undefined;
  #slots: Map<Slot<unknown>, unknown> | undefined = undefined;
  /** Storage has said that the account exists, and its sessions have not all ended since. */
  #exists = false;
  // One closure for all deliveries instead of one a message.
  #passing: Stanza | undefined = undefined;
  readonly #pass = (resource: Resource): void => {
    this.self.send(resource.pid, this.#passing);
  };

  constructor(self: Process, server: Context, bare: string) {
    this.self = self;
    this.server = server;
    this.bare = bare;
  }

  handle(message: Stanza | AccountMessage | Down): Work<void> {
    if ("name" in message) return this.#inbound(message);
    if (message instanceof Down) return this.#sessionDown(message.pid);
    switch (message.kind) {
      case "bind": return this.#bind(message);
      case "attach": return this.#attach(message.resource, message.session, message.facts);
      case "sent": return this.#sent(message.stanza);
      case "request": return this.#request(message.stanza);
      case "recovered": return;
    }
  }

  #inbound(stanza: Stanza): Work<void> {
    switch (stanza.name) {
      case "message": return this.#message(stanza);
      case "presence":
        return this.#guarded(runHooks(this.server.handlers.presenceReceived, stanza, this));
      case "iq": return this.#iq(stanza);
    }
  }

  #message(stanza: Stanza): Work<void> {
    const isHooked = this.server.handlers.messageReceived.length > 0;
    if (!isHooked) return this.#deliverMessage(stanza);
    return this.#guarded(this.#hookedMessage(stanza), stanza);
  }

  *#hookedMessage(stanza: Stanza): Operation<void> {
    if (yield* someHookTakes(this.server.handlers.messageReceived, stanza, this)) return;
    const rest = this.#deliverMessage(stanza);
    if (isOperation(rest)) yield* rest;
  }

  #deliverMessage(stanza: Stanza): Work<void> {
    this.#passing = stanza;
    const resource = this.#resourceOf(stanza);
    const delivered = deliverMessage(stanza.type, resource, this.resources, this.#pass);
    this.#passing = undefined;
    if (delivered > 0) return;
    if (this.server.handlers.messageUndelivered.length > 0) {
      return this.#guarded(this.#undelivered(stanza), stanza);
    }
    if (undeliverable(stanza.type) === "refuse") this.#refuse(stanza, "service-unavailable");
  }

  *#undelivered(stanza: Stanza): Operation<void> {
    if (yield* someHookTakes(this.server.handlers.messageUndelivered, stanza, this)) return;
    if (undeliverable(stanza.type) === "refuse") this.#refuse(stanza, "service-unavailable");
  }

  /** RFC 6121 §8.5.2.1.3, §8.5.3: to a resource, or answered here in the user's name. */
  #iq(stanza: Stanza): Work<void> {
    const name = this.#resourceOf(stanza);
    if (name === "") return this.#request(stanza);
    const resource = this.resources.find((candidate) => candidate.name === name);
    if (resource !== undefined) this.deliver(resource, stanza);
    else this.#refuse(stanza, "service-unavailable");
  }

  #request(stanza: Stanza): Work<void> {
    const { type } = stanza;
    const payload = firstElement(stanza);
    if ((type !== "get" && type !== "set") || payload === undefined) return;
    const handler = this.server.handlers.request("account", type, payload);
    if (handler === undefined) return this.#refuse(stanza, "service-unavailable");
    const answer = ask(handler, stanza, payload, this);
    if (isOperation(answer)) return this.#answering(stanza, answer);
    this.#answer(stanza, answer);
  }

  *#answering(stanza: Stanza, answer: Operation<Answer>): Operation<void> {
    this.#answer(stanza, yield* answer);
  }

  #answer(stanza: Stanza, answer: Answer): void {
    const reply = replyTo(stanza, answer);
    if (reply !== undefined) this.route(reply);
  }

  #refuse(stanza: Stanza, condition: StanzaErrorCondition): void {
    const error = errorOf(stanza, condition);
    if (error !== undefined) this.route(error);
  }

  #sent(stanza: Stanza): Work<void> {
    const by = this.resources.find(({ jid }) => jid === stanza.from);
    if (by === undefined) return;
    return this.#guarded(runHooks(this.server.handlers.presenceSent, stanza, by, this), stanza);
  }

  /** An unreachable storage costs one stanza, not the process; its sender is told. */
  #guarded(work: Work<void>, stanza?: Stanza): Work<void> {
    return isOperation(work) ? this.#guarding(work, stanza) : work;
  }

  *#guarding(work: Operation<void>, stanza: Stanza | undefined): Operation<void> {
    try {
      yield* work;
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      this.server.log("storage failed", { jid: this.bare, reason: String(error) });
      if (stanza !== undefined) this.#refuse(stanza, "internal-server-error");
    }
  }

  *#bind({ resource, session, from }: BindMessage): Operation<void> {
    const refused = yield* this.#refusalToBind(resource);
    if (refused === undefined) this.#add(resource, session, boundFacts);
    const bound: Bound = refused === undefined ? { account: this.self.pid } : { refused };
    GenServer.reply(this.self, from, bound);
  }

  /** Makes the resource free if it is another session's. */
  *#refusalToBind(resource: string): Operation<StanzaErrorCondition | undefined> {
    try {
      // It may have been removed after the stream's authentication.
      this.#exists ||= (yield* wait(this.server.storage.accounts.get(this.bare))) !== undefined;
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      return "internal-server-error";
    }
    if (!this.#exists) return "not-authorized";
    const old = this.resources.find(({ name }) => name === resource);
    if (old !== undefined) yield* this.#takeOver(old);
    const isFull = this.resources.length >= this.server.settings.resourcesPerAccount;
    return isFull ? "resource-constraint" : undefined;
  }

  /** RFC 6120 §7.7.2.2: the newer session wins, the older one gets a stream error. */
  *#takeOver(old: Resource): Operation<void> {
    this.#end(old, "conflict");
    const ended = (message: unknown) => message instanceof Down && message.pid === old.pid;
    // Its name must be free before another session can have it.
    if ((yield* receive(ended, CONFLICT_TIMEOUT_MS)) === TIMEOUT) {
      this.self.exit(old.pid, "kill");
      yield* receive(ended);
    }
    yield* this.#guarding(this.#gone(old), undefined);
  }

  #attach(name: string, session: Pid, facts: ResourceFacts): void {
    if (this.resources.some(({ pid }) => pid === session)) return;
    this.#add(name, session, facts);
    const attached: SessionMessage = { kind: "attached", account: this.self.pid };
    this.self.send(session, attached);
  }

  #add(name: string, pid: Pid, facts: ResourceFacts): void {
    this.self.monitor(pid);
    this.resources.push({ jid: `${this.bare}/${name}`, name, pid, facts });
  }

  #sessionDown(pid: Pid): Work<void> {
    const resource = this.resources.find((candidate) => candidate.pid === pid);
    if (resource !== undefined) return this.#guarded(this.#gone(resource));
  }

  *#gone(resource: Resource): Operation<void> {
    this.resources.splice(this.resources.indexOf(resource), 1);
    if (this.resources.length === 0) this.#exists = false;
    const work = runHooks(this.server.handlers.resourceGone, resource, this);
    if (isOperation(work)) yield* work;
  }

  *roster(): Operation<RosterState> {
    this.#roster ??= yield* RosterState.load(this.server.storage, this.bare);
    return this.#roster;
  }

  route(stanza: Stanza): void {
    // To an own session directly: it must not come behind what is delivered after it.
    if (this.#deliverToOwn(stanza)) return;
    const bounced = this.server.route(this.self, stanza);
    if (bounced !== undefined) this.#deliverToOwn(bounced);
  }

  #deliverToOwn(stanza: Stanza): boolean {
    const resource = this.resources.find(({ jid }) => jid === stanza.to);
    if (resource !== undefined) this.deliver(resource, stanza);
    return resource !== undefined;
  }

  announce(stanza: Stanza): void {
    this.server.route(this.self, stanza);
  }

  deliver(resource: Resource, stanza: Stanza): void {
    this.self.send(resource.pid, stanza);
  }

  setPresence(resource: Resource, presence: Stanza | undefined, priority: number): void {
    this.#setFacts(resource, withPresence(resource.facts, presence, priority));
  }

  note(resource: Resource, key: string, value: unknown): void {
    this.#setFacts(resource, withNote(resource.facts, key, value));
  }

  #setFacts(resource: Resource, facts: ResourceFacts): void {
    resource.facts = facts;
    const message: SessionMessage = { kind: "facts", facts };
    this.self.send(resource.pid, message);
  }

  close(condition: StreamErrorCondition): void {
    this.#roster = undefined;
    this.#exists = false;
    for (const resource of this.resources) this.#end(resource, condition);
  }

  #end({ pid }: Resource, condition: StreamErrorCondition): void {
    const end: SessionMessage = { kind: "end", condition };
    this.self.send(pid, end);
  }

  read<T>(slot: Slot<T>): T | undefined {
    return this.#slots?.get(slot) as T | undefined;
  }

  keep<T>(slot: Slot<T>, value: T | undefined): void {
    if (value === undefined) this.#slots?.delete(slot);
    else (this.#slots ??= new Map()).set(slot, value);
  }

  #resourceOf({ to }: Stanza): string {
    return this.server.addresses.parse(to ?? "")?.resource ?? "";
  }
}
