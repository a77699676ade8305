// Passwords as salted keys, so that a stolen database holds no password (RFC 5802 §3, RFC 7677).
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { preparePassword } from "./passwords.ts";

export type SaltedHash = "SHA-1" | "SHA-256";

/** A password's keys for one hash; plain data, byte strings in base64. */
export interface Credential {
  readonly hash: SaltedHash;
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

export const ITERATIONS_DEFAULT = 10_000;
/** RFC 5802 §5.1: a smaller count is too weak. */
const ITERATIONS_MIN = 4_096;
const SALT_BYTES = 16;

/** Node's name of a hash, and the bytes of its result. */
const HASHES = Object.freeze({
  "SHA-1": { algorithm: "sha1", bytes: 20 },
  "SHA-256": { algorithm: "sha256", bytes: 32 },
} as const);

/**
 * The keys of a new password for every hash, each with its own random salt; undefined if the
 * password is empty or has forbidden characters. PBKDF2 runs off the main thread.
 */
export async function makeCredentials(
  password: string,
  options: { readonly iterations?: number } = {},
): Promise<readonly Credential[] | undefined> {
  const prepared = preparePassword(password);
  if (prepared === undefined) return undefined;
  const iterations = Math.max(options.iterations ?? ITERATIONS_DEFAULT, ITERATIONS_MIN);
  return Promise.all(
    (["SHA-256", "SHA-1"] as const).map((hash) =>
      deriveCredential(hash, prepared, randomBytes(SALT_BYTES).toString("base64"), iterations),
    ),
  );
}

/** A prepared password's keys with a given salt. */
export async function deriveCredential(
  hash: SaltedHash,
  prepared: string,
  salt: string,
  iterations: number,
): Promise<Credential> {
  const salted = await saltPassword(hash, prepared, salt, iterations);
  const clientKey = hmac(hash, salted, "Client Key");
  return {
    hash,
    salt,
    iterations,
    storedKey: digest(hash, clientKey).toString("base64"),
    serverKey: hmac(hash, salted, "Server Key").toString("base64"),
  };
}

/** Whether a prepared password is the credential's. The work depends on the iterations only. */
export async function isPasswordOf(credential: Credential, prepared: string): Promise<boolean> {
  const { hash, salt, iterations, storedKey } = credential;
  const salted = await saltPassword(hash, prepared, salt, iterations);
  return isSame(digest(hash, hmac(hash, salted, "Client Key")), Buffer.from(storedKey, "base64"));
}

/**
 * What a user who does not exist seems to have: always the same salt, as for a real one, and keys
 * that no password has.
 */
export function fakeCredential(
  hash: SaltedHash,
  username: string,
  secret: Uint8Array,
  iterations: number,
): Credential {
  const derive = (purpose: string): Buffer =>
    createHmac("sha256", secret).update(`${purpose}\0${hash}\0${username}`).digest();
  const { bytes } = HASHES[hash];
  return {
    hash,
    salt: derive("salt").subarray(0, SALT_BYTES).toString("base64"),
    iterations,
    storedKey: derive("stored key").subarray(0, bytes).toString("base64"),
    serverKey: derive("server key").subarray(0, bytes).toString("base64"),
  };
}

/** HMAC of a text or bytes (RFC 5802 §2.2). */
export function hmac(hash: SaltedHash, key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac(HASHES[hash].algorithm, key).update(data).digest();
}

export function digest(hash: SaltedHash, data: Uint8Array): Buffer {
  return createHash(HASHES[hash].algorithm).update(data).digest();
}

/** Compares in a time that does not depend on where the bytes differ. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** PBKDF2 on libuv's thread pool. */
function saltPassword(
  hash: SaltedHash,
  prepared: string,
  salt: string,
  iterations: number,
): Promise<Buffer> {
  const { algorithm, bytes } = HASHES[hash];
  return new Promise((resolve, reject) => {
    pbkdf2(prepared, Buffer.from(salt, "base64"), iterations, bytes, algorithm, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
