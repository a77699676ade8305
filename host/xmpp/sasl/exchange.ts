// Starts the server side of a SASL mechanism by its name.
import type { SaslContext, SaslExchange, SaslMechanism } from "./mechanism.ts";

/**
 * The exchange of a mechanism, undefined if it is not one of `offered` (`invalid-mechanism`). What is
 * offered is the caller's decision: PLAIN only over TLS or unproxied loopback.
 */
export function startExchange(
  name: string,
  context: SaslContext,
  offered: readonly SaslMechanism[],
): SaslExchange | undefined {
  throw new Error(name + context.domain + offered.length);
}
