// The debug build's check of relations: every list, and that each record is in those of its kind.

import { COUNTER_RELATIONS, STATE_EXITING, STATE_FREE } from "./abi";
import { control, counted } from "./control";
import { Cold, coldOf, Process, processAt, slotOf } from "./process";
import {
  isRelation, ownerOf, Relation, RELATION_ALIAS, RELATION_FREE, RELATION_LINK, RELATION_MEMBER,
  RELATION_MONITOR, RELATION_RETIRED, RELATION_SUSPENSION, RELATION_TIMER, relationAt,
  relationKind, relationsOfKind,
} from "./relation";
import { countFree, isFree } from "./shelves";

/** Whether a relation's other end knows of it. O(1). */
function isJoined(relation: Relation, kind: u32, slot: u32): bool {
  if (kind == RELATION_MONITOR || kind == RELATION_SUSPENSION) {
    const state = processAt(relation.other).state;
    return state != STATE_FREE && state < STATE_EXITING;
  }
  if (kind == RELATION_ALIAS) {
    if (relation.other == 0) return true;
    const monitor = changetype<Relation>(relation.other);
    return relationKind(monitor) == RELATION_MONITOR
      && monitor.otherHigh == <u32>changetype<usize>(relation);
  }
  if (kind != RELATION_LINK) return true;
  if (!isRelation(relation.other)) return false;
  const peer = changetype<Relation>(relation.other);
  return relationKind(peer) == RELATION_LINK && ownerOf(peer) != slot
    && peer.other == <u32>changetype<usize>(relation);
}

/** Whether a relation belongs into a list of a process: its own, or that of what others hold. */
function belongs(relation: Relation, isOwn: bool, kind: u32, slot: u32): bool {
  if (relationKind(relation) != kind) return false;
  if (!isOwn) return relation.other == slot;
  return ownerOf(relation) == slot && isJoined(relation, kind, slot);
}

/** Length of a list of a process, or u32.MAX_VALUE if it is broken. O(length). */
function verifyList(process: Process, head: usize, isOwn: bool, kind: u32): u32 {
  let length: u32 = 0;
  let before: u32 = 0;
  const slot = slotOf(process);
  for (let at = load<u32>(changetype<usize>(coldOf(process)) + head); at;) {
    if (!isRelation(at) || ++length > control.relationFresh) return u32.MAX_VALUE;
    const relation = changetype<Relation>(at);
    if (!belongs(relation, isOwn, kind, slot)) return u32.MAX_VALUE;
    if ((isOwn ? relation.ownPrev : relation.otherPrev) != before) return u32.MAX_VALUE;
    before = at;
    at = isOwn ? relation.ownNext : relation.otherNext;
  }
  return length;
}

/** Whether the lists of all processes hold all relations of a kind. O(relations + slots). */
function areListed(head: usize, isOwn: bool, kind: u32): bool {
  let listed: u32 = 0;
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const length = verifyList(processAt(slot), head, isOwn, kind);
    if (length == u32.MAX_VALUE) return false;
    listed += length;
  }
  return listed == relationsOfKind(kind);
}

/** The debug build's check of this structure: 0, or 600 + what is broken. O(relations + slots). */
export function verifyRelations(): u32 {
  for (let slot: u32 = 1; slot < control.relationFresh; slot++) {
    if (isFree(slot) != (relationKind(relationAt(slot)) == RELATION_FREE)) return 601;
  }
  const free = countFree();
  if (free == u32.MAX_VALUE) return 602;
  if (free != relationsOfKind(RELATION_FREE)) return 603;
  const unused = free + relationsOfKind(RELATION_RETIRED);
  if (counted(COUNTER_RELATIONS) != <f64>(control.relationFresh - 1 - unused)) return 604;
  if (!areListed(offsetof<Cold>("links"), true, RELATION_LINK)) return 605;
  if (!areListed(offsetof<Cold>("monitors"), true, RELATION_MONITOR)) return 606;
  if (!areListed(offsetof<Cold>("watchers"), false, RELATION_MONITOR)) return 607;
  if (!areListed(offsetof<Cold>("timers"), true, RELATION_TIMER)) return 608;
  if (!areListed(offsetof<Cold>("aliases"), true, RELATION_ALIAS)) return 609;
  if (!areListed(offsetof<Cold>("suspending"), true, RELATION_SUSPENSION)) return 610;
  if (!areListed(offsetof<Cold>("suspenders"), false, RELATION_SUSPENSION)) return 611;
  return areListed(offsetof<Cold>("groups"), true, RELATION_MEMBER) ? 0 : 612;
}
