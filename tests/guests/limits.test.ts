// The limits of guests, each with its default, and what is refused at load.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { exportSignatures, GuestMessage, signatures } from "../../host/guests/abi.ts";
import { Guest } from "../../host/guests/index.ts";
import type { GuestOptions } from "../../host/guests/index.ts";
import { completeLimits } from "../../host/guests/limits.ts";
import { Bytes, Down, receive } from "../../host/runtime/index.ts";
import type { Harness } from "../runtime/harness.ts";
import { like, randomFrom, scenario } from "../runtime/harness.ts";
import { readText, root } from "../tidy/sources.ts";
import { assemble, echo, guestText, loadGuest } from "./wat.ts";

const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const document = readText("docs/guests.md");

test("docs/guests.md lists the limits with their defaults, the exports and the imports", (t) => {
  const defaults = completeLimits({});
  const rows = [...document.matchAll(/^\| `(\w+)` \| ([\d,]+)[^|]*\| [^|]{10,} \|$/gm)];
  t.same(Object.fromEntries(rows.map(([, name, value = ""]) =>
    [name, Number(value.replaceAll(",", ""))])), defaults);
  const types = new Map([...document.matchAll(/^\| (`[\w`, ]+`) \| `(\([^|]*)` \|/gm)]
    .flatMap(([, names = "", type]) =>
      names.split(", ").map((name) => [name.replaceAll("`", ""), type] as const)));
  for (const [name, { params, result }] of Object.entries({ ...signatures, ...exportSignatures })) {
    t.equal(types.get(name), `(${params.join(" ")}) → ${result}`, name);
    types.delete(name);
  }
  t.same([...types.keys()], [], "and no others");
  for (const [name, code] of Object.entries(GuestMessage)) {
    t.ok(document.includes(`${code} ${name}`), `${code} ${name}`);
  }
  const source = readFileSync(join(root, "host/guests/limits.ts"), "utf8");
  for (const [name, value] of Object.entries(defaults)) {
    t.match(source, new RegExp(`Default ${value.toLocaleString("en")}[.:][^]*?readonly ${name}:`));
  }
  t.end();
});

/** A module is refused; how. */
async function refusal(harness: Harness, text: string, options?: GuestOptions): Promise<string> {
  return refusalOf(harness, assemble(text), options);
}

async function refusalOf(
  harness: Harness, wasm: Uint8Array, options: GuestOptions = {},
): Promise<string> {
  try {
    await Guest.load(harness.runtime, wasm, { label: "bad", ...options });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === "PIDGEON_GUEST_REFUSED") return message;
    throw error;
  }
  return "accepted";
}

const body = "(i32.const 0)";

scenario("a module that is no guest is refused with the problem", async (t, harness) => {
  const cases: readonly (readonly [text: string, problem: RegExp])[] = [
    ["(module)", /does not export a memory memory/],
    [guestText(body).replace('"inbox"', '"outbox"'), /does not export a function inbox/],
    [guestText(body).replace("(i32.const 1)", "(i32.const 2)"), /guest ABI 2, this host knows 1/],
    [guestText(body, "", '(import "env" "abort" (func (param i32 i32 i32 i32)))'), /--use abort=/],
    [guestText(body, "", '(import "wasi_snapshot_preview1" "fd_write" (func))'), /fd_write/],
    [guestText(body, "", '(import "pidgeon" "fork" (func))'), /pidgeon.fork/],
    [guestText(body, "", '(import "pidgeon" "toString" (func))'), /pidgeon.toString/],
    [guestText(body, "", '(import "pidgeon" "link" (func (param i32) (result i32)))'),
      /import link is \(i32 → i32\), and should be \(f64 → i32\)/],
    [guestText(body, "", '(import "pidgeon" "memory" (memory 1))', ""), /pidgeon.memory/],
    [guestText(body, "", '(import "pidgeon" "g" (global i32))'), /pidgeon.g \(global\)/],
    [guestText(body).replace("(param $length i32)", "(param $length i64)"),
      /export inbox is \(i64 → i32\)/],
    [guestText("(return_call $tail)", "(func $tail (result i32) (return_call $tail))"),
      /tail calls/],
    [guestText(body, "(table $t 1 funcref) (func (drop (table.grow $t (ref.null func) " +
      "(i32.const 1))))"), /table.grow/],
    [guestText(body, "(table $t 70000 funcref)"), /70000 elements, the limit tableElements/],
    [guestText(body, "(tag $e) (func (throw $e))"), /throw|engine refuses/],
    [guestText(body, "(func $s (drop (call $self))) (start $s)"), /its start failed/],
    [guestText(body, "(func $s (loop $l (br $l))) (start $s)"), /its start failed/],
    [guestText(body, "", "", '(memory (export "memory") 300)'), /300 pages, the limit memoryPages/],
    [guestText(body, "", "", '(memory (export "memory") 1 2 shared)'), /shared|engine refuses/],
  ];
  for (const [text, problem] of cases) t.match(await refusal(harness, text), problem);
  t.match(await refusalOf(harness, new Uint8Array([1, 2, 3])), /the engine refuses it/);
  t.match(await refusal(harness, guestText(body), { moduleBytes: 100 }), /the limit moduleBytes/);
  t.match(await refusal(harness, guestText(body), { imports: ["self"] }), /is not allowed/);
  t.equal(await refusal(harness, guestText(body)), "accepted");
  t.match(await refusalOf(harness, nestedModule(50_000)), /more than 2000 instructions/);
  t.equal(await refusalOf(harness, nestedModule(100)), "accepted");
});

/** A guest whose handle has so many blocks inside each other: binaryen's parser can't make it. */
function nestedModule(depth: number): Uint8Array {
  const number = (value: number): number[] =>
    value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)];
  const sized = (content: readonly number[]) => [...number(content.length), ...content];
  const section = (id: number, items: readonly (readonly number[])[]) =>
    [id, ...sized([...number(items.length), ...items.flat()])];
  const [i32, f64, memory, func] = [0x7f, 0x7c, 2, 0];
  const blocks = [
    ...Array.from({ length: depth }, () => [0x02, 0x40]).flat(),
    ...new Array<number>(depth).fill(0x0b),
  ];
  const code = (body: readonly number[]) => sized([0, ...body, 0x0b]);
  const name = (text: string) => sized([...Buffer.from(text)]);
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [[0x60, 0, 1, i32], [0x60, 1, i32, 1, i32],
      [0x60, 8, f64, i32, i32, f64, f64, f64, i32, i32, 1, i32]]),
    ...section(3, [[0], [1], [2]]),
    ...section(5, [[0, 1]]),
    ...section(7, [[...name("memory"), memory, 0], [...name("pidgeon_guest_abi"), func, 0],
      [...name("inbox"), func, 1], [...name("handle"), func, 2]]),
    ...section(10, [code([0x41, 1]), code([0x41, 0]), code([...blocks, 0x41, 0])]),
  ]);
}

