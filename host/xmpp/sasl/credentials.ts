// Passwords as salted keys, so that a stolen database holds no password (RFC 5802 §3, RFC 7677).

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
export const ITERATIONS_MIN = 4_096;

/**
 * The keys of a new password for every hash, each with its own random salt; undefined if the password
 * is empty or has forbidden characters. PBKDF2 runs off the main thread.
 */
export async function makeCredentials(
  password: string,
  options: { readonly iterations?: number } = {},
): Promise<readonly Credential[] | undefined> {
  throw new Error(password + options.iterations);
}
