// Guest processes among others: messages both ways, links and monitors, what they keep and start.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Bytes, Counter, Down, Exit, exit, receive, sleep } from "../../host/runtime/index.ts";
import { scenario } from "../runtime/harness.ts";
import { root } from "../tidy/sources.ts";
import { echo, loadGuest } from "./wat.ts";

scenario("numbers, bytes and texts go both ways", async (t, harness) => {
  const guest = await loadGuest(harness, echo);
  const pid = guest.spawn();
  const answers = harness.run(function* (self) {
    for (const message of [1, -2.5, Bytes.fromText("bytes"), "text ✓", new Bytes([])]) {
      self.send(pid, message);
    }
    return [yield* receive(), yield* receive(), yield* receive(), yield* receive(),
      yield* receive()];
  });
  t.same(answers.slice(0, 2), [2, -1.5]);
  t.same(answers.slice(2).map((one) => (one as Bytes).text()), ["bytes", "text ✓", ""]);
});

scenario("a trap ends its process; links and monitors hear the reason trap", async (t, harness) => {
  const guest = await loadGuest(harness, echo, { label: "echo" });
  const heard = harness.run(function* (self) {
    self.trapExit = true;
    const pid = guest.spawnFrom(self, 0, { link: true });
    const ref = self.monitor(pid);
    self.send(pid, 0);
    const exit = yield* receive(Exit);
    const down = yield* receive(Down);
    return { same: exit.from === pid && down.ref === ref, reasons: [exit.reason, down.reason] };
  });
  t.same(heard, { same: true, reasons: ["trap", "trap"] });
  t.same(harness.reports.map(({ type }) => type), ["trap", "crash"]);
  t.match(harness.reports[0], { label: "echo", error: /trap: RuntimeError: unreachable/ });
});

scenario("a value of TypeScript's arrives as its JSON", async (t, harness) => {
  const handle = `
    (if (i32.eq (local.get $kind) (i32.const 2)) (then
      (drop (call $send_bytes (local.get $from) (i32.const 0) (local.get $ref)
        (local.get $pointer) (local.get $length))))) (i32.const 0)`;
  const pid = (await loadGuest(harness, handle)).spawn();
  const values = [{ a: [1, null, true] }, 12n, undefined, null, { b: new Bytes([1, 2]), c: 5n }];
  const answers = harness.run(function* (self) {
    const texts: string[] = [];
    for (const value of values) {
      self.send(pid, value);
      texts.push((yield* receive<Bytes>()).text());
    }
    return texts;
  });
  t.same(answers, ['{"a":[1,null,true]}', '"12"', "null", "null", '{"b":"AQI=","c":"5"}']);
});

/** The imports that the text of wat.ts leaves out. */
const others = `
  (import "pidgeon" "send_after" (func $send_after (param f64 f64 i32 f64 f64) (result f64)))
  (import "pidgeon" "cancel_timer" (func $cancel_timer (param f64) (result f64)))
  (import "pidgeon" "spawn" (func $spawn (param f64 i32) (result f64)))
  (import "pidgeon" "exit" (func $exit (param f64 i32) (result i32)))
  (import "pidgeon" "link" (func $link (param f64) (result i32)))
  (import "pidgeon" "unlink" (func $unlink (param f64) (result i32)))
  (import "pidgeon" "monitor" (func $monitor (param f64) (result f64)))
  (import "pidgeon" "demonitor" (func $demonitor (param f64) (result i32)))
  (import "pidgeon" "trap_exit" (func $trap_exit (param i32) (result i32)))
  (import "pidgeon" "make_ref" (func $make_ref (result f64)))
  (import "pidgeon" "register" (func $register (param i32 i32) (result i32)))
  (import "pidgeon" "unregister" (func $unregister (param i32 i32) (result i32)))
  (import "pidgeon" "whereis" (func $whereis (param i32 i32) (result f64)))`;

/** On a number: says to its sender what an import has answered. */
const answering = (number: string) => `
  (if (i32.eq (local.get $kind) (i32.const 1)) (then
    (drop (call $send_number (local.get $from) (i32.const 0) (f64.const 0) ${number}))))
  (i32.const 0)`;
const status = (call: string) => `(f64.convert_i32_s ${call})`;

