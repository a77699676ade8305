// Registered names: one per process, one process per name, free at its end.
import t from "tap";
import { Counter, Status, type Pid } from "../../host/kernel/abi.ts";
import { withKernel } from "./test-kernel.ts";

withKernel(t, "a name finds its process, until it is taken away or its process ends", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  t.equal(k.kernel.register(a, "alice"), Status.OK);
  t.equal(k.kernel.whereis("alice"), a);
  t.equal(k.kernel.whereis("Alice"), 0);
  t.equal(k.kernel.whereis("alic"), 0);
  t.equal(k.kernel.unregister("alice"), Status.OK);
  t.equal(k.kernel.unregister("alice"), Status.NOT_FOUND);
  t.equal(k.kernel.whereis("alice"), 0);
  t.equal(k.kernel.register(b, "alice"), Status.OK);
  k.kill(b);
  t.equal(k.kernel.whereis("alice"), 0);
  t.equal(k.counter(Counter.NAMES), 0);
});

withKernel(t, "a taken name, a named process and a dead one are refused", (k, t) => {
  const [a, b, dead] = [k.spawnWaiting(), k.spawnWaiting(), k.spawn()];
  k.finish(dead);
  t.equal(k.kernel.register(a, "one"), Status.OK);
  t.equal(k.kernel.register(b, "one"), Status.TAKEN);
  t.equal(k.kernel.register(a, "two"), Status.TAKEN);
  t.equal(k.kernel.register(a, "one"), Status.TAKEN);
  t.equal(k.kernel.register(dead, "two"), Status.NO_PROCESS);
  t.equal(k.kernel.register(0 as Pid, "two"), Status.BAD_PID);
  t.equal(k.counter(Counter.NAMES), 1);
});

withKernel(t, "names are bytes of UTF-8, up to a full JID's length", (k, t) => {
  const names = ["ü", "日本語@例え.jp", "😀", "x".repeat(3071), "\0", "a\0b", "ab", "é".repeat(1535)];
  const pids = names.map((name) => {
    const pid = k.spawnWaiting();
    t.equal(k.kernel.register(pid, name), Status.OK);
    return pid;
  });
  t.same(names.map((name) => k.kernel.whereis(name)), pids);
  const pid = k.spawnWaiting();
  t.equal(k.kernel.register(pid, ""), Status.BAD_ARGUMENT);
  t.equal(k.kernel.register(pid, "x".repeat(3073)), Status.BAD_ARGUMENT);
  t.equal(k.kernel.register(pid, "é".repeat(1600)), Status.BAD_ARGUMENT);
  t.equal(k.kernel.register(pid, "x".repeat(100_000)), Status.BAD_ARGUMENT);
  t.equal(k.kernel.whereis(""), 0);
  t.equal(k.kernel.whereis("x".repeat(3073)), 0);
  t.equal(k.kernel.unregister(""), Status.NOT_FOUND);
});

withKernel(t, "the table of names is limited, and full it still finds and forgets", (k, t) => {
  const pids = Array.from({ length: 33 }, () => k.spawnWaiting());
  for (let i = 0; i < 32; i++) t.equal(k.kernel.register(pids[i] as Pid, `n${i}`), Status.OK);
  t.equal(k.kernel.register(pids[32] as Pid, "n32"), Status.LIMIT);
  t.equal(k.kernel.register(pids[32] as Pid, "n3"), Status.TAKEN);
  for (let i = 0; i < 32; i++) t.equal(k.kernel.whereis(`n${i}`), pids[i]);
  t.equal(k.kernel.whereis("n32"), 0);
  k.kill(pids[5] as Pid);
  t.equal(k.kernel.register(pids[32] as Pid, "n32"), Status.OK);
  t.equal(k.kernel.whereis("n32"), pids[32]);
});

withKernel(t, "a table of one name works", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  for (let i = 0; i < 20; i++) {
    t.equal(k.kernel.register(a, `a${i}`), Status.OK);
    t.equal(k.kernel.register(b, `b${i}`), Status.LIMIT);
    t.equal(k.kernel.whereis(`a${i}`), a);
    t.equal(k.kernel.unregister(`a${i}`), Status.OK);
  }
}, { names: 1 });

withKernel(t, "names come and go in any order, and none is lost on the way", (k, t) => {
  const pids = Array.from({ length: 32 }, () => k.spawnWaiting());
  for (let round = 0; round < 30; round++) {
    pids.forEach((pid, i) => k.kernel.register(pid, `${round}/${i}`));
    for (let i = 0; i < 32; i++) {
      const victim = (i * 7 + round) % 32;
      t.equal(k.kernel.unregister(`${round}/${victim}`), Status.OK);
      const left = pids.filter((pid, j) => k.fast.whereis(`${round}/${j}`) === pid).length;
      if (left !== 31 - i) t.fail(`${left} of ${31 - i} are left in round ${round}`);
    }
  }
});

withKernel(t, "names of one length and one hash place are told apart", (k, t) => {
  const pids = Array.from({ length: 32 }, () => k.spawnWaiting());
  pids.forEach((pid, i) => k.kernel.register(pid, `user${String(i).padStart(4, "0")}@example.org`));
  pids.forEach((pid, i) => {
    t.equal(k.kernel.whereis(`user${String(i).padStart(4, "0")}@example.org`), pid);
  });
  t.equal(k.kernel.whereis("user0032@example.org"), 0);
});

withKernel(t, "lengths beyond the scratch area are refused", (k, t) => {
  const pid = k.spawnWaiting();
  for (const length of [-1, 2 ** 31, 2 ** 32 - 1, k.limits.scratchBytes + 1]) {
    t.equal(k.kernel.exports.register(pid, length), Status.BAD_ARGUMENT);
    t.equal(k.kernel.exports.unregister(length), Status.BAD_ARGUMENT);
    t.equal(k.kernel.exports.whereis(length), Status.BAD_ARGUMENT);
  }
});
