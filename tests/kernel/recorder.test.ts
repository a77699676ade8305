// What a recorder writes down is enough to repeat it, whatever the host does.
import t from "tap";
import { Atom, Counter, MessageKind, Option, ReasonKind, type Pid } from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { Recorder, replay } from "../../host/kernel/recorder.ts";
import { Random } from "../assembly/random.ts";
import { readDebugKernel, smallLimits } from "../assembly/test-kernel.ts";

const wasm = readDebugKernel();

/** A host that plays with processes of its own: turns, bytes, names, handles, timers, ends. */
function play(kernel: Kernel, random: Random, rounds: number): void {
  const pids: Pid[] = [];
  let handle = 1;
  for (let round = 0; round < rounds; round++) {
    if (pids.length < 8) pids.push(kernel.spawnHost(0, random.below(2) * Option.TRAP_EXIT));
    const [a, b] = [random.pick(pids) as Pid, random.pick(pids) as Pid];
    switch (random.below(8)) {
      case 0: kernel.sendBytes(a, b, 1, 0, new Uint8Array(random.below(300)).fill(round)); break;
      case 1: kernel.register(a, `name ${random.below(4)}`); break;
      case 2: kernel.sendNumber(a, b, 1, kernel.makeRef(), random.bits()); break;
      case 3: if (handle < smallLimits.handles) kernel.sendHandle(a, b, 1, 0, handle++); break;
      case 4: kernel.sendAfter(a, b, 0, 0, MessageKind.NUMBER, round, random.below(90), 0); break;
      case 5: if (random.chance(0.5)) kernel.monitor(a, b); else kernel.link(a, b); break;
      case 6: if (random.chance(0.2)) kernel.exitSignal(a, b, ReasonKind.ATOM, Atom.TIMEOUT); break;
      default: kernel.whereis(`name ${random.below(4)}`);
    }
    kernel.step(1000 + round, 1000);
    while (random.chance(0.9) && kernel.nextEvent()) {
      const { type, pid } = kernel.event;
      if (type === 2) {
        kernel.reap(pid);
        pids.splice(pids.indexOf(pid), 1);
        continue;
      }
      for (let shown = kernel.begin(pid); shown === 1; shown = kernel.take(pid)) {
        const { kind, value, length } = kernel.message;
        if (kind === MessageKind.BYTES && length > 9) kernel.exports.release(kernel.message.hold);
        else if (kind === MessageKind.NUMBER && value % 2 === 1) kernel.skip(pid);
      }
      if (kernel.wait(pid, random.below(300), 10) > 0) kernel.yieldTurn(pid, 10);
    }
  }
  while (kernel.nextEvent()) if (kernel.event.type === 2) kernel.reap(kernel.event.pid);
}

function record(seed: number): { kernel: Kernel; recording: Uint8Array } {
  const recorder = new Recorder();
  const kernel = Kernel.instantiate(wasm, smallLimits, recorder.observe);
  play(kernel, new Random(seed), 400);
  kernel.imageHash();
  return { kernel, recording: recorder.recording() };
}

t.test("a host's turns, bytes, names and ends are repeated to the identical image", (t) => {
  for (let seed = 1; seed <= 10; seed++) {
    const { kernel, recording } = record(seed);
    const replayed = replay(wasm, recording);
    t.equal(Buffer.compare(replayed.snapshot(), kernel.snapshot()), 0, `seed ${seed}`);
    t.equal(replayed.exports.verify?.(), 0);
    t.ok(replayed.counter(Counter.SPAWNS) > 8);
    const left = kernel.counter(Counter.LIVE_HANDLES);
    t.equal(replayed.counter(Counter.LIVE_HANDLES), left, "of those that are under way");
  }
  t.end();
});

t.test("the observed kernel does what an unobserved one does", (t) => {
  const plain = Kernel.instantiate(wasm, smallLimits);
  play(plain, new Random(3), 400);
  t.equal(Buffer.compare(plain.snapshot(), record(3).kernel.snapshot()), 0);
  t.end();
});

t.test("a replay ends at the first call that answers something else", (t) => {
  const { recording } = record(2);
  const altered = recording.slice();
  const view = new DataView(altered.buffer);
  const at = altered.length - 8;
  view.setFloat64(at, view.getFloat64(at, true) + 1, true);
  const error = { code: "PIDGEON_KERNEL_REPLAY", details: { name: "image_address" } };
  t.throws(() => replay(wasm, altered), error);
  t.throws(() => replay(wasm, recording.subarray(0, recording.length - 3)), RangeError);
  t.throws(() => replay(wasm, recording.subarray(8)), RangeError);
  t.throws(() => replay(wasm, new Uint8Array(0)), RangeError);
  t.end();
});
