// Images of a kernel: its header and the used parts of its memory, one behind the other.

import { PidgeonError } from "../errors.ts";
import { Status, statusName } from "./abi.ts";
import type { KernelExports } from "./exports.ts";

/** Where what lies in the header of an image, in bytes. assembly/snapshot.ts has the record. */
const HASH_AT = 32;
const TABLE_AT = 128;
const HEADER_BYTES = 512;

/** A part of an image: where it lies in memory, and in the image. */
interface Extent {
  readonly address: number;
  readonly bytes: number;
  readonly at: number;
}

/** The extents that a header names. */
function extentsOf(view: DataView, count: number): readonly Extent[] {
  const extents: Extent[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const entry = TABLE_AT + index * 8;
    const bytes = view.getUint32(entry + 4, true);
    extents.push({ address: view.getUint32(entry, true), bytes, at });
    at += bytes;
  }
  return extents;
}

/** Writes the header of an image in the kernel's memory: its bytes and its extents. */
function survey(exports: KernelExports): { header: DataView; extents: readonly Extent[] } {
  const count = exports.snapshot();
  if (count < 0) {
    const details = { operation: "snapshot", status: statusName(count) };
    throw new PidgeonError("PIDGEON_KERNEL_STATUS", details);
  }
  const header = new DataView(exports.memory.buffer, exports.image_address(), HEADER_BYTES);
  return { header, extents: extentsOf(header, count) };
}

/** @throws PIDGEON_KERNEL_STATUS: BUSY while a turn is open or events are unread. O(image). */
export function takeImage(exports: KernelExports): Uint8Array {
  const { extents } = survey(exports);
  const last = extents.at(-1);
  const image = new Uint8Array(last === undefined ? 0 : last.at + last.bytes);
  for (const { address, bytes, at } of extents) {
    image.set(new Uint8Array(exports.memory.buffer, address, bytes), at);
  }
  return image;
}

/** The hash that an image of the kernel would have, as 16 hexadecimal digits. O(image). */
export function hashImage(exports: KernelExports): string {
  return survey(exports).header.getBigUint64(HASH_AT, true).toString(16).padStart(16, "0");
}

/**
 * Brings an image to life in a new instance.
 * @throws PIDGEON_KERNEL_IMAGE with the status that refuses it.
 */
export function restoreImage(exports: KernelExports, image: Uint8Array, nowMs: number): void {
  if (image.length < HEADER_BYTES) refuse(Status.BAD_IMAGE);
  const header = image.slice(0, HEADER_BYTES);
  new Uint8Array(exports.memory.buffer).set(header, exports.image_address());
  const count = exports.restore_begin();
  if (count < 0) refuse(count);
  const extents = extentsOf(new DataView(header.buffer), count);
  const memory = new Uint8Array(exports.memory.buffer);
  for (const { address, bytes, at } of extents) {
    const part = image.subarray(at, at + bytes);
    if (part.length < bytes) refuse(Status.BAD_IMAGE);
    memory.set(part, address);
  }
  const status = exports.restore(nowMs);
  if (status < 0) refuse(status);
}

function refuse(status: number): never {
  throw new PidgeonError("PIDGEON_KERNEL_IMAGE", { status: statusName(status) });
}
