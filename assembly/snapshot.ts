// Snapshots: a copy of the used part of every table behind a header is the whole kernel.
//
//   image = header │ control │ processes │ cold │ guards │ relations │ names │ … │ slabs
//   header: versions, limits, clock, handlers in use, hashes, and the table of these extents
//
// The kernel writes the header alone; the host copies memory. An extent ends at the last bytes that
// are not zero: what lies behind is zero in a new instance too. Nothing of the build is in an image
// (handlers are ids, not table indexes) and nothing of the host (events, scratch area, window,
// counts of handles), so equal histories give equal images.
//
// I1  An extent's bytes are a multiple of 32 and at most those of its table that were ever used.
// Costs: O(image).

import { ABI_VERSION, BUSY, KIND_HOST, STATE_EXITING, STATE_FREE, STATE_RUNNING } from "./abi";
import { control, IMAGE, STATE, STATE_END } from "./control";
import { imageBytes, LAYOUT_VERSION, TABLES, tableAddress, tableSize } from "./layout";
import { CONTROL, HANDLERS_MAX, Limits } from "./limits";
import { processAt } from "./process";

export const IMAGE_MAGIC: u32 = 0x4e474450; // "PDGN"
export const IMAGE_HEADER_BYTES: u32 = 512;

@unmanaged
export class ImageHeader {
  magic: u32;
  layoutVersion: u32;
  abiVersion: u32; // of the kernel that made it; for the reader
  extents: u32; // entries of the table, the header's own included
  now: f64; // what the clock had told last
  ticking: u32; // 0: no time was told
  reserved: u32;
  bodyHash: u64; // over all extents but the header
  headerHash: u64; // over the header, with 0 here
}
if (offsetof<ImageHeader>() != 48) ERROR("ImageHeader must have 48 bytes");

export const header = changetype<ImageHeader>(IMAGE);
export const HEADER_LIMITS: usize = IMAGE + 48; // as Limits
export const HEADER_HANDLERS: usize = IMAGE + 80; // bit `id`: a process runs this handler
const HEADER_TABLE: usize = IMAGE + 128; // address and bytes per extent, u32

export const EXTENTS: u32 = TABLES + 2; // the header, the control block, the tables
if (<u32>128 + EXTENTS * 8 > IMAGE_HEADER_BYTES) ERROR("the extents must fit the header");

const CHUNK_BYTES: u32 = 16384;
const PRIME_1: u64 = 0x9e3779b185ebca87;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;

/** Mixes bytes, a multiple of 32, into 64 bits, in four lanes. O(bytes). */
function hashChunk(seed: u64, address: usize, bytes: u32): u64 {
  let a = seed + PRIME_1;
  let b = seed ^ PRIME_2;
  let c = seed;
  let d = seed - PRIME_1;
  for (const end = address + bytes; address < end; address += 32) {
    a = rotl<u64>(a + load<u64>(address) * PRIME_2, 31) * PRIME_1;
    b = rotl<u64>(b + load<u64>(address, 8) * PRIME_2, 31) * PRIME_1;
    c = rotl<u64>(c + load<u64>(address, 16) * PRIME_2, 31) * PRIME_1;
    d = rotl<u64>(d + load<u64>(address, 24) * PRIME_2, 31) * PRIME_1;
  }
  let sum = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
  sum = (sum ^ (sum >> 33)) * PRIME_2;
  sum = (sum ^ (sum >> 29)) * PRIME_1;
  return sum ^ (sum >> 32);
}

/** Whether bytes, a multiple of 32, are all zero. O(bytes). */
function isZero(address: usize, bytes: u32): bool {
  let bits: u64 = 0;
  for (const end = address + bytes; address < end; address += 32) {
    bits |= load<u64>(address) | load<u64>(address, 8);
    bits |= load<u64>(address, 16) | load<u64>(address, 24);
  }
  return bits == 0;
}

