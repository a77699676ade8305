// The accounts' supervisor: starts account processes when something is for them and again after a crash.
//
// Not an OTP Supervisor: a child costs it one entry in a Map, and restarts have no common intensity, so
// that no user's crashes can end it: a crashed account has lost the stanza that it died of, and starts
// again once for each crash. When the supervisor ends, its links end the accounts, which hold
// nothing that is not stored.

import {
  type CallResult, type CastResult, type ChildSpec, GenServer, type GenServerModule, noreply, ok,
} from "../otp/index.ts";
import {
  Exit, type From, isOrderly, type Pid, type Process,
} from "../runtime/index.ts";
import { accountProcess } from "./account.ts";
import type { Context } from "./context.ts";
import type { AccountMessage, AccountsMessage, BindRequest } from "./messages.ts";

interface Accounts {
  readonly server: Context;
  readonly children: Map<Pid, string>;
  /** Started, but perhaps not registered yet: until its first turn only we know it. */
  readonly starting: Map<string, Pid>;
}

/** The child specification for the server's root supervisor. */
export function accountsSpec(server: Context): ChildSpec {
  return GenServer.spec(accountsSupervisor, server, { id: "accounts", name: server.names.accounts });
}

const accountsSupervisor: GenServerModule<Accounts, Context> = {
  name: "xmpp accounts",

  init(server, self) {
    self.trapExit = true;
    return ok({ server, children: new Map(), starting: new Map() });
  },

  /** Only for `bind`: the account answers the caller. */
  handleCall(
    { bare, resource, session }: BindRequest, from: From, state, self,
  ): CallResult<Accounts> {
    const bind: AccountMessage = { kind: "bind", resource, session, from };
    self.send(accountOf(state, self, bare), bind);
    return noreply(state);
  },

  handleInfo(message: AccountsMessage | Exit, state, self): CastResult<Accounts> {
    if (message instanceof Exit) ended(message, state, self);
    else if (message.kind === "crashed") crashed(message.bare, message.account, state, self);
    else self.send(accountOf(state, self, message.bare), message.message);
    return noreply(state);
  },
};

function accountOf(state: Accounts, self: Process, bare: string): Pid {
  const registered = self.whereis(bare);
  if (registered !== undefined) {
    state.starting.delete(bare);
    return registered;
  }
  return state.starting.get(bare) ?? startAccount(state, self, bare, false);
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
  state.children.delete(from);
  if (state.starting.get(bare) === from) state.starting.delete(bare);
  if (!isOrderly(reason)) restart(bare, state, self);
}

/** The account has lived to say so; its exit comes later and is of no child then. */
function crashed(bare: string, account: Pid, state: Accounts, self: Process): void {
  state.children.delete(account);
  restart(bare, state, self);
}

function restart(bare: string, state: Accounts, self: Process): void {
  state.server.log("account crashed", { jid: bare });
  startAccount(state, self, bare, true);
}
