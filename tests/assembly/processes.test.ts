// The process table: pids, slots, generations, what can be asked of a process.
import t from "tap";
import {
  Counter, Flag, Info, Option, ProcessStatus, SLOTS, Status, type Pid,
} from "../../host/kernel/abi.ts";
import { slotOf } from "../../host/kernel/kernel.ts";
import { setNextPid } from "./memory-map.ts";
import { withKernel } from "./test-kernel.ts";

const GENERATION_MAX = 2 ** 28 - 1;

withKernel(t, "a slot is used again at once with a new pid; the old pid stays dead", (k, t) => {
  const first = k.spawn();
  k.finish(first);
  const second = k.spawn();
  t.equal(slotOf(second), slotOf(first));
  t.equal(second, first + SLOTS);
  t.equal(k.kernel.isAlive(first), false);
  t.equal(k.kernel.isAlive(second), true);
  t.equal(k.kernel.sendNumber(0, first, 0, 0, 1), Status.NO_PROCESS);
  t.equal(k.counter(Counter.DEAD_LETTERS), 1);
  t.equal(k.kernel.processInfo(second, Info.MESSAGE_QUEUE_LENGTH), 0);
});

withKernel(t, "the table takes as many processes as its limit, then answers LIMIT", (k, t) => {
  const pids: Pid[] = [];
  for (let i = 0; i < k.limits.processes; i++) pids.push(k.spawn());
  t.equal(new Set(pids.map(slotOf)).size, k.limits.processes);
  t.equal(slotOf(pids.at(-1) as Pid), k.limits.processes, "the last slot is used");
  t.equal(k.kernel.spawnHost(0, 0), Status.LIMIT);
  t.equal(k.kernel.spawnHost(pids[0] as Pid, Option.LINK | Option.MONITOR), Status.LIMIT);
  t.equal(k.counter(Counter.RELATIONS), 0, "a refused spawn takes no relation");
  t.same([...k.kernel.processes()], pids);
  k.kill(pids[7] as Pid);
  t.equal(k.kernel.spawnHost(0, 0), Status.LIMIT, "a slot is free only when the host has reaped");
  k.step();
  t.equal(slotOf(k.spawn()), slotOf(pids[7] as Pid));
});

withKernel(t, "the last generation of a slot retires it, and nothing is given twice", (k, t) => {
  const first = k.spawn();
  k.finish(first);
  setNextPid(k.fast.exports, 1, (GENERATION_MAX - 1) * SLOTS + 1);
  const old = k.spawn();
  t.equal(old, (GENERATION_MAX - 1) * SLOTS + 1);
  k.finish(old);
  const last = k.spawn();
  t.equal(last, GENERATION_MAX * SLOTS + 1);
  t.ok(Number.isSafeInteger(last));
  t.equal(k.kernel.sendNumber(0, last, 0, 0, 5), Status.OK);
  t.equal(k.receive(last).length, 1, "the oldest pid works as any other");
  k.kill(last);
  k.step();
  t.equal(k.counter(Counter.RETIRED), 1);
  t.equal(k.kernel.isAlive(last), false);
  const others: Pid[] = [];
  for (let i = 1; i < k.limits.processes; i++) others.push(k.spawn());
  t.notOk(others.some((pid) => slotOf(pid) === 1));
  t.equal(k.kernel.spawnHost(0, 0), Status.LIMIT, "one slot fewer is left");
});

withKernel(t, "what is no pid is BAD_PID, a pid never given NO_PROCESS", (k, t) => {
  const pid = k.spawn();
  const bad = [0, -0, -1.5, -SLOTS, NaN, Infinity, -Infinity, 1.5, pid + 0.5, SLOTS, 7 * SLOTS,
    2 ** 52, 2 ** 52 + SLOTS + 1, 2 ** 53, 2 ** 53 + SLOTS + 1, 2 ** 60 + 1, 1e300,
    k.limits.processes + 1, SLOTS - 1];
  for (const one of bad) {
    t.equal(k.kernel.sendNumber(0, one as Pid, 0, 0, 1), Status.BAD_PID, `${one}`);
    t.equal(k.kernel.exports.is_alive(one), Status.BAD_PID, `${one}`);
  }
  for (const one of [2, pid + SLOTS, pid + 5 * SLOTS, k.limits.processes]) {
    t.equal(k.kernel.sendNumber(0, one as Pid, 0, 0, 1), Status.NO_PROCESS, `${one}`);
    t.equal(k.kernel.isAlive(one as Pid), false);
  }
  t.equal(k.counter(Counter.DEAD_LETTERS), 4, "only what could have been a pid counts");
});

