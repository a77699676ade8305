// Names and groups as native handlers use them.
import t from "tap";
import { Counter, Status } from "../../host/kernel/abi.ts";
import { buildNativeKernel, Handler } from "./native-build.ts";
import { withKernel } from "./test-kernel.ts";

const wasm = await buildNativeKernel();

withKernel(t, "a handler registers, joins, sends to groups and names, and leaves", (k, t) => {
  const asker = k.spawnWaiting();
  const clerk = k.kernel.spawnNative(0, Handler.CLERK, 0, 0);
  const ask = (tag: number, value = 0) => {
    k.kernel.sendNumber(asker, clerk, tag, 0, value);
    return k.receive(asker).map((message) => message.value);
  };
  t.same(ask(1), [0]);
  t.same(ask(0), [Status.OK]);
  t.same(ask(0), [Status.TAKEN]);
  t.same(ask(1), [clerk]);
  t.equal(k.kernel.whereis("clerk"), clerk);
  t.ok((ask(8, 50)[0] as number) > 0, "a timer to its own name");
  t.same(ask(2), [Status.OK]);
  t.same(ask(2), [Status.NOT_FOUND]);
  t.same(ask(3), [Status.OK]);
  k.kernel.groupJoin(asker, "clerk");
  t.same(ask(5, 1.5), [1.5, 2]);
  t.same(ask(6), ["clerk", 2]);
  t.same(ask(4), [Status.OK]);
  t.same(ask(4), [Status.NOT_FOUND]);
  t.equal(k.kernel.groupSize("clerk"), 1);
  k.kernel.register(asker, "clerk");
  k.step(50);
  t.same(k.receive(asker).map(({ value }) => value), [50]);
  k.kernel.sendNumber(asker, clerk, 9, 0, 0);
  t.same(k.receive(asker).map(({ value }) => value), [Status.OK]);
  t.equal(k.kernel.groupSize("clerk"), 1, "who joins while it ends has left at its end");
  t.equal(k.kernel.isAlive(clerk), false);
}, {}, wasm);

withKernel(t, "a name beyond memory ends its handler's process alone", (k, t) => {
  const asker = k.spawnWaiting();
  const clerk = k.kernel.spawnNative(0, Handler.CLERK, 0, 0);
  k.kernel.sendNumber(asker, clerk, 10, 0, 0);
  t.throws(() => k.fast.step(k.now, 1000), WebAssembly.RuntimeError);
  k.step();
  t.equal(k.kernel.isAlive(clerk), false);
  t.equal(k.counter(Counter.TRAPS), 1);
}, {}, wasm);
