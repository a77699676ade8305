// What the server side of every SASL mechanism has in common.
import { isUtf8 } from "node:buffer";
import { bareJid, parseJid, prepareLocal } from "../jid.ts";
import {
  type Credential,
  ITERATIONS_DEFAULT,
  type SaltedHash,
  fakeCredential,
} from "./credentials.ts";

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

/** What the server does next. Data are base64 for the wire ("" = empty); undefined is none. */
export type SaslStep =
  | { readonly kind: "challenge"; readonly data: string }
  | { readonly kind: "success"; readonly username: string; readonly data: string | undefined }
  | { readonly kind: "failure"; readonly condition: SaslCondition };

/** One attempt to authenticate. After success or failure it is over. */
export interface SaslExchange {
  readonly mechanism: SaslMechanism;
  /**
   * Takes the client's next data: base64 as received, undefined if `<auth/>` had none ("=" is empty
   * data). One call at a time. Rejects only if the lookup does (`temporary-auth-failure`).
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

export function failure(condition: SaslCondition): SaslStep {
  return { kind: "failure", condition };
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A client's message as text, or why it is none. "=" stands for no bytes (RFC 6120 §6.4.2). */
export function decodeMessage(data: string): { readonly text: string } | SaslStep {
  if (data === "=") return { text: "" };
  if (!BASE64.test(data)) return failure("incorrect-encoding");
  const bytes = Buffer.from(data, "base64");
  return isUtf8(bytes) ? { text: bytes.toString() } : failure("malformed-request");
}

export function encodeMessage(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Who wants to come in. A name that cannot be one is kept as it is: nobody has it. */
export function prepareUsername(text: string): string {
  return prepareLocal(text) ?? text;
}

/**
 * Whether a user may act as `authzid`: only as nobody else (RFC 6120 §6.3.8). Empty means as
 * oneself; some clients send the bare address, some the name only.
 */
export function mayActAs(authzid: string, username: string, domain: string): boolean {
  if (authzid === "" || prepareLocal(authzid) === username) return true;
  const jid = parseJid(authzid);
  return jid !== undefined && jid.resource === "" && bareJid(jid) === `${username}@${domain}`;
}

/**
 * The user's credential for a hash; for a user who does not exist one that looks alike and that no
 * password fits.
 */
export async function credentialFor(
  username: string,
  hash: SaltedHash,
  context: SaslContext,
): Promise<Credential> {
  const found = (await context.lookup(username))?.find((credential) => credential.hash === hash);
  const iterations = context.iterations ?? ITERATIONS_DEFAULT;
  const fake = fakeCredential(hash, username, context.secret, iterations);
  return found ?? fake;
}
