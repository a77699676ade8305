// The model's sends. Whether the message memory has room depends on where its blocks lie, so the
// kernel's own NO_MEMORY is taken where it may be true: when all slabs are in use.
import { MessageKind, Status } from "../../host/kernel/abi.ts";
import { deliver } from "./scheduling.ts";
import { signalExit } from "./signals.ts";
import { message, type Reason, type World } from "./world.ts";

/** The longest payload. */
const BYTES_MAX = 16384;
/** More bytes than these lie in a block beside their message's. */
const INLINE_BYTES_MAX = 1600;

function findReceiver(world: World, to: number) {
  const process = world.find(to);
  const why = process === undefined ? world.whyNotFound(to) : Status.OK;
  if (why === Status.NO_PROCESS) world.deadLetters++;
  return { process, why };
}

export function sendNumber(
  world: World, found: number, from: number, to: number, tag: number, ref: number, value: number,
): number {
  const { process, why } = findReceiver(world, to);
  if (process === undefined) return why;
  if (found === Status.NO_MEMORY) return world.admitNoMemory();
  world.sends++;
  deliver(world, process, message({ kind: MessageKind.NUMBER, from, tag, ref, value }));
  return Status.OK;
}

export function sendHandle(
  world: World, found: number, from: number, to: number, tag: number, ref: number, handle: number,
): number {
  const { process, why } = findReceiver(world, to);
  if (process === undefined) return why;
  const status = world.checkHandle(handle);
  if (status !== Status.OK) return status;
  if (found === Status.NO_MEMORY) return world.admitNoMemory();
  world.sends++;
  world.underWay.add(handle);
  deliver(world, process, message({ kind: MessageKind.HANDLE, from, tag, ref, value: handle }));
  return Status.OK;
}

/** Sends what the host has written into the scratch area. */
export function sendBytes(
  world: World, found: number, from: number, to: number, tag: number, ref: number,
): number {
  const { process, why } = findReceiver(world, to);
  if (process === undefined) return why;
  const bytes = world.scratch;
  if (bytes.length > BYTES_MAX) return Status.TOO_LARGE;
  if (found === Status.NO_MEMORY) return world.admitNoMemory(blocksOf(bytes));
  world.sends++;
  deliver(world, process, message({ kind: MessageKind.BYTES, from, tag, ref, bytes }));
  return Status.OK;
}

function blocksOf({ length }: Uint8Array): number {
  return length > INLINE_BYTES_MAX ? 2 : 1;
}

/** Makes a hold of what the host has written into the scratch area. */
export function share(world: World, found: number): number {
  const bytes = world.scratch;
  if (bytes.length > BYTES_MAX) return Status.TOO_LARGE;
  if (found === Status.NO_MEMORY) return world.admitNoMemory(blocksOf(bytes));
  if (!(found > 0) || world.holds.has(found)) throw new Error(`hold ${found} is not new`);
  world.holds.set(found, bytes);
  return found;
}

/** Sends the bytes of a hold, which the host keeps. */
export function sendShared(
  world: World, found: number, from: number, to: number, tag: number, ref: number, hold: number,
): number {
  const bytes = world.holds.get(hold);
  if (bytes === undefined) return Status.BAD_ARGUMENT;
  const { process, why } = findReceiver(world, to);
  if (process === undefined) return why;
  if (found === Status.NO_MEMORY) return world.admitNoMemory();
  world.sends++;
  deliver(world, process, message({ kind: MessageKind.BYTES, from, tag, ref, bytes }));
  return Status.OK;
}

/** Takes a reason over from the host, until the end of the call. */
export function adoptReason(world: World, { kind, value }: Reason): number {
  if (kind === 0) return Status.OK;
  if (kind !== 1) return Status.BAD_ARGUMENT;
  const status = world.checkHandle(value);
  if (status === Status.OK) world.underWay.add(value);
  return status;
}

export function exitSignal(
  world: World, found: number, from: number, to: number, reason: Reason,
): number {
  const target = world.find(to);
  if (target === undefined) return world.whyNotFound(to);
  const status = adoptReason(world, reason);
  if (status !== Status.OK) return status;
  const isKill = reason.kind === 0 && reason.value === 1;
  if (found === Status.NO_MEMORY && target.trapping && !isKill) {
    if (reason.kind === 1) world.underWay.delete(reason.value);
    return world.admitNoMemory();
  }
  signalExit(world, from, target, reason);
  return Status.OK;
}
