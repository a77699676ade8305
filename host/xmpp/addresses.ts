// Addresses in text form, prepared once and remembered: every stanza needs its `to` in three forms.

import { bareJid, formatJid, parseJid } from "./jid.ts";

/** A prepared JID and the strings that routing asks for. */
export interface Address {
  /** The whole, prepared. */
  readonly text: string;
  /** `local@domain`, or the domain. The name of an account process. */
  readonly bare: string;
  /** "" for none. */
  readonly local: string;
  readonly domain: string;
  /** "" for none. */
  readonly resource: string;
}

/**
 * Parses addresses, remembering the last few thousand by their text as it was written. Belongs to a
 * server; its answers are frozen and may be shared.
 */
export class Addresses {
  readonly #entriesMax: number;
  #recent = new Map<string, Address>();
  #older = new Map<string, Address>();

  constructor(entriesMax = 8_192) {
    this.#entriesMax = entriesMax;
  }

  /** The address, or undefined if the text is none. O(1) for a text that was seen lately. */
  parse(text: string): Address | undefined {
    const known = this.#recent.get(text);
    if (known !== undefined) return known;
    const address = this.#older.get(text) ?? prepare(text);
    if (address === undefined) return undefined;
    // Two generations bound the memory without bookkeeping per look-up.
    if (this.#recent.size * 2 >= this.#entriesMax) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(text, address);
    return address;
  }
}

function prepare(text: string): Address | undefined {
  const jid = parseJid(text);
  if (jid === undefined) return undefined;
  const { local, domain, resource } = jid;
  return Object.freeze({ text: formatJid(jid), bare: bareJid(jid), local, domain, resource });
}
