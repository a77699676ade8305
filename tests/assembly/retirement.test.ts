// Slots whose generations are used up: retired one by one until none is left, and never used again.
import t from "tap";
import {
  AliasOption, Counter, MessageKind, MonitorOption, Option, SLOTS, Status, type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { setNextPid, setRelationGeneration } from "./memory-map.ts";
import { Handler, buildNativeKernel } from "./native-build.ts";
import { readDebugKernel, withKernel, type TestKernel } from "./test-kernel.ts";

const PID_GENERATION_MAX = 2 ** 28 - 1;
const REF_GENERATION_MAX = 2 ** 28 - 1;
const PROCESSES = 6;
const RELATIONS = 12;

const native = await buildNativeKernel();

function agePids(k: TestKernel, generation: number): void {
  for (let slot = 1; slot <= PROCESSES; slot++) {
    setNextPid(k.fast.exports, slot, generation * SLOTS + slot);
  }
}

withKernel(t, "all process slots retire, however they end; then no process can be made", (k, t) => {
  agePids(k, PID_GENERATION_MAX);
  const given: Pid[] = [];
  const ends: readonly (() => Pid)[] = [
    () => { const pid = k.spawn(); k.finish(pid); return pid; },
    () => { const pid = k.spawnWaiting(); k.kill(pid); return pid; },
    () => k.kernel.spawnNative(0, Handler.STILLBORN, 0, 0),
    () => {
      const pid = k.kernel.spawnNative(0, Handler.FINISHER, 0, 0);
      k.kernel.sendNumber(0, pid, 0, 0, 1);
      return pid;
    },
    () => {
      const pid = k.spawn();
      k.kernel.watch(2, 1);
      k.open(pid);
      k.kernel.yieldTurn(pid, 99);
      k.kernel.exitSignal(0, pid, 0, 1); // it waits for the event that tells of its long turn
      k.kernel.watch(2, 0);
      return pid;
    },
    () => {
      const [pid, other] = [k.spawnWaiting(), k.kernel.spawnNative(0, Handler.KILLER, 0, 0)];
      t.equal(other, Status.LIMIT, "it is the last");
      k.kill(pid);
      return pid;
    },
  ];
  for (const end of ends) {
    given.push(end());
    for (let i = 0; i < 2; i++) {
      try { k.step(); } catch (error) { t.ok(error instanceof WebAssembly.RuntimeError); }
    }
    t.equal(k.counter(Counter.RETIRED), given.length);
  }
  t.equal(new Set(given).size, PROCESSES);
  t.ok(given.every((pid) => Math.floor(pid / SLOTS) === PID_GENERATION_MAX));
  for (let i = 0; i < 3; i++) {
    t.equal(k.kernel.spawnHost(0, 0), Status.LIMIT);
    t.equal(k.kernel.spawnNative(0, Handler.FRAGILE, 0, 0), Status.LIMIT);
  }
  for (const pid of given) {
    t.equal(k.kernel.sendNumber(0, pid, 0, 0, 1), Status.NO_PROCESS);
    t.equal(k.kernel.sendNumber(0, pid + SLOTS as Pid, 0, 0, 1), Status.BAD_PID, "beyond the last");
    t.equal(k.kernel.reap(pid), Status.NOT_FOUND);
  }
  t.same([...k.kernel.processes()], []);
}, { processes: PROCESSES }, native);

withKernel(t, "retired slots stay so in an image that is restored", (k, t) => {
  agePids(k, PID_GENERATION_MAX);
  for (let slot = 1; slot < PROCESSES; slot++) k.finish(k.spawn());
  const image = k.fast.snapshot();
  const restored = Kernel.restore(readDebugKernel(), image, k.now);
  t.equal(restored.counter(Counter.RETIRED), PROCESSES - 1);
  t.equal(restored.spawnHost(0, 0) % SLOTS, PROCESSES, "the one that is left");
  t.equal(restored.spawnHost(0, 0), Status.LIMIT);
  t.equal(restored.exports.verify?.(), 0);
}, { processes: PROCESSES });

/** Every kind of relation is made and ended, its reference the last of its slot. */
function useUpAll(k: TestKernel, a: Pid, b: Pid): Ref[] {
  const { kernel } = k;
  const refs: Ref[] = [];
  const keep = (ref: Ref) => {
    if (ref <= 0) throw new Error(`a reference: ${ref}`);
    refs.push(ref);
    return ref;
  };
  kernel.link(a, b);
  kernel.unlink(a, b);
  kernel.demonitor(a, keep(kernel.monitor(a, b)), 0);
  kernel.cancelTimer(keep(kernel.sendAfter(0, a, 0, 0, MessageKind.NUMBER, 1, 5)));
  kernel.unalias(a, keep(kernel.alias(a, AliasOption.PRIORITY)));
  kernel.groupJoin(a, "g");
  kernel.groupLeave(a, "g");
  kernel.suspend(a, b);
  kernel.resume(a, b);
  kernel.cancelTimer(keep(kernel.sendAfterName(0, "n", 0, 0, MessageKind.NUMBER, 1, 5)));
  const reply = keep(kernel.monitor(a, b, MonitorOption.ALIAS_REPLY));
  kernel.demonitor(a, reply, 0);
  keep(kernel.monitor(a, 5 * SLOTS + 1 as Pid)); // of the dead: a DOWN
  keep(kernel.sendAfter(0, a, 0, 0, MessageKind.NUMBER, 1, 0));
  k.step();
  k.receive(a);
  return refs;
}

withKernel(t, "all relations retire, of every kind; then what needs one is refused", (k, t) => {
  const [a, b] = [k.spawnWaiting(Option.TRAP_EXIT), k.spawnWaiting()];
  for (let slot = 1; slot <= RELATIONS; slot++) {
    setRelationGeneration(k.fast.exports, slot, REF_GENERATION_MAX);
  }
  const refs = useUpAll(k, a, b);
  t.ok(refs.every((ref) => Math.floor(ref / SLOTS) === REF_GENERATION_MAX && ref < 2 ** 52));
  t.equal(new Set(refs).size, refs.length);
  t.equal(k.counter(Counter.RELATIONS), 0);
  const { kernel } = k;
  const { NUMBER, HANDLE } = MessageKind;
  for (let i = 0; i < 2; i++) {
    t.equal(kernel.link(a, b), Status.LIMIT);
    t.equal(kernel.link(a, 5 * SLOTS + 1 as Pid), Status.LIMIT, "EXIT noproc");
    t.equal(kernel.monitor(a, b), Status.LIMIT);
    t.equal(kernel.monitor(a, b, MonitorOption.ALIAS_EXPLICIT), Status.LIMIT);
    t.equal(kernel.monitorName(a, "nobody"), Status.LIMIT);
    t.equal(kernel.alias(a, 0), Status.LIMIT);
    t.equal(kernel.suspend(a, b), Status.LIMIT);
    t.equal(kernel.groupJoin(a, "g"), Status.LIMIT);
    t.equal(kernel.sendAfter(0, a, 0, 0, NUMBER, 1, 5), Status.LIMIT);
    t.equal(kernel.sendAfterName(0, "n", 0, 0, NUMBER, 1, 5), Status.LIMIT);
    const handle = k.handle();
    t.equal(kernel.sendAfter(0, a, 0, 0, HANDLE, handle, 5), Status.LIMIT);
    k.giveBack(handle);
    t.equal(kernel.spawnHost(a, Option.LINK), Status.LIMIT);
    t.equal(kernel.spawnHost(a, Option.MONITOR), Status.LIMIT);
  }
  for (const ref of refs) {
    t.equal(kernel.demonitor(a, ref, 1), Status.NOT_FOUND);
    t.equal(kernel.cancelTimer(ref), Status.NOT_FOUND);
    t.equal(kernel.unalias(a, ref), Status.NOT_FOUND);
  }
  t.equal(kernel.register(a, "n"), Status.OK, "a name needs none");
  t.equal(kernel.exitSignal(b, a, 0, 4), Status.OK, "nor does exit/2");
  t.same(k.receive(a), [{ kind: "exit", from: b, reason: "shutdown" }]);
}, { relations: RELATIONS });

withKernel(t, "plain references have no slots and no end that is near", (k, t) => {
  const refs = Array.from({ length: 1000 }, () => k.kernel.makeRef());
  t.equal(new Set(refs).size, 1000);
  t.ok(refs.every((ref) => ref > 2 ** 52 && Number.isSafeInteger(ref)));
});
