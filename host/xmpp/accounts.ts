// The accounts' supervisor: starts account processes when something is for them and again after a
// crash.
//
// Not an OTP Supervisor: a child costs it one entry in a Map, and restarts have no common
// intensity, so that no user's crashes can end it: a crashed account has lost the stanza that it
// died of, and starts again once for each crash. When the supervisor ends, its links end the
// accounts, which hold nothing that is not stored.

import {
  type CallResult, type CastResult, type ChildSpec, GenServer, type GenServerModule, noreply, ok,
  reply,
} from "../otp/index.ts";
import {
  Exit, type From, isOrderly, type Pid, type Process,
} from "../runtime/index.ts";
import { accountProcess } from "./account.ts";
import type { Context } from "./context.ts";
import { accountsMax, wokenAccountsMax } from "./capacity.ts";
import type { AccountMessage, AccountsMessage, BindRequest, Bound } from "./messages.ts";
import { errorOf, type Stanza } from "./stanza.ts";

interface Accounts {
  readonly server: Context;
  readonly children: Map<Pid, string>;
  /**
   * Those that a stanza has started and no session has used. They have a share of their own:
   * whoever writes to many names must not keep others from logging in.
   */
  readonly woken: Set<Pid>;
  /** Started, but not registered yet: until its first turn only we know it. */
  readonly starting: Map<string, Pid>;
}

/** The child specification for the server's root supervisor. */
export function accountsSpec(server: Context): ChildSpec {
  const { accounts } = server.names;
  return GenServer.spec(accountsSupervisor, server, { id: "accounts", name: accounts });
}

const accountsSupervisor: GenServerModule<Accounts, Context> = {
  name: "xmpp accounts",

  init(server, self) {
    self.trapExit = true;
    return ok({ server, children: new Map(), woken: new Set(), starting: new Map() });
  },

  /** Only for `bind`: the account answers the caller. */
  handleCall(
    { bare, resource, session }: BindRequest, from: From, state, self,
  ): CallResult<Accounts> {
    const account = accountOf(state, self, bare, "session");
    const refused: Bound = { refused: "resource-constraint" };
    if (account === undefined) return reply(refused, state);
    const bind: AccountMessage = { kind: "bind", resource, session, from };
    self.send(account, bind);
    return noreply(state);
  },

  handleInfo(message: AccountsMessage | Exit, state, self): CastResult<Accounts> {
    if (message instanceof Exit) ended(message, state, self);
    else if (message.kind === "started") state.starting.delete(message.bare);
    else if (message.kind === "crashed") crashed(message.bare, message.account, state, self);
    else forward(message.bare, message.message, state, self);
    return noreply(state);
  },
};

function forward(
  bare: string, message: Stanza | AccountMessage, state: Accounts, self: Process,
): void {
  // What is not a stanza comes from one of the user's own sessions.
  const account = accountOf(state, self, bare, "name" in message ? "stanza" : "session");
  if (account !== undefined) self.send(account, message);
  else if ("name" in message) bounce(message, state, self);
}

/** No room for another account process: the sender may try again. */
function bounce(stanza: Stanza, { server }: Accounts, self: Process): void {
  const error = errorOf(stanza, "resource-constraint");
  const bare = server.addresses.parse(error?.to ?? "")?.bare;
  // Only to a sender who is there: this process must not forward to itself.
  if (error !== undefined && bare !== undefined) self.send(bare, error);
}

/** Undefined if there are too many. */
function accountOf(
  state: Accounts, self: Process, bare: string, by: "session" | "stanza",
): Pid | undefined {
  const known = self.whereis(bare) ?? state.starting.get(bare);
  if (known === undefined && !hasRoom(state, by)) return undefined;
  const account = known ?? startAccount(state, self, bare, false);
  if (by === "session") state.woken.delete(account);
  else if (known === undefined) state.woken.add(account);
  return account;
}

function hasRoom({ server, children, woken }: Accounts, by: "session" | "stanza"): boolean {
  const { connectionsMax } = server.settings;
  return children.size < accountsMax(connectionsMax) &&
    (by === "session" || woken.size < wokenAccountsMax(connectionsMax));
}

function startAccount(state: Accounts, self: Process, bare: string, recovering: boolean): Pid {
  const pid = self.spawnLink(accountProcess, state.server, bare, recovering);
  state.children.set(pid, bare);
  state.starting.set(bare, pid);
  return pid;
}

function ended({ from, reason }: Exit, state: Accounts, self: Process): void {
  const bare = state.children.get(from);
  if (bare === undefined) return;
  if (state.starting.get(bare) === from) state.starting.delete(bare);
  if (isOrderly(reason)) forget(from, state);
  else restart(bare, from, state, self);
}

/** The account has lived to say so; its exit comes later and is of no child then. */
function crashed(bare: string, account: Pid, state: Accounts, self: Process): void {
  restart(bare, account, state, self);
}

function restart(bare: string, crashed: Pid, state: Accounts, self: Process): void {
  state.server.log("account crashed", { jid: bare });
  const wasWoken = forget(crashed, state);
  const account = startAccount(state, self, bare, true);
  if (wasWoken) state.woken.add(account);
}

/** Answers whether a stanza had started it. */
function forget(account: Pid, { children, woken }: Accounts): boolean {
  children.delete(account);
  return woken.delete(account);
}
