// The meter: what it counts is exact, what it rewrites means the same.
import { test } from "tap";
import { loadBinaryen } from "../../host/guests/binaryen.ts";
import { completeLimits } from "../../host/guests/limits.ts";
import { meter } from "../../host/guests/meter.ts";
import { randomFrom } from "../runtime/harness.ts";
import { randomModule } from "./random-module.ts";
import { assemble } from "./wat.ts";

const binaryen = await loadBinaryen();
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const PROGRAMS = Number(process.env["PROGRAMS"] ?? 150);

/** What the guest's ABI wants of every module. */
const rest = `(func (export "pidgeon_guest_abi") (result i32) (i32.const 1))
  (func (export "inbox") (param i32) (result i32) (i32.const 0))
  (func (export "handle") (param f64 i32 i32 f64 f64 f64 i32 i32) (result i32) (i32.const 0))`;

type Run = (...operands: number[]) => number;

/** A module with its meter; `run` calls an export with fuel, and tells what it has cost. */
function metered(text: string, limits = {}) {
  const complete = completeLimits(limits);
  const result = meter(binaryen, assemble(text), complete);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(result.bytes), {
    pidgeon: { self: () => 7, set_word: () => undefined },
  });
  const call = (name: string) => exports[name] as Run;
  const { names } = result;
  return {
    names,
    exports,
    fuelLeft: () => call(names.fuel)(),
    stackLeft: () => call(names.stack)(),
    run(name: string, ...operands: number[]) {
      call(names.refuel)(complete.fuel);
      const answer = call(name)(...operands);
      return { answer, cost: complete.fuel - call(names.fuel)() };
    },
  };
}

const countdown = `(module (import "pidgeon" "self" (func $self (result f64)))
  (memory (export "memory") 1) ${rest}
  (func $empty (export "empty"))
  (func (export "loop") (param $n i32)
    (loop $l
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "nested") (param $n i32) (local $m i32)
    (loop $outer
      (local.set $m (i32.const 10))
      (loop $inner
        (br_if $inner (local.tee $m (i32.sub (local.get $m) (i32.const 1)))))
      (br_if $outer (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "calls") (call $empty) (call $empty))
  (func (export "fill") (param $n i32)
    (memory.fill (i32.const 0) (i32.const 1) (local.get $n)))
  (func (export "host") (drop (call $self))))`;

test("fuel is exact: one for an entry, one for a loop header, one an instruction", (t) => {
  const { run } = metered(countdown);
  t.equal(run("empty").cost, 1);
  // Header, br_if, local.tee, i32.sub, local.get, i32.const: six an iteration.
  for (const n of [1, 2, 1000]) t.equal(run("loop", n).cost, 1 + 6 * n, `${n} iterations`);
  t.equal(run("nested", 100).cost, 1 + 100 * (8 + 10 * 6));
  t.equal(run("calls").cost, 1 + 2 + 2);
  t.equal(run("fill", 8000).cost, 1 + 4 + 1000, "an eighth of the length");
  t.equal(run("host").cost, 1 + 2 + 1000, "what the host does costs a thousand");
  t.end();
});

test("fuel that runs out traps at the next entry or header, and is below zero then", (t) => {
  const module = metered(countdown, { fuel: 600 });
  t.equal(module.run("loop", 99).cost, 595);
  t.throws(() => module.run("loop", 101), WebAssembly.RuntimeError);
  t.ok(module.fuelLeft() < 0);
  t.equal(module.run("loop", 99).cost, 595, "it is filled anew");
  t.throws(() => module.run("fill", 65_536), WebAssembly.RuntimeError);
  t.throws(() => module.run("host"), WebAssembly.RuntimeError);
  t.end();
});

test("the stack is reckoned: recursion traps, whatever the way out of a function", (t) => {
  const text = `(module (memory (export "memory") 1) ${rest}
    (func $down (export "down") (param $n i32) (result i32)
      (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
      (i32.add (i32.const 1) (call $down (i32.sub (local.get $n) (i32.const 1)))))
    (func $wide (export "wide") (param $n i32) (local ${"v128 ".repeat(100)})
      (if (local.get $n) (then (call $wide (i32.sub (local.get $n) (i32.const 1)))))))`;
  const module = metered(text, { stackBytes: 100_000 });
  t.equal(module.run("down", 500).answer, 501);
  t.equal(module.stackLeft(), 100_000, "every frame was given back");
  t.throws(() => module.run("down", 5000), WebAssembly.RuntimeError);
  t.ok(module.stackLeft() < 0);
  t.throws(() => module.run("wide", 100), WebAssembly.RuntimeError, "larger frames, fewer calls");
  t.equal(module.run("wide", 50).answer, undefined);
  t.equal(module.stackLeft(), 100_000);
  t.end();
});

