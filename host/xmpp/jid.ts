// Addresses: RFC 7622, prepared for comparison.

/** A prepared address. A part that is absent is "". */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** A part of an address may have at most so many UTF-8 bytes after preparation (RFC 7622 §3.1). */
export const JID_PART_BYTES_MAX = 1_023;

/** Parses and prepares an address; undefined if it is not one. */
export function parseJid(text: string): Jid | undefined {
  throw new Error(text);
}

/** Prepares a local part (a user's name); undefined if it is not valid. "" is not valid. */
export function prepareLocal(text: string): string | undefined {
  throw new Error(text);
}

/** Prepares a domain part; undefined if it is not valid. */
export function prepareDomain(text: string): string | undefined {
  throw new Error(text);
}

/** Prepares a resource part; undefined if it is not valid. "" is not valid. */
export function prepareResource(text: string): string | undefined {
  throw new Error(text);
}

/** `local@domain/resource`. */
export function formatJid(jid: Jid): string {
  throw new Error(jid.domain);
}

/** `local@domain` of a parsed address. */
export function bareJid(jid: Jid): string {
  throw new Error(jid.domain);
}

/** The bare form of a *prepared* address in text form: what stands before the first "/". O(n). */
export function bareOf(text: string): string {
  throw new Error(text);
}

/** The resource of a *prepared* address in text form, "" if there is none. */
export function resourceOf(text: string): string {
  throw new Error(text);
}

/** Remembers parsed addresses, at most `entriesMax` at a time; belongs to a server, not a module. */
export class JidCache {
  constructor(entriesMax?: number) {
    throw new Error(String(entriesMax));
  }

  /** As `parseJid`. The answers are shared, frozen objects. */
  parse(text: string): Jid | undefined {
    return parseJid(text);
  }
}
