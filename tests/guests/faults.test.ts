// What a guest may do wrong: its process ends, or its module; the kernel and the others go on.
import type { Test } from "tap";
import type { GuestOptions } from "../../host/guests/index.ts";
import { Down, receive, sleep } from "../../host/runtime/index.ts";
import type { Harness } from "../runtime/harness.ts";
import { scenario } from "../runtime/harness.ts";
import { Supervisor } from "../../host/otp/index.ts";
import { echo, loadGuest } from "./wat.ts";

/** What happens in the code of a guest, and the reason with which its process ends. */
const faults: readonly (readonly [what: string, handle: string, reason: string])[] = [
  ["a trap", "(unreachable)", "trap"],
  ["a division by zero", "(i32.div_s (i32.const 1) (local.get $length))", "trap"],
  ["a read outside of the memory", "(i32.load (i32.const -8))", "trap"],
  ["an endless loop", "(loop $l (br $l)) (i32.const 0)", "fuel"],
  ["an endless loop of calls", `(loop $l (drop (call $self)) (br $l)) (i32.const 0)`, "fuel"],
  ["a recursion without end", `(call $recurse)`, "stack"],
  ["a recursion that calls the host at every depth", "(call $recurse_and_call)", "stack"],
  ["bytes beyond its memory", `(call $send_bytes (local.get $from) (i32.const 0) (f64.const 0)
    (i32.const 65530) (i32.const 7))`, "bad_pointer"],
  ["a wild pointer", `(call $send_bytes (local.get $from) (i32.const 0) (f64.const 0)
    (i32.const -1) (i32.const 1))`, "bad_pointer"],
  ["filling all its memory again and again", `(loop $l
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $l)) (i32.const 0)`, "fuel"],
  ["an answer that is none", "(i32.const 3)", "bad_answer"],
  ["a negative answer", "(i32.const -1)", "bad_answer"],
];

const functions = `
  (func $recurse (result i32) (i32.add (i32.const 1) (call $recurse)))
  (func $recurse_and_call (result i32)
    (drop (call $send_number (call $self) (i32.const 0) (f64.const 0) (f64.const 1)))
    (i32.add (i32.const 1) (call $recurse_and_call)))`;

const onNumber = (handle: string) => `
  (if (result i32) (i32.eq (local.get $kind) (i32.const 1)) (then ${handle})
    (else (i32.const 0)))`;

/** Sends a number to a new process of the guest, and answers how it ended. */
async function provoke(harness: Harness, handle: string, options: GuestOptions) {
  const guest = await loadGuest(harness, onNumber(handle), options, functions);
  const reason = harness.run(function* (self) {
    const pid = guest.spawn();
    self.monitor(pid);
    self.send(pid, 1);
    return (yield* receive(Down)).reason;
  });
  return { guest, reason };
}

/** The host, its kernel and another guest still serve. */
async function assertService(t: Test, harness: Harness): Promise<void> {
  const guest = await loadGuest(harness, echo);
  const pid = guest.spawn();
  const answer = harness.run(function* (self) {
    self.send(pid, 41);
    return yield* receive(Number);
  });
  t.equal(answer, 42, "others go on");
}

for (const [what, handle, reason] of faults) {
  scenario(`${what} ends the process with ${reason}`, async (t, harness) => {
    const provoked = await provoke(harness, handle, {});
    t.equal(provoked.reason, reason);
    t.same(provoked.guest.processes, []);
    await assertService(t, harness);
  });
}

/** Three processes; one traps. How many of the others live, and what the memory holds then. */
async function survivors(harness: Harness, options: GuestOptions) {
  const handle = `
    (if (i32.eq (local.get $kind) (i32.const 0)) (then (drop (call $trap_exit (i32.const 1)))))
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (if (f64.eq (local.get $number) (f64.const 0)) (then (unreachable)))
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (drop (call $send_number (local.get $from) (i32.const 0) (f64.const 0)
        (f64.convert_i32_s (i32.load (i32.const 0)))))))
    (i32.const 0)`;
  const trapExit = '(import "pidgeon" "trap_exit" (func $trap_exit (param i32) (result i32)))';
  const guest = await loadGuest(harness, handle, options, "", trapExit);
  return harness.run(function* (self) {
    const pids = [guest.spawn(), guest.spawn(), guest.spawn()];
    for (const pid of pids) {
      self.monitor(pid);
      self.send(pid, 1);
      yield* receive(Number);
    }
    self.send(pids[1]!, 0);
    yield* sleep(10);
    const reasons: unknown[] = [];
    while (reasons.length < 3 - guest.processes.length) {
      reasons.push((yield* receive(Down)).reason);
    }
    self.send(guest.spawn(), 1);
    return { reasons, count: yield* receive(Number) };
  });
}

scenario("by default a trap ends all processes of the module", async (t, harness) => {
  t.same(await survivors(harness, {}), { reasons: ["trap", "trap", "trap"], count: 1 });
  t.equal(harness.reports.filter(({ type }) => type === "trap").length, 1, "it is told once");
});

scenario("with onTrap process the others go on in the same memory", async (t, harness) => {
  t.same(await survivors(harness, { onTrap: "process" }), { reasons: ["trap"], count: 4 });
});

scenario("a supervisor restarts a guest, and its module with it", async (t, harness) => {
  const handle = `
    (if (i32.eq (local.get $kind) (i32.const 0)) (then
      (drop (call $register (i32.const 16) (i32.const 4)))))
    ${echo}`;
  const more = '(data (i32.const 16) "echo")';
  const register = '(import "pidgeon" "register" (func $register (param i32 i32) (result i32)))';
  const guest = await loadGuest(harness, handle, {}, more, register);
  const answers = harness.run(function* (self) {
    yield* Supervisor.start(self, { intensity: 10, children: [guest.spec("echo")] });
    const found: unknown[] = [];
    for (const question of [1, 2, 3]) {
      yield* sleep(1);
      self.send("echo", question);
      found.push(yield* receive(Number));
      self.send("echo", 0);
    }
    yield* sleep(1);
    return [...found, guest.processes.length];
  });
  t.same(answers, [2, 3, 4, 1]);
});

scenario("what a guest did before it trapped is done", async (t, harness) => {
  const handle = onNumber(`(drop (call $send_number (local.get $from) (i32.const 0)
    (f64.const 0) (f64.const 5))) (unreachable)`);
  const guest = await loadGuest(harness, handle);
  const messages = harness.run(function* (self) {
    const pid = guest.spawn();
    self.monitor(pid);
    self.send(pid, 1);
    return [yield* receive(), (yield* receive(Down)).reason];
  });
  t.same(messages, [5, "trap"]);
});