scenario("every import answers as the kernel does, whatever it is given", async (t, harness) => {
  const $number = "(local.get $number)";
  const name = "(i32.const 16) (i32.const 5)";
  const timer = `(call $send_after ${$number} (call $self) (i32.const 0) (f64.const 0)
    (f64.const 0))`;
  const cases: readonly (readonly [call: string, number: number, answer: number | "positive"])[] = [
    ["(call $self)", 0, "positive"],
    ["(call $make_ref)", 0, "positive"],
    [status(`(call $send_number ${$number} (i32.const 0) (f64.const 0) (f64.const 0))`), NaN, -2],
    [status(`(call $send_number ${$number} (i32.const 0) (f64.const 0) (f64.const 0))`), 5, -1],
    [status("(call $send_number (call $self) (i32.const 8) (f64.const 0) (f64.const 0))"), 0, -8],
    [status("(call $send_number (call $self) (i32.const -1) (f64.const 0) (f64.const 0))"), 0, -8],
    [status(`(call $send_bytes ${$number} (i32.const 0) (f64.const 0) ${name})`), Infinity, -2],
    [status(`(call $send_bytes ${$number} (i32.const 9) (f64.const 0) ${name})`), 5, -8],
    [timer, NaN, -8],
    [timer, 1e12, "positive"],
    [`(call $cancel_timer ${$number})`, 17, -10],
    [`(call $spawn (f64.const 0) (i32.trunc_f64_s ${$number}))`, 2, -8],
    [`(call $spawn (f64.const 0) (i32.trunc_f64_s ${$number}))`, 4, "positive"],
    [status(`(call $exit (call $self) (i32.trunc_f64_s ${$number}))`), 1024, -8],
    [status(`(call $exit ${$number} (i32.const 1))`), 1e300, -2],
    [status(`(call $link ${$number})`), 0.5, -2],
    [status(`(call $unlink ${$number})`), 5, -10],
    [`(call $monitor ${$number})`, NaN, -2],
    [status(`(call $demonitor ${$number})`), 5, -10],
    [status("(call $trap_exit (i32.const 5))"), 0, 0],
    [status(`(call $register ${name})`), 0, 0],
    [status("(call $register (i32.const 16) (i32.const 0))"), 0, -8],
    [`(call $whereis ${name})`, 0, 0],
    [status(`(call $unregister ${name})`), 0, -10],
  ];
  for (const [call, number, answer] of cases) {
    const data = '(data (i32.const 16) "guest")';
    const guest = await loadGuest(harness, answering(call), {}, data, others);
    const found = harness.run(function* (self) {
      self.send(guest.spawn(), number);
      return yield* receive(Number);
    });
    if (answer === "positive") t.ok(found > 0, `${call}: ${found}`);
    else t.equal(found, answer, call);
    guest.stop();
    harness.pump();
  }
});

scenario("a guest links, watches, is told of ends and gets its timers", async (t, harness) => {
  const tell = (number: string) => `(drop (call $send_number
    (call $whereis (i32.const 16) (i32.const 5)) (i32.const 0) (f64.const 0) ${number}))`;
  const handle = `
    (if (i32.eq (local.get $kind) (i32.const 0)) (then
      (drop (call $trap_exit (i32.const 1)))
      (drop (call $send_after (f64.const 50) (call $self) (i32.const 0) (f64.const 0)
        (f64.const 7)))))
    (if (i32.eq (local.get $kind) (i32.const 3)) (then
      (drop (call $link (local.get $from)))
      (drop (call $monitor (local.get $from)))))
    (if (i32.ge_u (local.get $kind) (i32.const 4)) (then ${tell(`(f64.add (local.get $number)
      (f64.convert_i32_s (i32.mul (local.get $kind) (i32.const 100))))`)}))
    (if (i32.eq (local.get $kind) (i32.const 1)) (then ${tell("(local.get $number)")}))
    (i32.const 0)`;
  const guest = await loadGuest(harness, handle, {}, '(data (i32.const 16) "judge")', others);
  const told = harness.run(function* (self) {
    self.register("judge");
    const pid = guest.spawn();
    const numbers = [yield* receive(Number)];
    for (const reason of ["shutdown", { some: "value" }]) {
      self.spawn(function* (other) {
        other.send(pid, "watch me");
        yield* sleep(1);
        exit(reason);
      });
      numbers.push(yield* receive(Number), yield* receive(Number));
    }
    return numbers;
  });
  t.same(told, [7, 404, 504, 399, 499], "4: shutdown; -1: a reason that is no atom");
});

scenario("thousands of processes of a guest hold and change their own word", async (t, harness) => {
  const handle = `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (call $set_word (f64.add (local.get $word) (local.get $number)))
      (drop (call $send_number (local.get $from) (i32.const 0) (f64.const 0)
        (local.get $word)))))
    (i32.const 0)`;
  const guest = await loadGuest(harness, handle);
  const total = harness.run(function* (self) {
    const pids = Array.from({ length: 4000 }, (_, index) => guest.spawn(index));
    let sum = 0;
    for (const round of [1000, 0]) {
      for (const pid of pids) self.send(pid, round);
      for (let count = 0; count < pids.length; count++) sum += yield* receive(Number);
    }
    return sum;
  });
  t.equal(total, 2 * (3999 * 4000 / 2) + 4000 * 1000);
  t.equal(guest.processes.length, 4000);
  t.equal(harness.runtime.counter(Counter.PROCESSES), 4000);
  guest.stop();
  harness.pump();
  t.equal(harness.runtime.counter(Counter.PROCESSES), 0);
});

scenario("a guest and a native process exchange bytes and numbers", async (t, harness) => {
  const native = harness.runtime.spawnNative(1);
  const handle = `
    (if (i32.eq (local.get $kind) (i32.const 3)) (then
      (call $set_word (local.get $from))
      (drop (call $send_bytes (f64.const ${native}) (i32.const 0) (f64.const 0)
        (local.get $pointer) (local.get $length)))))
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (drop (call $send_number (local.get $word) (i32.const 0) (f64.const 0)
        (local.get $number)))))
    (i32.const 0)`;
  const pid = (await loadGuest(harness, handle)).spawn();
  t.equal(harness.run(function* (self) {
    self.send(pid, "four words are here");
    return yield* receive(Number);
  }), 4);
}, { kernel: readFileSync(join(root, "build/examples/native/words.wasm")) });
