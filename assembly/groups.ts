// Process groups, as pg: a name's table (name-table.ts) leads to the block of a group, which is
// there as long as it has members.
//
//   hash ─► entry ─► block: │ first │ size │ key: the name │
//                              ▼
//                     member ⇄ member ⇄ member          the group's list: other links
//                        ▲ groups                        the process's list: own links
//                     process                            each counts how often it has joined
//
// I1  A member is a relation that its process owns, in two lists; `other` is its group's block.
// I2  A group's size is the length of its list, and never 0; a process is in a group's list once.
// Costs: join, leave and count are O(length of the name) expected and O(the shorter of the
// process's groups and the group's members), so O(1) in the size of a group; the end of a process
// leaves all its groups in O(their number).

import {
  BAD_ARGUMENT, COUNTER_GROUPS, LIMIT, NOT_FOUND, NO_MEMORY, OK, STATE_EXITING, STATE_FREE,
} from "./abi";
import { Control, control, count, counted, limits } from "./control";
import { freeBlock, isBlock } from "./memory";
import {
  createKeyBlock, entryAt, hashOf, insert, isNameLength, Key, NameTable, probe, remove, verifyKeys,
} from "./name-table";
import { Cold, coldForWriting, coldOf, Process, processAt, slotOf } from "./process";
import {
  allocateRelation, isRelation, ownerOf, pushOther, pushOwn, Relation, RELATION_MEMBER,
  relationKind, relationsLeft, releaseRelation, relationsOfKind, removeOther, removeOwn,
} from "./relation";

const HEAD_BYTES: u32 = 8;
const JOINS_MAX: u32 = u32.MAX_VALUE;

@unmanaged
export class Group {
  first: u32; // member; the others follow through otherNext
  size: u32; // members
  /* then the key */
}
if (offsetof<Group>() != HEAD_BYTES) ERROR("Group must have a head of 8 bytes");

function groups(): NameTable {
  return changetype<NameTable>(changetype<usize>(control) + offsetof<Control>("groups"));
}

function keyOf(group: Group): Key {
  return changetype<Key>(changetype<usize>(group) + HEAD_BYTES);
}

function groupsOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("groups");
}

/** The head of a group's list. */
function membersOf(group: Group): usize {
  return changetype<usize>(group) + offsetof<Group>("first");
}

/** How often a member has joined. O(1). */
function joinsOf(member: Relation): u32 {
  return member.otherHigh;
}

/** The group with a name, or null. O(length) expected. */
export function findGroup(address: usize, length: u32): Group | null {
  if (!isNameLength(length)) return null;
  const key = probe(groups(), address, length, hashOf(address, length)).key;
  return changetype<Group | null>(key ? key - HEAD_BYTES : 0);
}

/** A process's membership of a group, or null. O(the shorter of its groups and the members). */
function findMember(process: Process, group: Group): Relation | null {
  const slot = slotOf(process);
  const block = <u32>changetype<usize>(group);
  let own = coldOf(process).groups;
  let others = group.first;
  while (own && others) {
    const mine = changetype<Relation>(own);
    if (mine.other == block) return mine;
    const member = changetype<Relation>(others);
    if (ownerOf(member) == slot) return member;
    own = mine.ownNext;
    others = member.otherNext;
  }
  return null;
}

/** pg:join/2: once more, if it is a member already. BAD_ARGUMENT, LIMIT, NO_MEMORY. */
export function joinGroup(process: Process, address: usize, length: u32): i32 {
  if (!isNameLength(length)) return BAD_ARGUMENT;
  const hash = hashOf(address, length);
  const entry = probe(groups(), address, length, hash);
  if (entry.key) {
    const member = findMember(process, changetype<Group>(entry.key - HEAD_BYTES));
    if (member !== null) {
      if (member.otherHigh == JOINS_MAX) return LIMIT;
      member.otherHigh += 1;
      return OK;
    }
  }
  if (!relationsLeft(1)) return LIMIT;
  if (!entry.key) {
    if (counted(COUNTER_GROUPS) == <f64>limits().groups) return LIMIT;
    const block = createKeyBlock(HEAD_BYTES, address, length, hash);
    if (block == 0) return NO_MEMORY;
    const group = changetype<Group>(block);
    group.first = 0;
    group.size = 0;
    insert(entry, keyOf(group));
    count(COUNTER_GROUPS, 1);
  }
  addMember(process, changetype<Group>(entry.key - HEAD_BYTES));
  return OK;
}

