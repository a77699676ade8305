// What a process is related to, its name, its memory, and a look into its mailbox.
import t from "tap";
import {
  Counter, Info, List, MessageKind, Status, type Pid,
} from "../../host/kernel/abi.ts";
import { withKernel } from "./test-kernel.ts";

withKernel(t, "the lists are those of links and monitors, on both sides", (k, t) => {
  const [a, b, c] = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.link(a, b);
  k.kernel.link(c, a);
  k.kernel.monitor(a, c);
  k.kernel.monitor(a, c);
  k.kernel.monitor(b, a);
  const list = (pid: Pid, which: number) => k.kernel.processList(pid, which).sort();
  t.same(list(a, List.LINKS), [b, c]);
  t.same(list(b, List.LINKS), [a]);
  t.same(list(a, List.MONITORS), [c, c], "once for each monitor");
  t.same(list(c, List.MONITORED_BY), [a, a]);
  t.same(list(a, List.MONITORED_BY), [b]);
  t.same(list(c, List.MONITORS), []);
  t.same(list(a, List.SUSPENDING), []);
  t.equal(k.kernel.exports.process_list(a, 4, 0), Status.BAD_ARGUMENT);
  t.equal(k.kernel.exports.process_list(a, List.LINKS, 1), 1);
  t.equal(k.kernel.exports.process_list(a, List.LINKS, 2), 0);
  t.equal(k.kernel.exports.process_list(a, List.LINKS, 2 ** 32 - 1), 0);
  k.kill(a);
  t.same(list(a, List.LINKS), []);
  t.equal(k.kernel.exports.process_list(a, List.LINKS, 0), Status.NO_PROCESS);
  t.equal(k.kernel.exports.process_list(0, List.LINKS, 0), Status.BAD_PID);
});

withKernel(t, "a list longer than the scratch area comes in parts", (k, t) => {
  const [watcher, watched] = [k.spawnWaiting(), k.spawnWaiting()];
  const room = k.limits.scratchBytes / 8;
  for (let i = 0; i < 2 * room; i++) k.fast.monitor(watcher, watched);
  t.equal(k.kernel.exports.process_list(watcher, List.MONITORS, 0), room);
  t.equal(k.kernel.exports.process_list(watcher, List.MONITORS, room + 3), room - 3);
  t.equal(k.kernel.processList(watcher, List.MONITORS).length, 2 * room);
  k.kernel.monitor(watcher, watched);
  t.same(k.kernel.processList(watched, List.MONITORED_BY),
    Array.from({ length: 2 * room + 1 }, () => watcher));
}, { relations: 2000, scratchBytes: 4096 });

withKernel(t, "the name of a process can be read", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  t.equal(k.kernel.processName(a), "");
  for (const name of ["alice", "ü@例え.jp", "x".repeat(3072)]) {
    k.kernel.register(a, name);
    t.equal(k.kernel.processName(a), name);
    k.kernel.unregister(name);
  }
  t.equal(k.kernel.processName(a), "");
  k.kill(b);
  t.equal(k.kernel.processName(b), "");
  t.equal(k.kernel.exports.process_name(b), Status.NO_PROCESS);
  t.equal(k.kernel.exports.process_name(0), Status.BAD_PID);
});

withKernel(t, "inspect shows any message, whoever runs, and changes nothing", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const handle = k.handle();
  k.kernel.sendNumber(b, a, 1, 0, 10);
  k.kernel.sendHandle(b, a, 2, 0, handle);
  k.kernel.sendBytes(b, a, 3, 0, Buffer.from("bytes"));
  const ref = k.kernel.monitor(a, b);
  k.kill(b);
  const seen = [0, 1, 2, 3].map((index) => {
    t.equal(k.kernel.inspect(a, index), Status.SHOWN);
    t.equal(k.fast.message.last, false, "nothing is handed over");
    return k.shown();
  });
  t.same(seen, [
    { kind: "number", tag: 1, from: b, ref: 0, value: 10 },
    { kind: "handle", tag: 2, from: b, ref: 0, value: handle },
    { kind: "bytes", tag: 3, from: b, ref: 0, value: "bytes" },
    { kind: "down", from: b, ref, reason: "killed" },
  ]);
  for (const index of [4, 5, -1, 2 ** 31]) t.equal(k.kernel.inspect(a, index), Status.OK);
  t.equal(k.kernel.processInfo(a, Info.MESSAGE_QUEUE_LENGTH), 4);
  t.same(k.receive(a), seen, "they are taken as if nobody had looked");
  t.equal(k.kernel.inspect(b, 0), Status.NO_PROCESS);
  t.equal(k.kernel.inspect(0 as Pid, 0), Status.BAD_PID);
});

withKernel(t, "a look at a shared handle hands nothing over when it is the last", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.groupJoin(a, "g");
  k.kernel.groupJoin(b, "g");
  const handle = k.handle();
  k.kernel.groupSendHandle(0, "g", 0, 0, handle);
  t.equal(k.open(a), Status.SHOWN);
  t.equal(k.fast.message.last, false, "told before b's death: not the last");
  k.kill(b);
  t.equal(k.kernel.inspect(a, 0), Status.SHOWN);
  t.equal(k.kernel.take(a), Status.OK, "taken by what was shown at first");
  k.kernel.wait(a, Infinity, 1);
  k.step(); // the released chain brings it back
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
});

withKernel(t, "the memory of a process is its records, relations and messages", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const memory = () => k.kernel.processInfo(a, Info.MEMORY);
  const bare = memory();
  t.ok(bare >= 64 && bare <= 128, `${bare} bytes`);
  k.kernel.sendNumber(b, a, 0, 0, 1);
  t.equal(memory() - bare, 32, "a number");
  k.kernel.sendBytes(b, a, 0, 0, new Uint8Array(100));
  t.equal(memory() - bare, 32 + 160, "132 bytes lie in a block of 160");
  k.receive(a);
  t.equal(memory(), bare);
  k.kernel.groupJoin(a, "g");
  const cold = memory() - 64;
  t.equal(cold - bare, 64, "the cold record, and a relation");
  const monitor = k.kernel.monitor(a, b);
  k.kernel.monitor(b, a);
  k.kernel.link(a, b);
  k.kernel.sendAfter(0, a, 0, 0, MessageKind.NUMBER, 1, 1000);
  t.equal(memory(), cold + 4 * 64, "what others own is theirs");
  t.equal(k.kernel.processInfo(a, Info.TIMERS), 1);
  t.equal(k.kernel.processInfo(a, Info.GROUPS), 1);
  k.kernel.demonitor(a, monitor, 0);
  t.equal(memory(), cold + 3 * 64);
  t.equal(k.kernel.processInfo(b, Info.TIMERS), 0);
});
