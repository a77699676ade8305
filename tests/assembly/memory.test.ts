// Message memory: its limit, its size classes, and bytes that the host holds.
import t from "tap";
import { Counter, MessageKind, Status, type Pid } from "../../host/kernel/abi.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

const SLAB_BYTES = 16384;
const HEAD_BYTES = 32;

/** Sends until the memory is used up; how many were taken. */
function fill(k: TestKernel, to: Pid, bytes: Uint8Array): number {
  for (let sent = 0; ; sent++) {
    const status = bytes.length === 0
      ? k.fast.sendNumber(0, to, 0, 0, 1) : k.fast.sendBytes(0, to, 0, 0, bytes);
    if (status === Status.NO_MEMORY) return sent;
    if (status !== Status.OK) throw new Error(`status ${status}`);
  }
}

function drain(k: TestKernel, pid: Pid): number {
  k.step();
  let taken = 0;
  for (let shown = k.open(pid); shown === Status.SHOWN; taken++) {
    const { kind, hold } = k.fast.message;
    shown = k.fast.take(pid);
    if (kind === MessageKind.BYTES) k.fast.release(hold);
  }
  k.kernel.wait(pid, Infinity, 1);
  return taken;
}

withKernel(t, "numbers fill the memory; then sends are refused and nothing is lost", (k, t) => {
  const pid = k.spawnWaiting();
  const sent = fill(k, pid, new Uint8Array(0));
  t.equal(sent, k.limits.messageBytes / HEAD_BYTES);
  t.equal(k.kernel.sendNumber(0, pid, 0, 0, 1), Status.NO_MEMORY);
  t.equal(k.kernel.sendBytes(0, pid, 0, 0, Buffer.from("x")), Status.NO_MEMORY);
  const handle = k.handle();
  t.equal(k.kernel.sendHandle(0, pid, 0, 0, handle), Status.NO_MEMORY);
  k.giveBack(handle);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0, "the handle stays with its host");
  t.equal(k.kernel.register(pid, "name"), Status.NO_MEMORY);
  t.equal(k.kernel.whereis("name"), 0);
  t.equal(drain(k, pid), sent);
  t.equal(k.kernel.sendNumber(0, pid, 0, 0, 1), Status.OK);
});

withKernel(t, "after a burst of numbers the memory serves 4 KiB messages, and back", (k, t) => {
  const pid = k.spawnWaiting();
  const large = new Uint8Array(4096);
  const numbers = fill(k, pid, new Uint8Array(0));
  t.equal(numbers * HEAD_BYTES, k.limits.messageBytes);
  t.equal(drain(k, pid), numbers);
  const sent = fill(k, pid, large);
  t.ok(sent * 4096 >= 0.95 * k.limits.messageBytes, `${sent} of ${k.limits.messageBytes / 4096}`);
  t.equal(drain(k, pid), sent);
  t.equal(fill(k, pid, new Uint8Array(0)), numbers);
  drain(k, pid);
}, { messageBytes: 64 * SLAB_BYTES });

/** In an empty memory each of these messages and a name find room, again and again. */
function takesAnySize(k: TestKernel, lengths: readonly number[]): void {
  const pid = k.spawnWaiting();
  for (let round = 0; round < 2; round++) {
    for (const length of lengths) {
      t.ok(fill(k, pid, new Uint8Array(length)) > 0, `${length} bytes`);
      drain(k, pid);
      t.equal(k.kernel.register(pid, `name of ${length}`), Status.OK);
      t.equal(k.kernel.unregister(`name of ${length}`), Status.OK);
    }
  }
}

withKernel(t, "with one slab, an empty memory takes a message of any size up to 1,600", (k) => {
  takesAnySize(k, [0, 1, 40, 100, 500, 1600, 800, 0, 300, 16]);
}, { messageBytes: SLAB_BYTES });

withKernel(t, "with two slabs, an empty memory takes a message of any size", (k) => {
  takesAnySize(k, [0, 1, 40, 1601, 100, 3000, 500, 16384, 8000, 0, 5000, 16, 16384]);
}, { messageBytes: 2 * SLAB_BYTES, scratchBytes: SLAB_BYTES });

withKernel(t, "a name fits where numbers have just left room", (k, t) => {
  const pid = k.spawnWaiting();
  fill(k, pid, new Uint8Array(0));
  k.open(pid);
  t.equal(k.kernel.take(pid), Status.SHOWN);
  t.equal(k.kernel.register(pid, "short"), Status.OK);
}, { messageBytes: SLAB_BYTES });