/** Makes a process a member; a relation must be left. O(1). */
function addMember(process: Process, group: Group): void {
  const member = allocateRelation(RELATION_MEMBER, slotOf(process)) as Relation;
  member.other = <u32>changetype<usize>(group);
  member.otherHigh = 1;
  coldForWriting(process);
  pushOwn(groupsOf(process), member);
  pushOther(membersOf(group), member);
  group.size += 1;
}

/** pg:leave/2: once. NOT_FOUND if it is no member. */
export function leaveGroup(process: Process, address: usize, length: u32): i32 {
  const group = findGroup(address, length);
  if (group === null) return NOT_FOUND;
  const member = findMember(process, group);
  if (member === null) return NOT_FOUND;
  member.otherHigh -= 1;
  if (joinsOf(member) == 0) removeMember(process, member);
  return OK;
}

/** Takes a member out of its group, which ends with its last. O(1); its end O(length). */
function removeMember(process: Process, member: Relation): void {
  const group = changetype<Group>(member.other);
  removeOwn(groupsOf(process), member);
  removeOther(membersOf(group), member);
  releaseRelation(member);
  group.size -= 1;
  if (group.size) return;
  remove(groups(), keyOf(group));
  freeBlock(changetype<usize>(group));
  count(COUNTER_GROUPS, -1);
}

/** Takes a process that ends out of all its groups. O(its groups). */
export function leaveGroups(process: Process): void {
  const cold = coldOf(process);
  while (cold.groups) removeMember(process, changetype<Relation>(cold.groups));
}

/** How often a process has joined a group. */
export function joinsOfProcess(process: Process, address: usize, length: u32): u32 {
  const group = findGroup(address, length);
  if (group === null) return 0;
  const member = findMember(process, group);
  return member === null ? 0 : joinsOf(member);
}

/** The first member of a group, or the one after a given one; 0 at the end, or NOT_FOUND. */
export function nextMember(group: Group, after: Process | null): f64 {
  let next = group.first;
  if (after !== null) {
    const member = findMember(after, group);
    if (member === null) return <f64>NOT_FOUND;
    next = member.otherNext;
  }
  return next ? processAt(ownerOf(changetype<Relation>(next))).pid : 0;
}

/** Whether a group's list holds just its members, each in its process's list. O(members). */
function verifyGroup(group: Group): u32 {
  let left = group.size;
  let before: u32 = 0;
  if (left == 0) return 1301;
  for (let at = group.first; at; at = changetype<Relation>(at).otherNext) {
    if (!isRelation(at) || left == 0) return 1302;
    left--;
    const member = changetype<Relation>(at);
    if (relationKind(member) != RELATION_MEMBER || joinsOf(member) == 0) return 1303;
    if (member.other != <u32>changetype<usize>(group) || member.otherPrev != before) return 1304;
    const process = processAt(ownerOf(member));
    if (process.state == STATE_FREE || process.state >= STATE_EXITING) return 1305;
    if (isTwice(member)) return 1306;
    before = at;
  }
  return left ? 1307 : 0;
}

/** Whether its process is a member of the same group by another relation, too. O(its groups). */
function isTwice(member: Relation): bool {
  for (let at = member.ownNext; at; at = changetype<Relation>(at).ownNext) {
    if (changetype<Relation>(at).other == member.other) return true;
  }
  return false;
}

/** The block of the group in an entry of the table, or 0. For the accounts. O(1). */
export function groupBlockAt(index: u32): u32 {
  const key = entryAt(groups(), index).key;
  return key ? key - HEAD_BYTES : 0;
}

/** The debug build's check of this structure: 0, or 1300 + what is broken. O(table + members). */
export function verifyGroups(): u32 {
  let members: u32 = 0;
  for (let index: u32 = 0; index <= control.groupMask; index++) {
    const block = groupBlockAt(index);
    if (block == 0) continue;
    if (!isBlock(block)) return 1308;
    const broken = verifyGroup(changetype<Group>(block));
    if (broken) return broken;
    members += changetype<Group>(block).size;
  }
  if (members != relationsOfKind(RELATION_MEMBER)) return 1309;
  const found = verifyKeys(groups());
  if (found == u32.MAX_VALUE) return 1310;
  return counted(COUNTER_GROUPS) == <f64>found && found <= limits().groups ? 0 : 1311;
}
