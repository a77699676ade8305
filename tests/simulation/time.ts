// The model's clock, timers and receive timeouts: lists, sorted when something is due.
import { MessageKind, Status, TimerOption } from "../../host/kernel/abi.ts";
import { isName, nameOf } from "./groups.ts";
import { handleOf, type Deadline, type Message, type Process } from "./records.ts";
import { deliver, wake } from "./scheduling.ts";
import type { World } from "./world.ts";

const CLOCK_MS_MAX = 2 ** 53;
const UPTIME_MS_MAX = 2 ** 42 - 2 ** 33;
const TIMER_MS_MAX = 2 ** 32 - 1;

/** Tells the time; false if it can't be one. A clock that goes back stands still. */
export function setClock(world: World, nowMs: number): boolean {
  if (!(Math.abs(nowMs) <= CLOCK_MS_MAX)) return false;
  if (!world.isTicking) {
    world.isTicking = true;
    world.epoch = nowMs;
    world.now = nowMs;
    return true;
  }
  if (nowMs - world.epoch > UPTIME_MS_MAX) return false;
  world.now = Math.max(world.now, nowMs);
  return true;
}

export function isTime(ms: number): boolean {
  return ms >= 0 && ms <= TIMER_MS_MAX;
}

/** The deadline of what is due in `ms`: never early. */
export function deadlineIn(world: World, ms: number): Deadline {
  const at = Math.ceil(world.now - world.epoch + ms);
  return { at: Math.max(at, world.elapsed), nth: ++world.armed };
}

/** Ms that are left, 0 if the deadline is past. */
export function msLeft(world: World, { at }: Deadline): number {
  const left = world.epoch + at - world.now;
  return left > 0 ? Math.ceil(left) : 0;
}

/** Fires all that is due: by deadline, those of one deadline as they were armed. */
export function fire(world: World): void {
  const due = Math.floor(world.now - world.epoch);
  const fires: { deadline: Deadline; act: () => void }[] = [];
  for (const timer of world.timers.filter(({ deadline }) => deadline.at <= due)) {
    const { deadline, to, message, ref } = timer;
    const act = () => {
      world.timers = world.timers.filter((one) => one !== timer);
      if (typeof to === "string") world.see("a timer to a name");
      const receiver = typeof to === "string" ? world.named(to) : to;
      if (receiver === undefined) {
        world.deadLetters++;
        world.see("a timer to a name of nobody");
        return;
      }
      deliver(world, receiver, { ...message, ref: message.ref || ref, inRelation: true });
    };
    fires.push({ deadline, act });
  }
  for (const process of world.processes.values()) {
    if (process.timeout === undefined || process.timeout.at > due) continue;
    fires.push({ deadline: process.timeout, act: () => timeOut(world, process) });
  }
  fires.sort(({ deadline: a }, { deadline: b }) => a.at - b.at || a.nth - b.nth);
  for (const { act } of fires) act();
  world.elapsed = due;
}

function timeOut(world: World, process: Process): void {
  process.timeout = undefined;
  process.timedOut = true;
  process.waitRef = undefined;
  if (process.state === "waiting") wake(world, process);
}

/** Ends the receive's timeout, run out or not. */
export function endTimeout(process: Process): void {
  process.timeout = undefined;
  process.timedOut = false;
}

/** The deadline that send_after asks for: in so many ms, or at a time of the clock. */
function deadlineOf(world: World, ms: number, options: number): Deadline | undefined {
  if (options === 0) return isTime(ms) ? deadlineIn(world, ms) : undefined;
  if (options !== TimerOption.ABSOLUTE || !world.isTicking) return undefined;
  if (!(Math.abs(ms) <= CLOCK_MS_MAX) || ms - world.now > TIMER_MS_MAX) return undefined;
  const at = Math.max(Math.ceil(ms - world.epoch), world.elapsed);
  return { at, nth: ++world.armed };
}

/** Whether a timer or a group may be sent this. */
export function checkPayload(world: World, tag: number, kind: number, value: number): number {
  if (tag > 255) return Status.BAD_ARGUMENT;
  if (kind === MessageKind.HANDLE) return world.checkHandle(value);
  return kind === MessageKind.NUMBER ? Status.OK : Status.BAD_ARGUMENT;
}

export function startTimer(
  world: World, found: number, to: number, message: Message, ms: number, options: number,
): number {
  const process = world.find(to);
  if (process === undefined) return world.whyNotFound(to);
  return armTimer(world, found, process, message, ms, options);
}

/** The same to the name in the scratch area, which is looked up when the time has come. */
export function startNamedTimer(
  world: World, found: number, message: Message, ms: number, options: number,
): number {
  return armTimer(world, found, nameOf(world), message, ms, options);
}

function armTimer(
  world: World, found: number, process: Process | string, message: Message, ms: number,
  options: number,
): number {
  const status = checkPayload(world, message.tag, message.kind, message.value);
  if (status !== Status.OK) return status;
  const deadline = deadlineOf(world, ms, options);
  if (deadline === undefined) return Status.BAD_ARGUMENT;
  if (typeof process === "string" && !isName(process)) return Status.BAD_ARGUMENT;
  if (world.relationsLeft() < 1) return Status.LIMIT;
  if (found === Status.NO_MEMORY && typeof process === "string") return world.admitNoMemory();
  world.admitRef(found);
  world.timers.push({ ref: found, to: process, deadline, message });
  if (handleOf(message) !== 0) world.underWay.add(message.value);
  return found;
}

/** Ms left of a timer, which is cancelled or only read. */
export function lookAtTimer(world: World, ref: number, cancel: boolean): number {
  const timer = world.timers.find((one) => one.ref === ref);
  if (timer === undefined) return Status.NOT_FOUND;
  if (cancel) world.timers = world.timers.filter((one) => one !== timer);
  return msLeft(world, timer.deadline);
}

/** When the host must step again, at the latest: it may have to do so earlier and more often. */
export function latestDeadline(world: World): number {
  const timeouts = [...world.processes.values()].flatMap(({ timeout }) => timeout ?? []);
  const all = [...world.timers.map(({ deadline }) => deadline), ...timeouts];
  if (all.length === 0) return Infinity;
  return world.isTicking ? world.epoch + Math.min(...all.map(({ at }) => at)) : -Infinity;
}
