// The settings of one XMPP server, with their defaults. Times are milliseconds, sizes bytes.

import { PidgeonError } from "../errors.ts";
import { parseJid } from "./jid.ts";

/** How the server behaves; fixed while it runs. */
export interface XmppSettings {
  /** The one domain that the server answers for. */
  readonly domain: string;
  /**
   * Connections at once; the next is closed with resource-constraint. The runtime must be started
   * with `kernelLimits` of it (capacity.ts) if it is more than the default.
   */
  readonly connectionsMax: number;
  /** In-band registration (XEP-0077) before authentication. */
  readonly registration: boolean;
  /**
   * Registrations that one address may try per `registrationPeriodMs`, whether they succeed or not;
   * Infinity for no limit. Requests that are malformed are not counted.
   */
  readonly registrationsPerAddress: number;
  readonly registrationPeriodMs: number;
  /** Time from the connection to a bound resource, before the stream ends. */
  readonly authenticationTimeoutMs: number;
  /** Failed attempts after which a stream ends (RFC 6120 §6.4.5: 2 to 5). */
  readonly authenticationFailuresMax: number;
  /**
   * Rounds of PBKDF2 for new passwords; both SCRAM hashes are made. An unknown user is shown this
   * number: after a change it tells unknown users from accounts whose passwords are older.
   */
  readonly scramIterations: number;
  /** A frame's size limit before and after authentication. */
  readonly frameBytesBeforeAuthentication: number;
  readonly frameBytes: number;
  /** Sessions of one account; the next bind is refused with resource-constraint. */
  readonly resourcesPerAccount: number;
  /** Items of one roster; the next is refused with not-allowed. */
  readonly rosterItemsMax: number;
  /** How long an account process without a session stays. */
  readonly accountIdleMs: number;
  /** How long a restarted account waits for its sessions before it handles stanzas. */
  readonly accountRecoveryMs: number;
  /** Time for the sessions to close when the server stops. */
  readonly shutdownMs: number;
}

const defaults: XmppSettings = {
  domain: "localhost",
  connectionsMax: 20_000,
  registration: true,
  registrationsPerAddress: 5,
  registrationPeriodMs: 60_000,
  authenticationTimeoutMs: 30_000,
  authenticationFailuresMax: 5,
  scramIterations: 10_000,
  frameBytesBeforeAuthentication: 65_536,
  frameBytes: 262_144,
  resourcesPerAccount: 64,
  rosterItemsMax: 10_000,
  accountIdleMs: 10_000,
  accountRecoveryMs: 100,
  shutdownMs: 3_000,
};

/**
 * Completes settings with the defaults.
 * @throws PidgeonError PIDGEON_XMPP_DOMAIN if the domain is not the domain part of a JID
 */
export function completeSettings(given: Partial<XmppSettings>): XmppSettings {
  const domain = given.domain ?? defaults.domain;
  const jid = parseJid(domain);
  if (jid === undefined || jid.local !== "" || jid.resource !== "") {
    throw new PidgeonError("PIDGEON_XMPP_DOMAIN", { domain });
  }
  return Object.freeze({ ...defaults, ...given, domain: jid.domain });
}
