// The handlers of all loaded modules, arranged for look-up. A table is never changed: loading or
// unloading a module makes a new one.

import { PidgeonError } from "../errors.ts";
import type {
  Handlers, NonzaHandler, Place, RequestHandler, SessionFace, ServerFace, XmppModule,
} from "./module.ts";
import type { Element } from "./xml/element.ts";

/** A loaded module with the handlers that its set-up has made. */
export interface LoadedModule {
  readonly module: XmppModule;
  readonly handlers: Handlers;
}

type Hook<K extends keyof Handlers> = NonNullable<Handlers[K]>;

/** Who handles what. Hooks are in the order of the modules' list. */
export class HandlerTable {
  readonly messageSent: readonly Hook<"messageSent">[];
  readonly presenceSent: readonly Hook<"presenceSent">[];
  readonly presenceReceived: readonly Hook<"presenceReceived">[];
  readonly messageReceived: readonly Hook<"messageReceived">[];
  readonly messageUndelivered: readonly Hook<"messageUndelivered">[];
  readonly resourceGone: readonly Hook<"resourceGone">[];
  readonly #streamFeatures: readonly Hook<"streamFeatures">[];
  readonly #requests = new Map<string, RequestHandler>();
  readonly #nonzas = new Map<string, NonzaHandler>();

  /** Throws PIDGEON_XMPP_HANDLER if two modules want to answer the same. */
  constructor(loaded: readonly LoadedModule[]) {
    this.messageSent = hooks(loaded, "messageSent");
    this.presenceSent = hooks(loaded, "presenceSent");
    this.presenceReceived = hooks(loaded, "presenceReceived");
    this.messageReceived = hooks(loaded, "messageReceived");
    this.messageUndelivered = hooks(loaded, "messageUndelivered");
    this.resourceGone = hooks(loaded, "resourceGone");
    this.#streamFeatures = hooks(loaded, "streamFeatures");
    for (const { module, handlers } of loaded) {
      for (const handler of handlers.requests ?? []) {
        for (const place of handler.at) {
          add(this.#requests, requestKey(place, handler.type, handler), handler, module);
        }
      }
      for (const handler of handlers.nonzas ?? []) {
        add(this.#nonzas, `${handler.xmlns} ${handler.name}`, handler, module);
      }
    }
  }

  /** Who answers an iq of this type with this payload at this place. */
  request(place: Place, type: "get" | "set", payload: Element): RequestHandler | undefined {
    return this.#requests.get(requestKey(place, type, payload));
  }

  /** Who handles a top-level element that is no stanza. */
  nonza(element: Element): NonzaHandler | undefined {
    return this.#nonzas.get(`${element.xmlns} ${element.name}`);
  }

  /** The children of `<stream:features/>` for a session. */
  streamFeatures(session: SessionFace): Element[] {
    return this.#streamFeatures.flatMap((features) => features(session));
  }
}

function requestKey(
  place: Place,
  type: "get" | "set",
  payload: { readonly name: string; readonly xmlns: string },
): string {
  return `${place} ${type} ${payload.xmlns} ${payload.name}`;
}

function hooks<K extends keyof Handlers>(loaded: readonly LoadedModule[], kind: K): Hook<K>[] {
  return loaded.flatMap(({ handlers }) => {
    const hook = handlers[kind];
    return hook === undefined ? [] : [hook as Hook<K>];
  });
}

function add<H>(handlers: Map<string, H>, key: string, handler: H, module: XmppModule): void {
  if (handlers.has(key)) throw new PidgeonError("PIDGEON_XMPP_HANDLER", { key, name: module.name });
  handlers.set(key, handler);
}

/**
 * Sets a module up. What it needs must be among the modules that are loaded.
 * @throws PidgeonError PIDGEON_XMPP_MODULE
 */
export function setUp(
  module: XmppModule,
  loaded: readonly LoadedModule[],
  server: ServerFace,
): LoadedModule {
  const names = new Set(loaded.map((other) => other.module.name));
  const { name } = module;
  if (names.has(name)) {
    throw new PidgeonError("PIDGEON_XMPP_MODULE", { name, problem: "it is loaded already" });
  }
  const missing = (module.needs ?? []).find((needed) => !names.has(needed));
  if (missing !== undefined) {
    throw new PidgeonError("PIDGEON_XMPP_MODULE", { name, problem: `it needs ${missing}` });
  }
  const { handlers } = module;
  return { module, handlers: typeof handlers === "function" ? handlers(server) : handlers };
}
