// Passwords and user names as SASL compares them: SASLprep (RFC 4013).

// RFC 3454 table B.1: commonly mapped to nothing.
const MAPPED_TO_NOTHING =
  /[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]/g;
const OTHER_SPACES = /\p{Zs}/gu;
// RFC 4013 §2.3: controls, private use, non-characters and unassigned, surrogates, what is
// inappropriate for plain text or canonical representation, display changes, tags.
const PROHIBITED = new RegExp(
  "[\\p{Cc}\\p{Co}\\p{Cn}\\p{Cs}\\p{Zl}\\p{Zp}\\u0340\\u0341\\u06dd\\u070f\\u180e\\u200e\\u200f" +
    "\\u202a-\\u202e\\u2061-\\u2063\\u206a-\\u206f\\u2ff0-\\u2ffb\\ufff9-\\ufffd" +
    "\\u{1d173}-\\u{1d17a}\\u{e0001}\\u{e0020}-\\u{e007f}]",
  "u",
);

/** A password has at most so many UTF-8 bytes: hashing more is work that anyone could ask for. */
const PASSWORD_BYTES_MAX = 1_024;

/**
 * The password that is hashed: other spaces become spaces, NFKC; undefined if it is empty, too long
 * or has forbidden characters. The rule on text directions (RFC 3454 §6) is not applied.
 */
export function preparePassword(text: string): string | undefined {
  if (text.length > PASSWORD_BYTES_MAX) return undefined;
  const mapped = text.replace(OTHER_SPACES, " ").replace(MAPPED_TO_NOTHING, "");
  const prepared = mapped.normalize("NFKC");
  if (prepared === "" || PROHIBITED.test(prepared)) return undefined;
  return Buffer.byteLength(prepared) <= PASSWORD_BYTES_MAX ? prepared : undefined;
}
