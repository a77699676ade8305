// RFC 6120 §7: resource binding, and RFC 3921 §3's session establishment for old clients

import {
  defineModule, Refusal, refuse, type Request, request, type SessionFace,
} from "../module.ts";
import { childNamed, element, textOf } from "../xml/element.ts";

const BIND = "urn:ietf:params:xml:ns:xmpp-bind";
const SESSION = "urn:ietf:params:xml:ns:xmpp-session";

export const binding = defineModule({
  name: "rfc6120-binding",
  spec: "RFC 6120",
  title: "XMPP Core: resource binding",
  version: "§7",
  handlers: {
    streamFeatures: (session) => session.bare === "" ? [] : [
      element("bind", BIND),
      // Says that the request is not needed: clients that know this save a round trip.
      element("session", SESSION, undefined, [element("optional", SESSION)]),
    ],
    requests: [
      request("stream", "set", "bind", BIND, bind),
      // §7.7.2: one stream has one resource.
      request("server", "set", "bind", BIND, () => refuse("not-allowed")),
      request("account", "set", "bind", BIND, () => refuse("not-allowed")),
      request(["server", "account"], "set", "session", SESSION, () => undefined),
    ],
  },
});

function* bind({ payload }: Request, session: SessionFace) {
  if (session.bare === "") {
    session.fail("not-authorized");
    return "none" as const;
  }
  const resource = childNamed(payload, "resource");
  const bound = yield* session.bind(resource && textOf(resource));
  if (bound instanceof Refusal) return bound;
  return element("bind", BIND, undefined, [element("jid", BIND, undefined, [bound])]);
}
