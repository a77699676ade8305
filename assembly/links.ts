// Links: two halves, one owned by each process; at most one link a pair.
//
// Either half becomes the EXIT of the other process, if its owner traps exits (signals.ts).
// Costs: link and unlink are O(links of the shorter list), to link a new process O(1).

import {
  ATOM_NOPROC, LIMIT, LINK_PRIORITY, MESSAGE_EXIT, NO_PROCESS, NOT_FOUND, OK, REASON_ATOM,
} from "./abi";
import { BLOCK_PRIORITY } from "./block";
import {
  Cold, coldForWriting, coldOf, find, FLAG_COLD, FLAG_TRAP_EXIT, Process, slotOf,
} from "./process";
import {
  allocateRelation, ownerOf, pushOwn, Relation, RELATION_LINK, relationsLeft, releaseRelation,
  removeOwn,
} from "./relation";
import { become } from "./signals";

export function linksOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("links");
}

/** The half of a link that `a` owns, or null. O(links of the shorter). */
function findLink(a: Process, b: Process): Relation | null {
  if (!(a.flags & b.flags & FLAG_COLD)) return null;
  const slotA = slotOf(a);
  const slotB = slotOf(b);
  let own = coldOf(a).links;
  let others = coldOf(b).links;
  while (own && others) {
    const half = changetype<Relation>(own);
    if (ownerOf(changetype<Relation>(half.other)) == slotB) return half;
    const otherHalf = changetype<Relation>(others);
    const peer = changetype<Relation>(otherHalf.other);
    if (ownerOf(peer) == slotA) return peer;
    own = half.ownNext;
    others = otherHalf.ownNext;
  }
  return null;
}

/** Links two that are not linked; two relations must be left. The half of `a`. O(1). */
export function joinProcesses(a: Process, b: Process): Relation {
  const halfA = allocateRelation(RELATION_LINK, slotOf(a)) as Relation;
  const halfB = allocateRelation(RELATION_LINK, slotOf(b)) as Relation;
  halfA.other = <u32>changetype<usize>(halfB);
  halfB.other = <u32>changetype<usize>(halfA);
  coldForWriting(a);
  coldForWriting(b);
  pushOwn(linksOf(a), halfA);
  pushOwn(linksOf(b), halfB);
  return halfA;
}

/**
 * erlang:link/1,2. To a dead process: EXIT noproc if the caller traps, else NO_PROCESS. With
 * LINK_PRIORITY the EXIT that the caller may get is a priority message; where they are linked
 * already, this is changed.
 */
export function link(a: Process, pid: f64, options: u32): i32 {
  const priority = options & LINK_PRIORITY ? BLOCK_PRIORITY : 0;
  const b = find(pid);
  if (b === null) {
    if (!(a.flags & FLAG_TRAP_EXIT)) return NO_PROCESS;
    const relation = allocateRelation(RELATION_LINK, slotOf(a));
    if (relation === null) return LIMIT;
    relation.flags |= priority;
    become(relation, MESSAGE_EXIT, pid, REASON_ATOM, ATOM_NOPROC);
    return OK;
  }
  if (a === b) return OK;
  let half = findLink(a, b);
  if (half === null) {
    if (!relationsLeft(2)) return LIMIT;
    half = joinProcesses(a, b);
  }
  half.flags = (half.flags & ~BLOCK_PRIORITY) | priority;
  return OK;
}

/** erlang:unlink/1. An EXIT that lies in the mailbox already stays there. */
export function unlink(a: Process, pid: f64): i32 {
  const b = find(pid);
  if (b === null) return NOT_FOUND;
  const half = findLink(a, b);
  if (half === null) return NOT_FOUND;
  const peerHalf = changetype<Relation>(half.other);
  removeOwn(linksOf(a), half);
  removeOwn(linksOf(b), peerHalf);
  releaseRelation(half);
  releaseRelation(peerHalf);
  return OK;
}
