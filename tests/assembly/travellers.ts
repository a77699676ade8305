// A random program of native processes, the same for the same seed: the host's part of it.
import { Counter, MessageKind, Status, type Limits, type Pid } from "../../host/kernel/abi.ts";
import type { Kernel } from "../../host/kernel/kernel.ts";
import { Random } from "./random.ts";
import { Traveller } from "./traveller-build.ts";

/** So small that the random program hits every limit now and then. */
export const travellerLimits: Limits = {
  processes: 40, relations: 96, messageBytes: 6 * 16384, handles: 16, events: 16, names: 8,
  scratchBytes: 4096, groups: 8,
};

/** Works off all that is due, beyond traps of handlers; a program without end is given up. */
export function settle(kernel: Kernel, now: number): void {
  for (let steps = 0; step(kernel, now) === Status.MORE; steps++) {
    if (steps === 1000) throw new Error("step finds no end");
  }
}

function step(kernel: Kernel, now: number): Status {
  try {
    return kernel.step(now, 5_000);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return Status.MORE;
    throw error;
  }
}

/** The host's part of one tick: spawns, sends, names. Depends on the kernel's state alone. */
export function stimulate(kernel: Kernel, seed: number, tick: number): void {
  const random = new Random(seed * 1000 + tick);
  const pids = [...kernel.processes()];
  const anybody = () => random.pick(pids) ?? (1 as Pid);
  while (pids.length < 6) {
    const handler = random.chance(0.8) ? Traveller.WANDERER : Traveller.COLLECTOR;
    pids.push(kernel.spawnNative(0, handler, random.below(2 ** 31), 0));
  }
  for (let sends = random.below(6); sends > 0; sends--) {
    kernel.sendNumber(0, anybody(), random.below(3), 0, random.below(1000));
  }
  if (random.chance(0.5)) {
    const bytes = Uint8Array.from({ length: random.below(3000) }, () => random.below(256));
    kernel.sendBytes(anybody(), anybody(), 7, 0, bytes);
  }
  if (random.chance(0.3)) kernel.register(anybody(), `name ${random.below(12)}`);
  if (random.chance(0.2)) kernel.unregister(`name ${random.below(12)}`);
  for (let joins = random.below(4); joins > 0; joins--) {
    kernel.groupJoin(anybody(), `group ${random.below(10)}`);
    kernel.groupLeave(anybody(), `group ${random.below(10)}`);
  }
  if (random.chance(0.3)) kernel.groupSendNumber(0, `group ${random.below(10)}`, 2, 0, tick);
  if (random.chance(0.3)) {
    const hold = kernel.share(Uint8Array.from({ length: random.below(2500) }, () => tick));
    if (hold > 0) {
      for (let sends = 0; sends < 3; sends++) kernel.sendShared(0, anybody(), 3, 0, hold);
      kernel.exports.release(hold);
    }
  }
  if (random.chance(0.3)) {
    const after = random.below(400_000);
    kernel.sendAfter(0, anybody(), 5, 0, MessageKind.NUMBER, tick, after, 0);
  }
}

/** What of a kernel shows how its processes have done. */
export function traceOf(kernel: Kernel): string {
  const names = Array.from({ length: 12 }, (_, index) => kernel.whereis(`name ${index}`));
  const groups = Array.from({ length: 10 }, (_, index) => kernel.groupMembers(`group ${index}`));
  const counters = Object.values(Counter).map((id) => kernel.counter(id));
  const processes = [...kernel.processes()].map((pid) =>
    `${pid}:${[0, 1, 2, 4, 5, 6, 7].map((item) => kernel.processInfo(pid, item)).join(",")}`);
  return [kernel.nextDeadline(), counters, names, groups.join(";"), processes.join(" ")].join("\n");
}

/** Ticks `from` to `to - 1` of a program: a trace and the image's hash per tick. */
export function run(
  kernel: Kernel, seed: number, from: number, to: number, clock: (tick: number) => number,
): string[] {
  const trace: string[] = [];
  for (let tick = from; tick < to; tick++) {
    stimulate(kernel, seed, tick);
    settle(kernel, clock(tick));
    trace.push(`${tick} ${kernel.imageHash()}\n${traceOf(kernel)}`);
    const broken = kernel.exports.verify?.();
    if (broken !== 0) throw new Error(`tick ${tick}: invariant ${broken} is broken`);
  }
  return trace;
}
