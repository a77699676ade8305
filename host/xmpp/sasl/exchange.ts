// Starts the server side of a SASL mechanism by its name.
import type { SaslContext, SaslExchange, SaslMechanism } from "./mechanism.ts";
import { PlainExchange } from "./plain.ts";
import { ScramExchange } from "./scram.ts";

/**
 * The exchange of a mechanism, undefined if it is not one of `offered` (`invalid-mechanism`). What
 * is offered is the caller's decision: PLAIN only over TLS or unproxied loopback. How many attempts
 * a stream has is the caller's decision too (RFC 6120 §6.4.5: two to five).
 */
export function startExchange(
  name: string,
  context: SaslContext,
  offered: readonly SaslMechanism[],
): SaslExchange | undefined {
  const mechanism = offered.find((offer) => offer === name);
  switch (mechanism) {
    case "SCRAM-SHA-256":
      return new ScramExchange("SHA-256", context);
    case "SCRAM-SHA-1":
      return new ScramExchange("SHA-1", context);
    case "PLAIN":
      return new PlainExchange(context);
    default:
      return undefined;
  }
}
