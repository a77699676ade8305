// The model's names and groups of processes.
import { MessageKind, Status } from "../../host/kernel/abi.ts";
import { admit, DROPPED } from "./guards.ts";
import { message, type Membership, type Process } from "./records.ts";
import { deliver } from "./scheduling.ts";
import { checkPayload } from "./time.ts";
import type { World } from "./world.ts";

const NAME_BYTES_MAX = 3072;

/** What the host has written into the scratch area, as a name. */
export function nameOf(world: World): string {
  return Buffer.from(world.scratch).toString("latin1");
}

export function isName(name: string): boolean {
  return name.length > 0 && name.length <= NAME_BYTES_MAX;
}

export function namesInUse(world: World): number {
  return [...world.processes.values()].filter(({ name }) => name !== undefined).length;
}

export function register(world: World, found: number, pid: number): number {
  const process = world.find(pid);
  if (process === undefined) return world.whyNotFound(pid);
  const name = nameOf(world);
  if (!isName(name)) return Status.BAD_ARGUMENT;
  if (process.name !== undefined || world.named(name) !== undefined) return Status.TAKEN;
  if (namesInUse(world) === world.limits.names) return Status.LIMIT;
  if (found === Status.NO_MEMORY) return world.admitNoMemory();
  process.name = name;
  return Status.OK;
}

/** The names of the groups that have members. */
export function groupsInUse(world: World): ReadonlySet<string> {
  return new Set(world.memberships.map(({ group }) => group));
}

/** The members of the group that the scratch area names, the last to join first. */
function membersOf(world: World): Membership[] {
  const name = nameOf(world);
  return world.memberships.filter(({ group }) => group === name).reverse();
}

function memberOf(world: World, process: Process): Membership | undefined {
  return membersOf(world).find((one) => one.process === process);
}

export function join(world: World, found: number, pid: number): number {
  const process = world.find(pid);
  if (process === undefined) return world.whyNotFound(pid);
  const group = nameOf(world);
  if (!isName(group)) return Status.BAD_ARGUMENT;
  const member = memberOf(world, process);
  if (member !== undefined) {
    member.joins++;
    return Status.OK;
  }
  if (world.relationsLeft() < 1) return Status.LIMIT;
  const groups = groupsInUse(world);
  if (!groups.has(group)) {
    if (groups.size === world.limits.groups) return Status.LIMIT;
    if (found === Status.NO_MEMORY) return world.admitNoMemory();
  }
  world.memberships.push({ group, process, joins: 1 });
  return Status.OK;
}

export function leave(world: World, pid: number): number {
  const process = world.find(pid);
  if (process === undefined) return world.whyNotFound(pid);
  const member = memberOf(world, process);
  if (member === undefined) return Status.NOT_FOUND;
  member.joins--;
  if (member.joins === 0) world.memberships = world.memberships.filter((one) => one !== member);
  return Status.OK;
}

export function groupSize(world: World): number {
  return membersOf(world).length;
}

export function groupCount(world: World, pid: number): number {
  const process = world.find(pid);
  return process === undefined ? world.whyNotFound(pid) : memberOf(world, process)?.joins ?? 0;
}

export function groupMember(world: World, after: number): number {
  const members = membersOf(world).map(({ process }) => process.pid);
  if (after === 0) return members[0] ?? 0;
  const process = world.find(after);
  if (process === undefined && world.whyNotFound(after) === Status.BAD_PID) return Status.BAD_PID;
  const index = members.indexOf(after);
  return index < 0 ? Status.NOT_FOUND : members[index + 1] ?? 0;
}

/** To all members, or for want of memory to nobody: how many got it. */
export function groupSend(
  world: World, found: number, from: number, tag: number, ref: number, kind: number, value: number,
): number {
  const isBytes = kind === MessageKind.BYTES && tag <= 255;
  const bytes = isBytes ? world.holds.get(value) : undefined;
  const status = !isBytes ? checkPayload(world, tag, kind, value)
    : bytes === undefined ? Status.BAD_ARGUMENT : Status.OK;
  if (status !== Status.OK) return status;
  const members = membersOf(world);
  if (found === Status.NO_MEMORY) return world.admitNoMemory();
  let sent = 0;
  for (const { process } of members) {
    const isThere = world.find(process.pid) === process;
    const admitted = isThere ? admit(world, process, 32) : Status.MAILBOX_FULL;
    if (admitted !== Status.OK) {
      if (admitted !== DROPPED) world.deadLetters++;
      continue;
    }
    const shown = isBytes ? 0 : value;
    deliver(world, process, message({ kind, from, tag, ref, value: shown, bytes, isShared: true }));
    sent++;
  }
  world.sends += sent;
  if (sent > 0 && sent < members.length) world.see("a group's message reaches some");
  if (kind === MessageKind.HANDLE && sent > 0) world.underWay.add(value);
  return sent;
}
