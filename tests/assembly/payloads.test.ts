// Payloads: bytes in their message, beside it, or shared; and holds, which the host has of them.
import t from "tap";
import { Counter, Status, type Pid } from "../../host/kernel/abi.ts";
import { buildNativeKernel, Handler } from "./native-build.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

const SLAB_BYTES = 16384;
/** One of each form: inline and external. */
const LENGTHS = [0, 256, 1600, 1601, 4096, 16384];

const wasm = await buildNativeKernel();

function text(length: number): string {
  return Array.from({ length }, (_, at) => String.fromCharCode(97 + at % 26)).join("");
}

function share(k: TestKernel, bytes: string): number {
  const hold = k.kernel.share(Buffer.from(bytes));
  if (hold <= 0) throw new Error(`share: ${hold}`);
  return hold;
}

function native(k: TestKernel, handler: number): Pid {
  const pid = k.kernel.spawnNative(0, handler, 0, 0);
  if (pid <= 0) throw new Error(`spawnNative: ${pid}`);
  return pid;
}

const roomy = { scratchBytes: SLAB_BYTES + 1 };

withKernel(t, "shared bytes arrive whole at everybody, with sender, tag and reference", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  for (const length of LENGTHS) {
    const hold = share(k, text(length));
    const ref = k.kernel.makeRef();
    t.equal(k.kernel.sendShared(a, b, 7, ref, hold), Status.OK);
    t.equal(k.kernel.sendShared(0, a, 0, 0, hold), Status.OK);
    t.equal(k.kernel.release(hold), Status.OK, "before they are read");
    t.same(k.receive(b), [{ kind: "bytes", tag: 7, from: a, ref, value: text(length) }]);
    t.same(k.receive(a), [{ kind: "bytes", tag: 0, from: 0, ref: 0, value: text(length) }]);
  }
}, roomy);

withKernel(t, "a fan-out copies nothing: a message takes 32 bytes, however long it is", (k, t) => {
  const pids = Array.from({ length: 40 }, () => k.spawnWaiting());
  const hold = share(k, text(16384));
  for (const pid of pids) {
    for (let i = 0; i < 25; i++) t.equal(k.fast.sendShared(0, pid, 0, 0, hold), Status.OK);
  }
  t.equal(k.counter(Counter.SLABS), 3, "1,000 heads in two slabs, and the bytes in one");
  k.kernel.release(hold);
  for (const pid of pids.slice(0, 39)) k.kill(pid);
  t.equal(k.receive(pids[39] as Pid).length, 25);
}, { messageBytes: 4 * SLAB_BYTES, ...roomy });

withKernel(t, "a hold can be released once, and only a hold", (k, t) => {
  const pid = k.spawnWaiting();
  const hold = share(k, text(2000));
  t.equal(k.counter(Counter.HOLDS), 1);
  const address = new Uint32Array(k.fast.exports.memory.buffer)[hold / 4 + 7] as number;
  t.equal(k.bytesAt(address, 3).toString(), "abc");
  for (const wild of [0, 1, -1, hold + 32, hold - 32, hold + 1, address, address + 32, NaN,
    2 ** 31, 2 ** 32 - 1]) {
    t.equal(k.kernel.release(wild), Status.BAD_ARGUMENT, `${wild}`);
    t.equal(k.kernel.sendShared(0, pid, 0, 0, wild), Status.BAD_ARGUMENT, `${wild}`);
  }
  t.equal(k.kernel.release(hold), Status.OK);
  t.equal(k.kernel.release(hold), Status.BAD_ARGUMENT);
  t.equal(k.kernel.sendShared(0, pid, 0, 0, hold), Status.BAD_ARGUMENT);
  t.equal(k.counter(Counter.HOLDS), 0);
});

withKernel(t, "bytes that look like a hold are none", (k, t) => {
  const hold = share(k, "original");
  const memory = k.fast.exports.memory.buffer;
  for (const length of [32, 64, 1600, 1632, 2048, 4096]) {
    const forged = new Uint8Array(length);
    for (let at = 0; at + 32 <= length; at += 32) {
      forged.set(new Uint8Array(memory, hold, 32), at);
    }
    const other = k.kernel.share(forged);
    const address = new Uint32Array(memory)[other / 4 + 7] as number;
    for (let at = 0; at < length; at += 32) {
      t.equal(k.kernel.release(address + at), Status.BAD_ARGUMENT, `${at} of ${length}`);
    }
    t.equal(k.kernel.release(other), Status.OK);
  }
  t.equal(k.kernel.release(hold), Status.OK);
});

