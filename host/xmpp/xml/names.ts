// Which names and namespaces are taken: those that every receiver's XML parser reads as ours does.

// The fifth edition of XML 1.0 admits characters in names that parsers of the fourth (expat, so
// Prosody and Gajim) refuse, which would end the receiver's stream. Both know these: ASCII and the
// letters of Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, kana, Han and Hangul.
const LETTERS =
  "A-Za-z_\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u0131\\u0134-\\u013e\\u0141-\\u0148" +
  "\\u014a-\\u017e" +
  "\\u0388-\\u038a\\u038e-\\u03a1\\u03a3-\\u03ce\\u0401-\\u040c\\u040e-\\u044f\\u0451-\\u045c" +
  "\\u05d0-\\u05ea\\u0621-\\u063a\\u0641-\\u064a\\u0905-\\u0939\\u0e01-\\u0e2e\\u3041-\\u3094" +
  "\\u30a1-\\u30fa\\u4e00-\\u9fa5\\uac00-\\ud7a3";
const NAME = new RegExp(`^[${LETTERS}][${LETTERS}0-9.\\u00b7-]*$`);
const PREFIXED_NAME = new RegExp(
  `^[${LETTERS}][${LETTERS}0-9.\\u00b7-]*:[${LETTERS}][${LETTERS}0-9.\\u00b7-]*$`,
);

// What no URI contains: parsers that join namespace and name with such a separator (expat's callers
// do) could be made to see another name than ours.
const NOT_IN_NAMESPACE = /[\u0000-\u0020\u007f-\u00a0<>"{}|\\^`\u2028\u2029\ufeff]/;

/** Whether all parsers agree that this is a name, with a prefix or without. */
export function isSafeName(name: string): boolean {
  return NAME.test(name) || PREFIXED_NAME.test(name);
}

/** Whether all parsers read this namespace name alike. */
export function isSafeNamespace(namespace: string): boolean {
  return !NOT_IN_NAMESPACE.test(namespace);
}
