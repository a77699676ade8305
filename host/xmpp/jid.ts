// Addresses: RFC 7622, prepared for comparison.
import { isIPv6 } from "node:net";
import { domainToASCII, domainToUnicode } from "node:url";

/** A prepared address. A part that is absent is "". */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** A part of an address may have at most so many UTF-8 bytes after preparation (RFC 7622 §3.1). */
const JID_PART_BYTES_MAX = 1_023;

/** What needs no preparation: nearly all addresses. */
const PLAIN_LOCAL = /^[a-z0-9._+=-]+$/;
const PLAIN_DOMAIN = /^(?!.*(?:xn--|\.\.|\.-|-\.))[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?$/;
const PLAIN_RESOURCE = /^[!-~](?:[ -~]*[!-~])?$/;

/** RFC 7622 §3.3.1: excluded from local parts; controls and spaces fall out below. */
const LOCAL_EXCLUDED = /["&'/:<>@]/;
/** PRECIS's IdentifierClass without its contextual rules (RFC 8264 §4.2). */
const IDENTIFIER = /^[!-~\p{Ll}\p{Lo}\p{Lm}\p{Lu}\p{Nd}\p{Mn}\p{Mc}]+$/u;
/** Fullwidth and halfwidth forms, which RFC 8265 §3.3.2 maps to what they are variants of. */
const WIDTH_VARIANTS = /[\uff01-\uffee]/g;
/** What FreeformClass refuses: controls, surrogates, private use, unassigned, line separators. */
const FREEFORM_EXCLUDED = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
const OTHER_SPACES = /\p{Zs}/gu;
const LABEL = /^(?!-)[\p{L}\p{M}\p{Nd}_\u00b7\u200c\u200d\u30fb-]{1,63}(?<!-)$/u;

/** Parses and prepares an address; undefined if it is not one. */
export function parseJid(text: string): Jid | undefined {
  const slash = text.indexOf("/");
  const bare = slash === -1 ? text : text.slice(0, slash);
  const at = bare.indexOf("@");
  const local = at === -1 ? "" : prepareLocal(bare.slice(0, at));
  const domain = prepareDomain(bare.slice(at + 1));
  const resource = slash === -1 ? "" : prepareResource(text.slice(slash + 1));
  if (local === undefined || domain === undefined || resource === undefined) return undefined;
  return { local, domain, resource };
}

/**
 * Prepares a local part (a user's name), case-insensitive; undefined if it is not valid. "" is not.
 * @see RFC 8265 §3.3, UsernameCaseMapped
 */
export function prepareLocal(text: string): string | undefined {
  if (PLAIN_LOCAL.test(text)) return fits(text);
  if (!couldFit(text)) return undefined;
  const narrow = text.replace(WIDTH_VARIANTS, (character) => character.normalize("NFKC"));
  const local = narrow.toLowerCase().normalize("NFC");
  if (!IDENTIFIER.test(local) || LOCAL_EXCLUDED.test(local)) return undefined;
  // Characters with compatibility equivalents are disallowed (RFC 8264 §9.17, HasCompat).
  if (local.normalize("NFKC") !== local) return undefined;
  return fits(local);
}

/**
 * Prepares a domain part: lower case, Unicode rather than `xn--`, no final dot, or an address
 * literal; undefined if it is not valid.
 */
export function prepareDomain(text: string): string | undefined {
  if (PLAIN_DOMAIN.test(text)) return text.length <= 255 ? text : undefined;
  if (!couldFit(text)) return undefined;
  if (text.startsWith("[")) {
    return text.endsWith("]") && isIPv6(text.slice(1, -1)) ? text.toLowerCase() : undefined;
  }
  const lower = text.normalize("NFKC").toLowerCase().replaceAll("\u3002", ".");
  const domain = lower.endsWith(".") ? lower.slice(0, -1) : lower;
  // Only labels go to the URL functions, which would read ports, paths and number addresses.
  if (!domain.split(".").every((label) => LABEL.test(label))) return undefined;
  if (PLAIN_DOMAIN.test(domain)) return domain.length <= 255 ? domain : undefined;
  const ascii = domainToASCII(domain);
  if (ascii === "" || ascii.length > 255) return undefined;
  const unicode = domainToUnicode(ascii);
  // Node 24 hands an "xn--" that means nothing back as it was.
  const isLabel = (label: string): boolean => LABEL.test(label) && !label.startsWith("xn--");
  return unicode.split(".").every(isLabel) ? fits(unicode) : undefined;
}

/**
 * Prepares a resource part, case-sensitive; undefined if it is not valid. "" is not valid.
 * @see RFC 8265 §4.2, OpaqueString
 */
export function prepareResource(text: string): string | undefined {
  if (PLAIN_RESOURCE.test(text)) return fits(text);
  if (!couldFit(text)) return undefined;
  const resource = text.replace(OTHER_SPACES, " ").normalize("NFC");
  return FREEFORM_EXCLUDED.test(resource) ? undefined : fits(resource);
}

/** Whether preparation is worth its cost: it cannot shrink a text to less than a sixth. */
function couldFit(text: string): boolean {
  return text.length > 0 && text.length <= 6 * JID_PART_BYTES_MAX;
}

function fits(text: string): string | undefined {
  if (text.length * 3 <= JID_PART_BYTES_MAX) return text;
  return Buffer.byteLength(text) <= JID_PART_BYTES_MAX ? text : undefined;
}

/** `local@domain/resource`. */
export function formatJid(jid: Jid): string {
  return jid.resource === "" ? bareJid(jid) : `${bareJid(jid)}/${jid.resource}`;
}

/** `local@domain` of a parsed address. */
export function bareJid(jid: Jid): string {
  return jid.local === "" ? jid.domain : `${jid.local}@${jid.domain}`;
}

/** The bare form of a *prepared* address in text form: what stands before the first "/". O(n). */
export function bareOf(text: string): string {
  const slash = text.indexOf("/");
  return slash === -1 ? text : text.slice(0, slash);
}

/** The resource of a *prepared* address in text form, "" if there is none. */
export function resourceOf(text: string): string {
  const slash = text.indexOf("/");
  return slash === -1 ? "" : text.slice(slash + 1);
}