test("limits must be whole numbers in their range", (t) => {
  for (const limit of [0, -1, 1.5, NaN, Infinity, 2 ** 31]) {
    t.throws(() => completeLimits({ fuel: limit }), like({ code: "PIDGEON_GUEST_LIMIT" }));
  }
  t.throws(() => completeLimits({ stackBytes: 1e6 }), like({
    message: "the guest limit stackBytes must be a whole number from 1 to 524288, not 1000000",
  }));
  t.equal(completeLimits({ fuel: 5 }).fuel, 5);
  t.end();
});

scenario("messages that are too large: refused to a guest, the end of one", async (t, harness) => {
  const handle = `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (drop (call $send_number (local.get $from) (i32.const 0) (f64.const 0)
        (f64.convert_i32_s (call $send_bytes (local.get $from) (i32.const 0) (f64.const 0)
          (i32.const 0) (i32.trunc_f64_s (local.get $number)))))))) (i32.const 0)`;
  const guest = await loadGuest(harness, handle, { messageBytes: 100 });
  const heard = harness.run(function* (self) {
    const [pid, other] = [guest.spawn(), guest.spawn()];
    self.monitor(pid);
    self.send(pid, 101);
    const refused = yield* receive(Number);
    self.send(pid, 100);
    const bytes = yield* receive((message: unknown) => message instanceof Bytes);
    const sent = yield* receive(Number);
    self.send(pid, new Bytes(new Uint8Array(100)));
    self.send(pid, new Bytes(new Uint8Array(101)));
    const { reason } = yield* receive(Down);
    return [refused, (bytes as Bytes).length, sent, reason, guest.processes.includes(other)];
  });
  t.same(heard, [-11, 100, 0, "message_too_large", true]);
});

