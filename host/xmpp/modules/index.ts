// All modules, in the order in which they are loaded and their hooks run: the only wiring there is.

import type { XmppModule } from "../module.ts";
import { binding } from "./rfc6120-binding.ts";
import { sasl } from "./rfc6120-sasl.ts";
import { presence } from "./rfc6121-presence.ts";
import { roster } from "./rfc6121-roster.ts";
import { subscriptions } from "./rfc6121-subscriptions.ts";
import { serviceDiscovery } from "./xep-0030-service-discovery.ts";
import { registration } from "./xep-0077-registration.ts";
import { ping } from "./xep-0199-ping.ts";

export const modules: readonly XmppModule[] = [
  sasl,
  binding,
  roster,
  // Before presence: a resource that becomes available is not available yet when this looks.
  subscriptions,
  presence,
  serviceDiscovery,
  registration,
  ping,
];