withKernel(t, "process_info tells of a process what Erlang's does", (k, t) => {
  const parent = k.spawnWaiting();
  const pid = k.spawn(Option.LINK | Option.MONITOR | Option.PRIORITY_HIGH, parent);
  const info = (item: number) => k.kernel.processInfo(pid, item);
  t.equal(info(Info.STATUS), ProcessStatus.RUNNABLE);
  t.equal(info(Info.PARENT), parent);
  t.equal(info(Info.PRIORITY), Option.PRIORITY_HIGH);
  t.equal(info(Info.TRAP_EXIT), 0);
  t.equal(info(Info.KIND), 1);
  t.equal(info(Info.LINKS), 1);
  t.equal(info(Info.MONITORS), 0);
  t.equal(info(Info.MONITORED_BY), 1);
  t.equal(k.kernel.processInfo(parent, Info.MONITORS), 1);
  k.step();
  t.equal(info(Info.STATUS), ProcessStatus.OFFERED);
  k.open(pid);
  t.equal(info(Info.STATUS), ProcessStatus.RUNNING);
  k.kernel.wait(pid, Infinity, 40);
  t.equal(info(Info.STATUS), ProcessStatus.WAITING);
  t.equal(info(Info.REDUCTIONS), 40);
  t.equal(info(99), Status.BAD_ARGUMENT);
  k.kill(pid);
  t.equal(info(Info.STATUS), Status.NO_PROCESS);
  t.equal(k.kernel.processInfo(k.spawn(), Info.PARENT), 0, "nobody");
  for (const wild of [NaN, -1, 1.5, Infinity]) {
    t.equal(k.kernel.spawnHost(wild as Pid, 0), Status.BAD_PID, `no process has ${wild}`);
  }
});

withKernel(t, "process_flag answers the old value and refuses what is none", (k, t) => {
  const pid = k.spawn();
  t.equal(k.kernel.processFlag(pid, Flag.TRAP_EXIT, 1), 0);
  t.equal(k.kernel.processFlag(pid, Flag.TRAP_EXIT, 1), 1);
  t.equal(k.kernel.processFlag(pid, Flag.TRAP_EXIT, 2), Status.BAD_ARGUMENT);
  t.equal(k.kernel.processFlag(pid, Flag.PRIORITY, Option.PRIORITY_MAX), Option.PRIORITY_NORMAL);
  t.equal(k.kernel.processFlag(pid, Flag.PRIORITY, 4), Status.BAD_ARGUMENT);
  t.equal(k.kernel.processFlag(pid, 7, 0), Status.BAD_ARGUMENT);
  t.equal(k.kernel.processInfo(pid, Info.PRIORITY), Option.PRIORITY_MAX);
});

withKernel(t, "a spawn with an unknown option or a dead parent makes nothing", (k, t) => {
  const dead = k.spawn();
  k.finish(dead);
  t.equal(k.kernel.spawnHost(0, 32), Status.BAD_ARGUMENT);
  t.equal(k.kernel.spawnHost(0, -1), Status.BAD_ARGUMENT);
  t.equal(k.kernel.spawnHost(dead, Option.LINK), Status.NO_PROCESS);
  t.equal(k.kernel.spawnHost(0, Option.MONITOR), Status.BAD_PID);
  t.equal(k.kernel.spawnNative(0, 9, 0, 0), Status.NO_HANDLER, "this build has no handlers");
  t.equal(k.kernel.spawnNative(0, 4_000_000_000, 0, 0), Status.NO_HANDLER);
  t.equal(k.counter(Counter.SPAWNS), 1);
});
