// The model's sends. Whether the message memory has room depends on where its blocks lie, so the
// kernel's own NO_MEMORY is taken where it may be true: when all slabs are in use.
import {
  EXIT_PRIORITY, MessageKind, SEND_EXEMPT, SEND_PRIORITY, Status,
} from "../../host/kernel/abi.ts";
import { afterMessage } from "./aliases.ts";
import { admit, DROPPED, isFull } from "./guards.ts";
import { message, messageBytes, type Message, type Process, type Reason } from "./records.ts";
import { deliver } from "./scheduling.ts";
import { signalExit } from "./signals.ts";
import type { World } from "./world.ts";

/** The longest payload. */
const BYTES_MAX = 16384;
/** More bytes than these lie in a block beside their message's. */
const INLINE_BYTES_MAX = 1600;

/** Whom a message reaches, or what its send answers at once. */
function findReceiver(world: World, to: number, tag: number): Process | number {
  if (tag > 1023 || ((tag & SEND_PRIORITY) !== 0 && to >= 0)) return Status.BAD_ARGUMENT;
  const process = world.findAt(to);
  if (process !== undefined) return process;
  const why = world.whyNobodyAt(to);
  if (why === Status.NO_PROCESS) world.deadLetters++;
  return why;
}

/** Lets a message through a receiver's guard into its mailbox, if there is memory for it. */
function transmit(
  world: World, found: number, process: Process, to: number, letter: Message, blocks = 1,
): number {
  const isExempt = (letter.tag & SEND_EXEMPT) !== 0;
  if (isExempt && isFull(process)) world.see("an exempt message passes a limit");
  const admitted = isExempt ? Status.OK : admit(world, process, messageBytes(letter));
  if (admitted !== Status.OK) return admitted === DROPPED ? Status.OK : admitted;
  if (found === Status.NO_MEMORY) return world.admitNoMemory(blocks);
  world.sends++;
  const alias = world.aliasAt(to);
  const isPriority = (letter.tag & SEND_PRIORITY) !== 0 && alias?.admitsPriority === true;
  deliver(world, process, { ...letter, tag: letter.tag % 256, isPriority });
  if (alias !== undefined) afterMessage(world, alias);
  return Status.OK;
}

export function sendNumber(
  world: World, found: number, from: number, to: number, tag: number, ref: number, value: number,
): number {
  const process = findReceiver(world, to, tag);
  if (typeof process === "number") return process;
  const letter = message({ kind: MessageKind.NUMBER, from, tag, ref, value });
  return transmit(world, found, process, to, letter);
}

export function sendHandle(
  world: World, found: number, from: number, to: number, tag: number, ref: number, handle: number,
): number {
  const process = findReceiver(world, to, tag);
  if (typeof process === "number") return process;
  const status = world.checkHandle(handle);
  if (status !== Status.OK) return status;
  const letter = message({ kind: MessageKind.HANDLE, from, tag, ref, value: handle });
  const sent = transmit(world, found, process, to, letter);
  // One that nobody got comes back by the released chain.
  if (sent === Status.OK) world.underWay.add(handle);
  return sent;
}

/** Sends what the host has written into the scratch area. */
export function sendBytes(
  world: World, found: number, from: number, to: number, tag: number, ref: number,
): number {
  const process = findReceiver(world, to, tag);
  if (typeof process === "number") return process;
  const bytes = world.scratch;
  if (bytes.length > BYTES_MAX) return Status.TOO_LARGE;
  const letter = message({ kind: MessageKind.BYTES, from, tag, ref, bytes });
  return transmit(world, found, process, to, letter, blocksOf(bytes));
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
  const process = findReceiver(world, to, tag);
  if (typeof process === "number") return process;
  const letter = message({ kind: MessageKind.BYTES, from, tag, ref, bytes, isShared: true });
  return transmit(world, found, process, to, letter);
}

/** Takes a reason over from the host, until the end of the call. */
export function adoptReason(world: World, { kind, value }: Reason): number {
  if (kind === 0) return Status.OK;
  if (kind !== 1) return Status.BAD_ARGUMENT;
  const status = world.checkHandle(value);
  if (status === Status.OK) world.underWay.add(value);
  return status;
}

/** `to` is a pid or minus the reference of an alias, which may admit a signal with priority. */
export function exitSignal(
  world: World, found: number, from: number, to: number, kind: number, value: number,
): number {
  const isUrgent = (kind & EXIT_PRIORITY) !== 0;
  if (isUrgent && !(to < 0)) return Status.BAD_ARGUMENT;
  const target = world.findAt(to);
  if (target === undefined) return world.whyNobodyAt(to);
  const reason = { kind: kind & ~EXIT_PRIORITY, value };
  const status = adoptReason(world, reason);
  if (status !== Status.OK) return status;
  const isKill = reason.kind === 0 && reason.value === 1;
  if (found === Status.NO_MEMORY && target.trapping && !isKill) {
    if (reason.kind === 1) world.underWay.delete(reason.value);
    return world.admitNoMemory();
  }
  signalExit(world, from, target, reason, isUrgent && world.aliasAt(to)?.admitsPriority === true);
  return Status.OK;
}
