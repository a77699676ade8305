// Images of a kernel: its header and the used parts of its memory, one behind the other.

import { Status } from "./abi.ts";
import type { KernelExports } from "./exports.ts";
import { refusal, refusedImage } from "./statuses.ts";

/** Where what lies in the header of an image, in bytes. assembly/snapshot.ts has the record. */
const EXTENTS_AT = 12;
const HASH_AT = 32;
const TABLE_AT = 128;
export const HEADER_BYTES = 512;

/** A part of an image: where it lies in memory, and in the image. */
interface Extent {
  readonly address: number;
  readonly bytes: number;
  readonly at: number;
}

/** The header of an image that lies in the kernel's memory. */
function headerIn(exports: KernelExports): DataView {
  return new DataView(exports.memory.buffer, exports.image_address(), HEADER_BYTES);
}

/** The extents of the image whose header lies in the kernel's memory. */
export function extentsIn(exports: KernelExports): readonly Extent[] {
  const header = headerIn(exports);
  const extents: Extent[] = [];
  let at = 0;
  for (let index = 0; index < header.getUint32(EXTENTS_AT, true); index++) {
    const entry = TABLE_AT + index * 8;
    const bytes = header.getUint32(entry + 4, true);
    extents.push({ address: header.getUint32(entry, true), bytes, at });
    at += bytes;
  }
  return extents;
}

/** Has the kernel write the header of an image. */
function survey(exports: KernelExports): void {
  const status = exports.snapshot();
  if (status < 0) throw refusal("snapshot", status);
}

/** @throws PIDGEON_KERNEL_STATUS: BUSY while a turn is open or events are unread. O(image). */
export function takeImage(exports: KernelExports): Uint8Array {
  survey(exports);
  const extents = extentsIn(exports);
  const image = new Uint8Array(extents.reduce((sum, { bytes }) => sum + bytes, 0));
  for (const { address, bytes, at } of extents) {
    image.set(new Uint8Array(exports.memory.buffer, address, bytes), at);
  }
  return image;
}

/** The hash that an image of the kernel would have, as 16 hexadecimal digits. O(image). */
export function hashImage(exports: KernelExports): string {
  survey(exports);
  return headerIn(exports).getBigUint64(HASH_AT, true).toString(16).padStart(16, "0");
}

/**
 * Brings an image to life in a new instance.
 * @throws PIDGEON_KERNEL_IMAGE with the status that refuses it.
 */
export function restoreImage(exports: KernelExports, image: Uint8Array, nowMs: number): void {
  if (image.length < HEADER_BYTES) throw refusedImage(Status.BAD_IMAGE);
  const header = image.subarray(0, HEADER_BYTES);
  new Uint8Array(exports.memory.buffer).set(header, exports.image_address());
  const count = exports.restore_begin();
  if (count < 0) throw refusedImage(count);
  const memory = new Uint8Array(exports.memory.buffer);
  for (const { address, bytes, at } of extentsIn(exports)) {
    const part = image.subarray(at, at + bytes);
    if (part.length < bytes) throw refusedImage(Status.BAD_IMAGE);
    memory.set(part, address);
  }
  const status = exports.restore(nowMs);
  if (status < 0) throw refusedImage(status);
}
