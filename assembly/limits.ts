// Every limit of the kernel in one place, and the memory map that follows from them.

/* Fixed by the layout. */
export const SLOT_BITS: u32 = 24; // a pid or reference is generation × 2^24 + slot
export const NUMBERED_END: f64 = 4503599627370496; // 2^52; plain references lie from here on
export const SLOT_MASK: u32 = (1 << SLOT_BITS) - 1;
export const TABLE_SLOTS_MAX: u32 = SLOT_MASK; // slot 0 of each table stays unused
export const PID_GENERATION_MAX: f64 = 268435455; // 2^28 - 1; then the slot is retired
export const REF_GENERATION_MAX: u32 = (1 << 28) - 1; // then the relation is retired
export const SLAB_BYTES: u32 = 16384;
export const SLAB_SHIFT: u32 = 14;
export const INLINE_BYTES_MAX: u32 = 1600; // more bytes than these lie in a block of their own
export const PAYLOAD_BYTES_MAX: u32 = SLAB_BYTES;
export const QUICK_BLOCKS_MAX: u32 = 256; // freed blocks kept at hand
export const NAME_BYTES_MAX: u32 = 3072; // a full JID has at most 3,071
export const TIMER_MS_MAX: f64 = 4294967295; // as erlang:send_after/3
export const CLOCK_MS_MAX: f64 = 9007199254740992; // 2^53, before or after 0
export const UPTIME_MS_MAX: f64 = 4389456576512; // 2^42 - 2^33: what the wheel reaches; 139 years
export const HANDLERS_MAX: u32 = 256; // registered native handlers
export const SLICE_REDUCTIONS: u32 = 4000; // as the BEAM's CONTEXT_REDS
export const SPAWN_REDUCTIONS: u32 = 4; // what a native process is charged for a spawn
export const LOW_PASSES: u32 = 7; // low runs the eighth time that it is first: RESCHEDULE_LOW
export const MEMORY_BYTES_MAX: f64 = 4294901760; // 65,535 pages: addresses stay below 2^32

/**
 * The slot of a pid or reference; of any other number, some slot. 2^52 is added because a sum of
 * that size has the integer in its low bits: a conversion would check first that it has a result.
 */
@inline
export function slotIn(number: f64): u32 {
  return <u32>reinterpret<u64>(number + NUMBERED_END) & SLOT_MASK;
}

/* Set by the host before init; the default of each is used where it left 0. */
export const DEFAULT_PROCESSES: u32 = 65536;
export const DEFAULT_RELATIONS: u32 = 131072; // link halves, monitors, timers, aliases …
export const DEFAULT_MESSAGE_BYTES: u32 = 16777216;
export const DEFAULT_HANDLES: u32 = 262144; // host values under way
export const DEFAULT_EVENTS: u32 = 4096; // records in the ring, a power of two
export const DEFAULT_NAMES: u32 = 65536;
export const DEFAULT_SCRATCH_BYTES: u32 = 65536;
export const DEFAULT_GROUPS: u32 = 16384;

/* Sizes of the records, each asserted where the record is declared. */
export const PROCESS_BYTES: u32 = 64;
export const COLD_BYTES: u32 = 64;
export const GUARD_BYTES: u32 = 32;
export const RELATION_BYTES: u32 = 64;
export const SHELF_BYTES: u32 = 16;
export const EVENT_BYTES: u32 = 32;
export const SLAB_RECORD_BYTES: u32 = 16;
export const NAME_RECORD_BYTES: u32 = 8;

/* Fixed addresses. Below CONTROL lie the compiler's static data. */
export const CONTROL: usize = 65536;
export const CONTROL_BYTES: usize = 65536;
export const PROCESSES: usize = CONTROL + CONTROL_BYTES; // the hot records: layout.ts

/** The limits as the host writes them, at `limits_address()`: eight u32 in this order. */
@unmanaged
export class Limits {
  processes: u32;
  relations: u32;
  messageBytes: u32;
  handles: u32;
  events: u32;
  names: u32;
  scratchBytes: u32;
  groups: u32;
}
if (offsetof<Limits>() != 32) ERROR("Limits must have 32 bytes");