scenario("processes: a guest's own spawn answers LIMIT, another throws", async (t, harness) => {
  const handle = `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (drop (call $send_number (local.get $from) (i32.const 0) (f64.const 0)
        (call $spawn (f64.const 0) (i32.const 0)))))) (i32.const 0)`;
  const spawn = '(import "pidgeon" "spawn" (func $spawn (param f64 i32) (result f64)))';
  const guest = await loadGuest(harness, handle, { processes: 2, label: "few" }, "", spawn);
  const answers = harness.run(function* (self) {
    const pid = guest.spawn();
    self.send(pid, 1);
    self.send(pid, 1);
    return [(yield* receive(Number)) > 0, yield* receive(Number)];
  });
  t.same(answers, [true, -4]);
  t.throws(() => guest.spawn(), like({
    code: "PIDGEON_GUEST_FULL", message: "the guest few has 2 processes already (limit processes)",
  }));
  harness.runtime.exit(guest.processes[0]!, "kill");
  harness.pump();
  t.ok(guest.spawn() > 0, "an end makes room");
  guest.stop();
  t.throws(() => guest.spawn(), like({ code: "PIDGEON_GUEST_STOPPED" }));
});

scenario("memory grows to its limit only", async (t, harness) => {
  const handle = `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (drop (call $send_number (local.get $from) (i32.const 0) (f64.const 0)
        (f64.convert_i32_s (memory.grow (i32.trunc_f64_s (local.get $number))))))))
    (if (i32.eq (local.get $kind) (i32.const 3)) (then
      (drop (call $send_bytes (local.get $from) (i32.const 0) (f64.const 0)
        (local.get $pointer) (local.get $length))))) (i32.const 0)`;
  const guest = await loadGuest(harness, handle, { memoryPages: 3 });
  const answers = harness.run(function* (self) {
    const pid = guest.spawn();
    for (const pages of [1, 1, 1, 65_535]) self.send(pid, pages);
    self.send(pid, "after growth");
    return [yield* receive(), yield* receive(), yield* receive(), yield* receive(),
      (yield* receive<Bytes>()).text()];
  });
  t.same(answers, [1, 2, -1, -1, "after growth"]);
});

scenario(`a damaged module is refused or runs, no more (SEED=${SEED})`, async (t, harness) => {
  const random = randomFrom(SEED);
  const good = assemble(guestText(echo));
  let accepted = 0;
  for (let round = 0; round < 300; round++) {
    const bytes = good.slice();
    for (let count = 1 + random(3); count > 0; count--) {
      bytes[8 + random(bytes.length - 8)] = random(256);
    }
    const answer = await refusalOf(harness, bytes);
    if (answer === "accepted") accepted++;
    else if (!answer.startsWith("the guest bad can't be loaded: ")) t.fail(answer);
  }
  t.comment(`${accepted} of 300 are guests still`);
  t.ok(accepted < 300);
});