/** Functions that call themselves for ever, with frames of every kind. */
const recursions: Readonly<Record<string, string>> = {
  small: "(param i32) (call $d (i32.const 0))",
  result: "(param i32) (result i64) (i64.add (i64.const 1) (call $d (i32.const 0)))",
  locals: `(param i32) (local ${"f64 ".repeat(40)}) (local.set 9 (f64.const 1))
    (call $d (i32.const 0)) (local.set 9 (local.get 8))`,
  operands: `(param i32) (result f64) ${"(f64.add (f64.convert_i32_s (local.get 0)) ".repeat(30)}
    (call $d (i32.const 0)) ${")".repeat(30)}`,
  parameters: `(param i32 ${"i32 ".repeat(30)})
    (call $d ${"(local.get 7) ".repeat(31)})`,
  wide: `(param i32) (local ${"v128 ".repeat(20)}) (call $d (i32.const 0))`,
};

test("the engine's stack never ends before the reckoned one, at the largest limit", (t) => {
  for (const [shape, code] of Object.entries(recursions)) {
    const text = `(module (memory (export "memory") 1) ${rest} (func $d (export "d") ${code}))`;
    const module = metered(text, { stackBytes: 524_288, fuel: 2 ** 31 - 1 });
    // Often enough that the optimizing compiler has had its turn.
    for (let round = 0; round < 50; round++) {
      t.throws(() => module.run("d"), WebAssembly.RuntimeError, shape);
    }
    t.ok(module.stackLeft() < 0, shape);
  }
  t.end();
});

test("memory grows to its limit, then memory.grow answers -1", (t) => {
  const text = `(module (memory (export "memory") 1 1000) ${rest}
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`;
  const { run } = metered(text, { memoryPages: 4 });
  t.equal(run("grow", 2).answer, 1);
  t.equal(run("grow", 2).answer, -1);
  t.equal(run("grow", -1).answer, -1);
  t.equal(run("grow", 1).answer, 3);
  t.equal(run("grow", 0).answer, 4);
  t.end();
});

test("a start function has fuel too", (t) => {
  const text = `(module (memory (export "memory") 1) ${rest}
    (func $endless (loop $l (br $l))) (start $endless))`;
  t.throws(() => metered(text), WebAssembly.RuntimeError);
  t.end();
});

test("a guest that has exports of these names keeps them", (t) => {
  const text = `(module (memory (export "memory") 1) ${rest}
    (func (export "pidgeon_refuel") (result i32) (i32.const 1))
    (func (export "pidgeon_fuel") (result i32) (i32.const 2))
    (func (export "pidgeon_fuel_") (result i32) (i32.const 3)))`;
  const { names, run } = metered(text);
  t.same(names, { refuel: "pidgeon_refuel_", fuel: "pidgeon_fuel__", stack: "pidgeon_stack" });
  t.same(["pidgeon_refuel", "pidgeon_fuel", "pidgeon_fuel_"].map((name) => run(name).answer),
    [1, 2, 3]);
  t.end();
});

test("an import in a table or an export is paid for as well", (t) => {
  const text = `(module (import "pidgeon" "self" (func $self (result f64)))
    (memory (export "memory") 1) ${rest} (table funcref (elem $self)) (export "me" (func $self))
    (type $f (func (result f64)))
    (func (export "indirect") (result f64) (call_indirect (type $f) (i32.const 0))))`;
  const { run } = metered(text);
  t.same(run("indirect"), { answer: 7, cost: 1 + 2 + 1000 });
  t.same(run("me"), { answer: 7, cost: 1000 });
  t.end();
});

test(`metered programs mean the same as others (SEED=${SEED})`, (t) => {
  const random = randomFrom(SEED);
  let compared = 0;
  let trapped = 0;
  for (let program = 0; program < PROGRAMS; program++) {
    const text = randomModule(random).replace("(memory", `${rest} (memory`);
    const plain = new WebAssembly.Instance(new WebAssembly.Module(assemble(text))).exports;
    const module = metered(text, { fuel: 2 ** 31 - 1 });
    const bytesOf = (exports: WebAssembly.Exports) =>
      Buffer.from((exports["memory"] as WebAssembly.Memory).buffer, 0, 2048);
    for (let index = 0; index < 6; index++) {
      const operands = [random(1000) - 500, random(10)];
      const expected = attempt(() => (plain[`f${index}`] as Run)(...operands));
      const found = attempt(() => module.run(`f${index}`, ...operands).answer);
      const isSame = expected === found && bytesOf(plain).equals(bytesOf(module.exports));
      if (!isSame) t.fail(`program ${program}, f${index}(${operands.join()}):\n${text}`);
      if (expected === "trap") trapped++;
      else if (module.stackLeft() !== 262_144) t.fail("a frame was not given back");
      compared++;
    }
  }
  t.comment(`${compared} calls compared, ${trapped} of them trap`);
  t.equal(compared, PROGRAMS * 6);
  t.end();
});

function attempt(call: () => number): number | "trap" {
  try {
    return call();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return "trap";
    throw error;
  }
}