/** What of these bytes an image needs: without the zeros at the end, a multiple of 32. O(bytes). */
function trimmed(address: usize, bytes: u32): u32 {
  let left = (bytes + 31) & ~31;
  while (left >= CHUNK_BYTES && isZero(address + left - CHUNK_BYTES, CHUNK_BYTES)) {
    left -= CHUNK_BYTES;
  }
  while (left && isZero(address + left - 32, 32)) left -= 32;
  return left;
}

/** Where an extent lies in memory. O(1). */
function extentAddress(index: u32): u32 {
  if (index == 0) return <u32>IMAGE;
  return index == 1 ? <u32>STATE : tableAddress(index - 2);
}

/** How many bytes of an extent an image of the kernel as it is now has. O(bytes). */
export function extentNeeded(index: u32): u32 {
  if (index == 0) return IMAGE_HEADER_BYTES;
  if (index == 1) return trimmed(STATE, <u32>(STATE_END - STATE));
  return trimmed(tableAddress(index - 2), imageBytes(index - 2));
}

/** Whether the header's line for an extent is possible in this memory. O(1). */
export function isPossible(index: u32): bool {
  let most = IMAGE_HEADER_BYTES;
  if (index == 1) most = <u32>(STATE_END - STATE);
  else if (index > 1) most = (tableSize(index - 2) + 31) & ~31;
  const bytes = toldBytes(index);
  return toldAddress(index) == extentAddress(index) && bytes <= most && bytes % 32 == 0;
}

/** Where the header says that an extent lies. O(1). */
function toldAddress(index: u32): u32 {
  return load<u32>(HEADER_TABLE + (index << 3));
}

/** How many bytes the header says that an extent has. O(1). */
export function toldBytes(index: u32): u32 {
  return load<u32>(HEADER_TABLE + (index << 3), 4);
}

/** The hash over all extents of the header's table but the header. O(image). */
export function hashBody(): u64 {
  let sum: u64 = 0;
  for (let index: u32 = 1; index < EXTENTS; index++) {
    let address: usize = toldAddress(index);
    for (let left = toldBytes(index); left;) {
      const bytes = min(left, CHUNK_BYTES);
      sum = hashChunk(sum, address, bytes);
      address += bytes;
      left -= bytes;
    }
  }
  return sum;
}

/** The hash over the header, as if its own field were 0. O(1). */
export function hashHeader(): u64 {
  const told = header.headerHash;
  header.headerHash = 0;
  const sum = hashChunk(0, IMAGE, IMAGE_HEADER_BYTES);
  header.headerHash = told;
  return sum;
}

/** Marks the handlers in use in the header; false if a turn is open. O(slots). */
function survey(): bool {
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    if (process.state == STATE_FREE || process.state >= STATE_EXITING) continue;
    if (process.kind == KIND_HOST) {
      if (process.state == STATE_RUNNING) return false;
    } else {
      const at = HEADER_HANDLERS + ((process.handler >> 5) << 2);
      store<u32>(at, load<u32>(at) | (1 << (process.handler & 31)));
    }
  }
  return true;
}

/** Writes the header of an image of the kernel: the number of its extents, or BUSY. O(image). */
export function takeSnapshot(): i32 {
  if (control.eventHead != control.eventTail) return BUSY;
  memory.fill(IMAGE, 0, IMAGE_HEADER_BYTES);
  if (!survey()) return BUSY;
  header.magic = IMAGE_MAGIC;
  header.layoutVersion = LAYOUT_VERSION;
  header.abiVersion = ABI_VERSION;
  header.extents = EXTENTS;
  header.now = control.now;
  header.ticking = control.ticking;
  memory.copy(HEADER_LIMITS, CONTROL, offsetof<Limits>());
  for (let index: u32 = 0; index < EXTENTS; index++) {
    store<u32>(HEADER_TABLE + (index << 3), extentAddress(index));
    store<u32>(HEADER_TABLE + (index << 3), extentNeeded(index), 4);
  }
  header.bodyHash = hashBody();
  header.headerHash = hashHeader();
  return EXTENTS;
}

if (HANDLERS_MAX > 256) ERROR("the header has a bit for 256 handlers");
