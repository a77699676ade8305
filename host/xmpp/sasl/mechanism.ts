// What the server side of every SASL mechanism has in common.
import type { Credential, SaltedHash } from "./credentials.ts";

/** RFC 6120 §6.5's failure conditions. */
export type SaslCondition =
  | "aborted"
  | "account-disabled"
  | "credentials-expired"
  | "encryption-required"
  | "incorrect-encoding"
  | "invalid-authzid"
  | "invalid-mechanism"
  | "malformed-request"
  | "mechanism-too-weak"
  | "not-authorized"
  | "temporary-auth-failure";

/** What the server does next. Data are base64, ready for the wire; undefined means none. */
export type SaslStep =
  | { readonly kind: "challenge"; readonly data: string }
  | { readonly kind: "success"; readonly username: string; readonly data: string | undefined }
  | { readonly kind: "failure"; readonly condition: SaslCondition };

/** One attempt to authenticate. After success or failure it is over. */
export interface SaslExchange {
  readonly mechanism: SaslMechanism;
  /**
   * Takes the client's next data: base64 as received, undefined if `<auth/>` had none ("=" is empty
   * data). Never rejects but for a failing lookup. One call at a time.
   */
  next(data: string | undefined): Promise<SaslStep>;
}

/** The mechanisms that we have, best first. */
export const saslMechanisms = Object.freeze(["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] as const);
export type SaslMechanism = (typeof saslMechanisms)[number];

/** What the mechanisms need from the server that they run in. */
export interface SaslContext {
  /** The domain that the stream addresses: users are `name@domain`. */
  readonly domain: string;
  /** The stored credentials of a prepared user name; undefined if there is no such account. */
  readonly lookup: (username: string) => Promise<readonly Credential[] | undefined>;
  /** At least 16 secret random bytes that outlive restarts: salts of users who don't exist. */
  readonly secret: Uint8Array;
  /** Iterations shown for users who don't exist: what new accounts get. */
  readonly iterations?: number;
  /** The server's part of a SCRAM nonce; printable, no commas. Random unless a test gives it. */
  readonly nonce?: () => string;
}

export type { SaltedHash };
