// The messages between the server's processes. Stanzas travel as themselves: they have a `name`,
// all others a `kind`.

import type { From, Pid } from "../runtime/index.ts";
import type { ResourceFacts } from "./resource.ts";
import type { Stanza } from "./stanza.ts";
import type { StanzaErrorCondition } from "./stanza-errors.ts";
import type { StreamErrorCondition } from "./stream-errors.ts";

/** To a session. A string is a frame from the client, a stanza goes to the client. */
export type SessionMessage =
  | { readonly kind: "start" }
  | { readonly kind: "closed" }
  | { readonly kind: "authentication-timeout" }
  | { readonly kind: "end"; readonly condition: StreamErrorCondition; readonly text?: string }
  /** From the account: what to hand back to the next account process after a crash. */
  | { readonly kind: "facts"; readonly facts: ResourceFacts }
  /** From itself: the accounts' supervisor was not there. */
  | { readonly kind: "retry"; readonly message: AccountsMessage }
  /** From the account that has taken an `attach`. */
  | { readonly kind: "attached"; readonly account: Pid };

/** A session asks for a resource; the answer is a `Bound` to `from`. */
export interface BindMessage {
  readonly kind: "bind";
  readonly resource: string;
  readonly session: Pid;
  readonly from: From;
}

export type Bound =
  | { readonly account: Pid }
  | { readonly refused: StanzaErrorCondition };

/** To an account. A stanza is for the user (or for one of the resources). */
export type AccountMessage =
  | BindMessage
  /** A session whose account process has crashed presents itself to the new one. */
  | {
    readonly kind: "attach";
    readonly resource: string;
    readonly session: Pid;
    readonly facts: ResourceFacts;
  }
  /** A presence stanza that one of the user's sessions sends, stamped with its full JID. */
  | { readonly kind: "sent"; readonly stanza: Stanza }
  /** A request of the user's own to the server that the account shall answer. */
  | { readonly kind: "request"; readonly stanza: Stanza }
  | { readonly kind: "recovered" };

/** To the accounts' supervisor. */
export type AccountsMessage =
  /** A message for an account that may have to be started. */
  | {
    readonly kind: "forward";
    readonly bare: string;
    readonly message: Stanza | AccountMessage;
  }
  /** An account has its name now. */
  | { readonly kind: "started"; readonly bare: string }
  /** An account's last breath; it forwards what waits in its mailbox next. */
  | { readonly kind: "crashed"; readonly bare: string; readonly account: Pid };

/** A call to the accounts' supervisor; the account answers it with a `Bound`. */
export interface BindRequest {
  readonly bare: string;
  readonly resource: string;
  readonly session: Pid;
}
