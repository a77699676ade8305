// The event ring: fixed records of 32 bytes from the kernel to its host.
//
//   │ kind u32 │ reasonKind u32 │ pid f64 │ value f64 │ spare │      head, tail: free-running u32
//
// step alone writes records and the head; the host alone writes the tail, when it has read. When
// the ring is full nothing is lost: what was to be told waits where it is.
// Costs: O(1).

import { EVENT_MEMORY_LIMIT, EVENT_RUN } from "./abi";
import { control } from "./control";
import { EVENT_BYTES } from "./limits";

@unmanaged
export class EventRecord {
  kind: u32;
  reasonKind: u32;
  pid: f64;
  value: f64;
  spare: f64;
}
if (offsetof<EventRecord>() != EVENT_BYTES) ERROR("EventRecord must have 32 bytes");

/** How many more records fit. O(1). */
export function eventRoom(): u32 {
  return control.eventMask + 1 - (control.eventHead - control.eventTail);
}

/** Writes a record; there must be room. O(1). */
export function putEvent(kind: u32, reasonKind: u32, pid: f64, value: f64): void {
  const index = control.eventHead & control.eventMask;
  const record = changetype<EventRecord>(control.events + index * EVENT_BYTES);
  record.kind = kind;
  record.reasonKind = reasonKind;
  record.pid = pid;
  record.value = value;
  control.eventHead += 1;
}

/** The debug build's check of this structure: 0, or 900 + what is broken. O(events). */
export function verifyEvents(): u32 {
  if (control.eventHead - control.eventTail > control.eventMask + 1) return 901;
  for (let at = control.eventTail; at != control.eventHead; at++) {
    const address = control.events + (at & control.eventMask) * EVENT_BYTES;
    const record = changetype<EventRecord>(address);
    if (record.kind < EVENT_RUN || record.kind > EVENT_MEMORY_LIMIT) return 902;
  }
  return 0;
}