withKernel(t, "nor are new blocks where such bytes lay before", (k, t) => {
  const [pid, hold] = [k.spawnWaiting(), share(k, "original")];
  const { buffer } = k.fast.exports.memory;
  const forged = new Uint8Array(SLAB_BYTES);
  for (let at = 0; at < SLAB_BYTES; at += 32) forged.set(new Uint8Array(buffer, hold, 32), at);
  const other = k.kernel.share(forged);
  const address = new Uint32Array(buffer)[other / 4 + 7] as number;
  t.equal(k.kernel.release(other), Status.OK);
  for (let i = 0; i < 520; i++) k.fast.sendNumber(0, pid, 0, 0, 1);
  t.notSame(Buffer.from(buffer).subarray(address, address + 64), forged.subarray(0, 64), "used");
  for (let at = 0; at < SLAB_BYTES; at += 32) {
    if (k.fast.release(address + at) !== Status.BAD_ARGUMENT) t.fail(`${at}`);
  }
  t.equal(k.fast.release(hold), Status.OK);
}, { messageBytes: 3 * SLAB_BYTES, ...roomy });

withKernel(t, "a message that was taken is a hold: it is sent on as often as one likes", (k, t) => {
  const [a, b, c] = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  for (const length of LENGTHS) {
    k.kernel.sendBytes(0, a, 0, 0, Buffer.from(text(length)));
    k.open(a);
    const { hold } = k.fast.message;
    t.equal(k.kernel.sendShared(a, b, 0, 0, hold), Status.BAD_ARGUMENT, "not taken yet");
    k.kernel.take(a);
    t.equal(k.kernel.sendShared(a, b, 0, 0, hold), Status.OK);
    k.kernel.wait(a, Infinity, 1);
    k.open(b);
    const second = k.fast.message.hold;
    k.kernel.take(b);
    t.equal(k.kernel.sendShared(b, c, 0, 0, second), Status.OK, "and so is what is shared");
    k.kernel.wait(b, Infinity, 1);
    t.equal(k.kernel.release(hold), Status.OK);
    t.equal(k.kernel.release(second), Status.OK);
    t.same(k.receive(c).map(({ value }) => value), [text(length)]);
  }
}, roomy);

withKernel(t, "whatever becomes of receivers, bytes go with their last reference", (k, t) => {
  const dead = k.spawnWaiting();
  k.kill(dead);
  k.step();
  for (const length of LENGTHS) {
    const hold = share(k, text(length));
    t.equal(k.kernel.sendShared(0, dead, 0, 0, hold), Status.NO_PROCESS);
    const full = k.spawnWaiting();
    for (let i = 0; i < 5; i++) k.kernel.sendShared(0, full, 0, 0, hold);
    for (let i = 0; i < 2; i++) k.kernel.sendBytes(0, full, 0, 0, Buffer.from(text(length)));
    k.kill(full);
    const taker = k.spawnWaiting();
    k.kernel.sendShared(0, taker, 0, 0, hold);
    k.kernel.sendShared(0, taker, 0, 0, hold);
    k.kernel.release(hold);
    k.open(taker);
    const { hold: taken, value } = k.fast.message;
    k.kernel.take(taker);
    k.kill(taker);
    t.equal(k.bytesAt(value, length).toString(), text(length), "still held");
    t.equal(k.kernel.release(taken), Status.OK);
    t.ok(k.counter(Counter.SLABS) <= 6, "an empty slab at most for each class that was used");
  }
}, roomy);

