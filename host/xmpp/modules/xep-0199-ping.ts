// XEP-0199: XMPP Ping, 2.0.1

import { defineModule, request } from "../module.ts";

const PING = "urn:xmpp:ping";

export const ping = defineModule({
  name: "xep-0199-ping",
  spec: "XEP-0199",
  title: "XMPP Ping",
  version: "2.0.1",
  features: [PING],
  accountFeatures: [PING],
  handlers: { requests: [request(["server", "account"], "get", "ping", PING, () => undefined)] },
});
