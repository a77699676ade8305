// Images as a test makes and breaks them: the fields of the header, and its hashes, computed here
// once more from their description in assembly/snapshot.ts.

/** Where what lies in the header, in bytes. */
export const At = {
  MAGIC: 0, LAYOUT_VERSION: 4, ABI_VERSION: 8, EXTENTS: 12, NOW: 16, BODY_HASH: 32,
  HEADER_HASH: 40, LIMITS: 48, HANDLERS: 80, TABLE: 128,
} as const;
export const HEADER_BYTES = 512;

const MASK = 2n ** 64n - 1n;
const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const CHUNK_BYTES = 16384;

function rotate(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (64n - by))) & MASK;
}

function hashChunk(seed: bigint, bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let lanes = [seed + PRIME_1, seed ^ PRIME_2, seed, seed - PRIME_1];
  for (let at = 0; at < bytes.length; at += 32) {
    lanes = lanes.map((lane, index) => {
      const word = view.getBigUint64(at + index * 8, true);
      return (rotate((lane + word * PRIME_2) & MASK, 31n) * PRIME_1) & MASK;
    });
  }
  const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes.map((lane) => lane & MASK);
  let sum = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & MASK;
  sum = ((sum ^ (sum >> 33n)) * PRIME_2) & MASK;
  sum = ((sum ^ (sum >> 29n)) * PRIME_1) & MASK;
  return sum ^ (sum >> 32n);
}

/** The header of an image, for reading and writing. */
export function headerOf(image: Uint8Array): DataView {
  return new DataView(image.buffer, image.byteOffset, HEADER_BYTES);
}

/** Offset and length of each extent in the image, the header's first. */
export function extentsOf(image: Uint8Array): { at: number; address: number; bytes: number }[] {
  const header = headerOf(image);
  let end = 0;
  return Array.from({ length: header.getUint32(At.EXTENTS, true) }, (_, index) => {
    const address = header.getUint32(At.TABLE + index * 8, true);
    const bytes = header.getUint32(At.TABLE + index * 8 + 4, true);
    const at = end;
    end += bytes;
    return { at, address, bytes };
  });
}

/** The hash over all extents but the header. */
export function bodyHash(image: Uint8Array): bigint {
  let sum = 0n;
  for (const { at, bytes } of extentsOf(image).slice(1)) {
    for (let from = 0; from < bytes; from += CHUNK_BYTES) {
      sum = hashChunk(sum, image.subarray(at + from, at + Math.min(bytes, from + CHUNK_BYTES)));
    }
  }
  return sum;
}

/** A copy of an image that a test has altered, with a true hash of its header. */
export function altered(image: Uint8Array, alter: (header: DataView) => void): Uint8Array {
  const copy = image.slice();
  const header = headerOf(copy);
  alter(header);
  header.setBigUint64(At.HEADER_HASH, 0n, true);
  header.setBigUint64(At.HEADER_HASH, hashChunk(0n, copy.subarray(0, HEADER_BYTES)), true);
  return copy;
}