withKernel(t, "in a full memory share and sends refuse, and nothing is lost", (k, t) => {
  const pid = k.spawnWaiting();
  const hold = share(k, text(5000));
  let sent = 0;
  while (k.fast.sendShared(0, pid, 0, 0, hold) === Status.OK) sent++;
  t.equal(sent, 3 * 512 - 1, "three slabs of heads, one of which is the hold's");
  for (const length of LENGTHS) {
    const bytes = Buffer.from(text(length));
    t.equal(k.kernel.share(bytes), Status.NO_MEMORY);
    t.equal(k.kernel.sendBytes(0, pid, 0, 0, bytes), Status.NO_MEMORY);
  }
  t.equal(k.kernel.release(hold), Status.OK);
  t.equal(k.receive(pid).length, sent);
  t.equal(k.kernel.sendBytes(0, pid, 0, 0, Buffer.from(text(16384))), Status.OK);
  t.equal(k.receive(pid).length, 1);
}, { messageBytes: 4 * SLAB_BYTES, ...roomy });

withKernel(t, "share takes what lies in the scratch area, up to 16,384 bytes", (k, t) => {
  t.equal(k.kernel.share(new Uint8Array(16385)), Status.TOO_LARGE);
  t.equal(k.kernel.share(new Uint8Array(40_000)), Status.TOO_LARGE);
  const { share: raw } = k.kernel.exports;
  for (const [pointer, length] of [[0, 1], [-1, 1], [2 ** 32 - 1, 2 ** 32 - 1]] as const) {
    t.equal(raw(pointer, length), Status.BAD_ARGUMENT);
  }
}, roomy);

withKernel(t, "a native handler shares bytes, and gives them back once", (k, t) => {
  const asker = k.spawnWaiting();
  const sharer = native(k, Handler.SHARER);
  k.kernel.sendNumber(asker, sharer, 0, 0, 0);
  t.same(k.receive(asker).map(({ value }) => value), [
    "shared", 0, "shared", 0, "shared", 0, 0, Status.BAD_ARGUMENT, 0, Status.BAD_ARGUMENT,
  ]);
}, {}, wasm);

withKernel(t, "a native handler sends on the bytes that it works on", (k, t) => {
  const asker = k.spawnWaiting();
  const mirror = native(k, Handler.MIRROR);
  for (const length of LENGTHS) {
    const hold = share(k, text(length));
    k.kernel.sendShared(asker, mirror, 0, 0, hold);
    k.kernel.sendBytes(asker, mirror, 0, 0, Buffer.from(text(length)));
    k.kernel.release(hold);
    t.same(k.receive(asker).map(({ value }) => value), Array(4).fill(text(length)));
  }
}, roomy, wasm);

withKernel(t, "a native handler that has sent its message on may keep it all the same", (k, t) => {
  const asker = k.spawnWaiting();
  for (const length of LENGTHS) {
    const keeper = native(k, Handler.KEEPER);
    const hold = share(k, text(length));
    k.kernel.sendBytes(asker, keeper, 0, 0, Buffer.from(text(length)));
    k.kernel.sendShared(asker, keeper, 0, 0, hold);
    t.equal(k.receive(asker).length, 2);
    k.kernel.sendNumber(asker, keeper, 0, 0, 0);
    t.same(k.receive(asker).map(({ value }) => value), Array(2).fill(text(length)), "shown again");
    k.kernel.sendNumber(asker, keeper, 0, 0, 1);
    k.kernel.release(hold);
    t.same(k.receive(asker).map(({ value }) => value), Array(2).fill(text(length)));
    k.kill(keeper);
  }
}, roomy, wasm);

withKernel(t, "a native handler sends bytes; a wild pointer ends it alone", (k, t) => {
  const asker = k.spawnWaiting();
  const writer = native(k, Handler.WRITER);
  for (const length of [0, 1600, 1601, 16384, 16385]) {
    k.kernel.sendNumber(asker, writer, 0, 0, length);
    const values = k.receive(asker).map(({ value }) => value);
    if (length > 16384) t.same(values, [Status.TOO_LARGE]);
    else t.same(values.map((value) => typeof value === "string" ? value.length : value),
      [length, 0]);
  }
  for (const address of [2 ** 32 - 1, 2 ** 32 - 16, k.fast.exports.memory.buffer.byteLength - 15]) {
    const pointer = native(k, Handler.POINTER);
    k.step();
    k.kernel.sendNumber(asker, pointer, 0, 0, address);
    t.throws(() => k.fast.step(k.now, 100_000), WebAssembly.RuntimeError);
    k.step();
    t.equal(k.kernel.isAlive(pointer), false, `${address}`);
  }
  t.equal(k.counter(Counter.TRAPS), 3);
}, {}, wasm);
