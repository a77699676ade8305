// What all processes of one XMPP server share: settings, handlers, the way to an account. Nothing
// in it belongs to a session or an account; what changes is a cache, or the list of modules.

import type { Process } from "../runtime/index.ts";
import type { Storage } from "../storage/storage.ts";
import { type Address, Addresses } from "./addresses.ts";
import { HandlerTable, type LoadedModule, setUp } from "./handler-table.ts";
import type { AccountsMessage } from "./messages.ts";
import type { ServerFace, XmppLog, XmppModule } from "./module.ts";
import type { XmppSettings } from "./settings.ts";
import { errorOf, type Stanza } from "./stanza.ts";
import { isSubscriptionType } from "./subscription.ts";
import { FrameParser } from "./xml/frame-parser.ts";
import { defaultXmlLimits, unauthenticatedXmlLimits, type XmlLimits } from "./xml/limits.ts";
import { PidgeonError } from "../errors.ts";

export interface ContextParts {
  readonly settings: XmppSettings;
  readonly storage: Storage;
  readonly secret: Uint8Array;
  readonly log: XmppLog;
}

export class Context implements ServerFace {
  readonly settings: XmppSettings;
  readonly domain: string;
  readonly storage: Storage;
  readonly secret: Uint8Array;
  readonly log: XmppLog;
  readonly addresses = new Addresses();
  readonly parser = new FrameParser();
  readonly limits: XmlLimits;
  readonly limitsBeforeAuthentication: XmlLimits;
  /** Registered names of the server's own processes: no JID has a space in its domain. */
  readonly names: {
    readonly accounts: string;
    readonly sessions: string;
    readonly modules: string;
  };
  handlers = new HandlerTable([]);
  #loaded: readonly LoadedModule[] = [];

  constructor({ settings, storage, secret, log }: ContextParts) {
    this.settings = settings;
    this.domain = settings.domain;
    this.storage = storage;
    this.secret = secret;
    this.log = log;
    this.limits = { ...defaultXmlLimits, stanzaBytesMax: settings.frameBytes };
    this.limitsBeforeAuthentication = {
      ...unauthenticatedXmlLimits,
      stanzaBytesMax: settings.frameBytesBeforeAuthentication,
    };
    this.names = {
      accounts: `accounts of ${settings.domain}`,
      sessions: `sessions of ${settings.domain}`,
      modules: `modules of ${settings.domain}`,
    };
  }

  get modules(): readonly XmppModule[] {
    return this.#loaded.map(({ module }) => module);
  }

  /**
   * Adds a module behind the others; its handlers serve from the next stanza on.
   * @throws PidgeonError PIDGEON_XMPP_MODULE, PIDGEON_XMPP_HANDLER: then nothing has changed
   */
  load(module: XmppModule): LoadedModule {
    const added = setUp(module, this.#loaded, this);
    const loaded = [...this.#loaded, added];
    this.handlers = new HandlerTable(loaded);
    this.#loaded = loaded;
    return added;
  }

  /**
   * Takes a module away; work that it has begun goes on.
   * @throws PidgeonError PIDGEON_XMPP_MODULE if it isn't loaded or another needs it
   */
  unload(name: string): LoadedModule {
    const removed = this.#loaded.find(({ module }) => module.name === name);
    if (removed === undefined) {
      throw new PidgeonError("PIDGEON_XMPP_MODULE", { name, problem: "it isn't loaded" });
    }
    const needing = this.#loaded.find(({ module }) => module.needs?.includes(name));
    if (needing !== undefined) {
      const problem = `${needing.module.name} needs it`;
      throw new PidgeonError("PIDGEON_XMPP_MODULE", { name, problem });
    }
    this.#loaded = this.#loaded.filter((other) => other !== removed);
    this.handlers = new HandlerTable(this.#loaded);
    return removed;
  }

  /**
   * Sends a stanza to the account of its `to`, starting one if the stanza needs it. Answers with
   * the error that goes back to the sender, if there is one. O(1): the kernel's name table finds
   * accounts.
   */
  route(self: Process, stanza: Stanza): Stanza | undefined {
    const to = this.addresses.parse(stanza.to ?? "");
    if (to === undefined) return errorOf(stanza, "jid-malformed");
    return this.routeTo(self, to, stanza);
  }

  /** As `route`, for a `to` that is parsed already. */
  routeTo(self: Process, to: Address, stanza: Stanza): Stanza | undefined {
    if (to.domain !== this.domain) return errorOf(stanza, "remote-server-not-found");
    if (to.local === "") {
      // Presence to the server itself concerns nobody.
      return stanza.name === "presence" ? undefined : errorOf(stanza, "service-unavailable");
    }
    if (self.send(to.bare, stanza)) return undefined;
    if (!wakesAccount(stanza)) return undefined;
    const request: AccountsMessage = { kind: "forward", bare: to.bare, message: stanza };
    return self.send(this.names.accounts, request)
      ? undefined
      : errorOf(stanza, "internal-server-error");
  }
}

/** Whether a stanza for a user without a process needs one; the others would be dropped by it. */
function wakesAccount({ name, type }: Stanza): boolean {
  if (name === "presence") return isSubscriptionType(type);
  return type !== "error" && type !== "result";
}
