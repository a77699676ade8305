// WebSocket text frames (RFC 6455 §5.2) as strings of bytes, one character a byte ("latin1").

/**
 * Frames one text message from a server: final, unmasked, uncompressed. Strings of bytes add up to
 * one write without a buffer per frame, and ASCII text needs no conversion at all.
 *
 * @returns a string to be written in the encoding "latin1". O(length).
 */
export function textFrame(text: string): string {
  const length = Buffer.byteLength(text, "utf8");
  const payload = length === text.length ? text : Buffer.from(text, "utf8").toString("latin1");
  return frameHeader(length) + payload;
}

const FINAL_TEXT = 0x81;

function frameHeader(length: number): string {
  if (length < 126) return String.fromCharCode(FINAL_TEXT, length);
  const high = (length >>> 8) & 255;
  const low = length & 255;
  if (length < 65_536) return String.fromCharCode(FINAL_TEXT, 126, high, low);
  // A text below 2^32 bytes: a JavaScript string can't be longer.
  const top = (length >>> 24) & 255;
  return String.fromCharCode(FINAL_TEXT, 127, 0, 0, 0, 0, top, (length >>> 16) & 255, high, low);
}