withKernel(t, "bytes of every length arrive whole, up to the largest block", (k, t) => {
  const pid = k.spawnWaiting();
  const payload = Buffer.alloc(SLAB_BYTES).map((_, index) => 97 + (index % 26));
  for (const length of [0, 1, 31, 32, 33, 64, 65, 224, 225, 1000, 1600, 1601, 2048, 2049, 4096,
    4097, 8192, 8193, 16383, 16384]) {
    t.equal(k.kernel.sendBytes(0, pid, 0, 0, payload.subarray(0, length)), Status.OK, `${length}`);
    const [message] = k.receive(pid);
    t.equal(message?.value, payload.subarray(0, length).toString());
  }
  t.equal(k.kernel.sendBytes(0, pid, 0, 0, new Uint8Array(16385)), Status.TOO_LARGE);
  t.equal(k.kernel.sendBytes(0, pid, 0, 0, new Uint8Array(40_000)), Status.TOO_LARGE);
}, { scratchBytes: 20_000 });

withKernel(t, "the scratch area bounds what enters at once", (k, t) => {
  const pid = k.spawnWaiting();
  t.equal(k.kernel.sendBytes(0, pid, 0, 0, new Uint8Array(3072)), Status.OK);
  t.equal(k.kernel.sendBytes(0, pid, 0, 0, new Uint8Array(3073)), Status.TOO_LARGE);
  const words = new Uint32Array(k.fast.exports.memory.buffer);
  const face = k.fast.exports.face_address() / 4;
  const scratch = words[face + 4] as number;
  t.equal(words[face + 5], 3072);
  const send = (pointer: number, length: number) =>
    k.kernel.exports.send_bytes(0, pid, 0, 0, pointer, length);
  t.equal(send(scratch + 3000, 72), Status.OK, "up to its last byte");
  t.equal(send(scratch + 3072, 0), Status.OK);
  const outside: readonly [number, number][] = [
    [scratch + 3000, 73], [scratch - 1, 1], [0, 1], [2 ** 32 - 1, 1], [scratch, 2 ** 32 - 1],
    [scratch + 1, 2 ** 32 - 1], [scratch + 3073, 0], [2 ** 31, 2 ** 31],
  ];
  for (const [pointer, length] of outside) {
    t.equal(send(pointer, length), Status.BAD_ARGUMENT, `${length} bytes at ${pointer}`);
  }
  t.equal(k.receive(pid).length, 3);
}, { scratchBytes: 3072 });

withKernel(t, "bytes that the host has taken stay until released, once, whoever dies", (k, t) => {
  const pid = k.spawnWaiting();
  k.kernel.sendBytes(0, pid, 0, 0, Buffer.from("held"));
  k.kernel.sendBytes(0, pid, 0, 0, Buffer.from("queued"));
  k.open(pid);
  const { hold: first, value: address } = k.fast.message;
  t.equal(k.kernel.release(first), Status.BAD_ARGUMENT, "not taken yet");
  k.kernel.take(pid);
  const second = k.fast.message.hold;
  k.kill(pid);
  k.step();
  t.equal(k.bytesAt(address, 4).toString(), "held");
  t.equal(k.kernel.release(second), Status.BAD_ARGUMENT, "died with its mailbox");
  t.equal(k.kernel.release(first), Status.OK);
  t.equal(k.kernel.release(first), Status.BAD_ARGUMENT, "only once");
  for (const wild of [0, -1, 31, 32, first + 1, first + 32, address, 2 ** 31, 2 ** 32 - 1]) {
    t.equal(k.kernel.release(wild), Status.BAD_ARGUMENT, `${wild}`);
  }
});

withKernel(t, "a full memory stops no EXIT and no DOWN of links and monitors", (k, t) => {
  const watcher = k.trapping();
  const others = Array.from({ length: 40 }, () => k.spawnWaiting());
  for (const pid of others) {
    k.kernel.link(watcher, pid);
    k.kernel.monitor(watcher, pid);
  }
  const hog = k.spawnWaiting();
  fill(k, hog, new Uint8Array(0));
  for (const pid of others) k.kill(pid);
  const messages = k.receive(watcher);
  t.equal(messages.filter(({ kind }) => kind === "exit").length, 40);
  t.equal(messages.filter(({ kind }) => kind === "down").length, 40);
  t.equal(k.kernel.exitSignal(0, watcher, 0, 4), Status.NO_MEMORY, "exit/2 to one who traps");
  t.equal(k.kernel.isAlive(watcher), true);
});
