// Guests: what a message costs across the border of a module, and what its meter costs.
import binaryen from "binaryen";
import { loadBinaryen } from "../../host/guests/binaryen.ts";
import { Guest } from "../../host/guests/index.ts";
import { completeLimits } from "../../host/guests/limits.ts";
import { meter } from "../../host/guests/meter.ts";
import { Counter, Runtime } from "../../host/runtime/index.ts";
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";

const SIEVE_BYTES = 60_000;
const SIEVE_PRIMES = 6057;

/** Passes a number on, one less, to the process in its word; a cast says which. */
const guestText = `(module
  (import "pidgeon" "send_number" (func $send_number (param f64 i32 f64 f64) (result i32)))
  (import "pidgeon" "set_word" (func $set_word (param f64)))
  (memory (export "memory") 1)
  (func (export "pidgeon_guest_abi") (result i32) (i32.const 1))
  (func (export "inbox") (param i32) (result i32) (i32.const 0))
  (func (export "handle") (param $word f64) (param $kind i32) (param $tag i32) (param $from f64)
    (param $ref f64) (param $number f64) (param $pointer i32) (param $length i32) (result i32)
    (if (i32.eq (local.get $tag) (i32.const 2)) (then (call $set_word (local.get $number)))
      (else (if (f64.gt (local.get $number) (f64.const 0)) (then
        (drop (call $send_number (local.get $word) (i32.const 0) (f64.const 0)
          (f64.sub (local.get $number) (f64.const 1))))))))
    (i32.const 0)))`;

/** A sieve of Eratosthenes: loops with loads, stores and little else, the meter's worst case. */
const sieveText = `(module (memory (export "memory") 1)
  (func (export "pidgeon_guest_abi") (result i32) (i32.const 1))
  (func (export "inbox") (param i32) (result i32) (i32.const 0))
  (func (export "handle") (param f64 i32 i32 f64 f64 f64 i32 i32) (result i32) (i32.const 0))
  (func (export "sieve") (param $size i32) (result i32)
    (local $i i32) (local $j i32) (local $n i32)
    (memory.fill (i32.const 0) (i32.const 0) (local.get $size))
    (local.set $i (i32.const 2))
    (loop $next
      (if (i32.eqz (i32.load8_u (local.get $i))) (then
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (local.set $j (i32.mul (local.get $i) (i32.const 2)))
        (loop $strike
          (if (i32.lt_u (local.get $j) (local.get $size)) (then
            (i32.store8 (local.get $j) (i32.const 1))
            (local.set $j (i32.add (local.get $j) (local.get $i)))
            (br $strike))))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (local.get $size))))
    (local.get $n)))`;

function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.BulkMemory | binaryen.Features.BulkMemoryOpt);
  const bytes = module.emitBinary() as Uint8Array<ArrayBuffer>;
  module.dispose();
  return bytes;
}

async function guestPingPong({ operations }: Size): Promise<Work> {
  const runtime = Runtime.start({ manual: true });
  const guest = await Guest.load(runtime, assemble(guestText));
  const [one, two] = [guest.spawn(), guest.spawn()];
  runtime.cast(one, two);
  runtime.cast(two, one);
  runtime.pump();
  return {
    run() {
      const before = runtime.counter(Counter.SENDS);
      runtime.send(one, operations - 1);
      runtime.pump();
      const sends = runtime.counter(Counter.SENDS) - before;
      if (sends !== operations) throw new Error(`${sends} messages were sent`);
    },
  };
}

async function sieve({ operations }: Size, isMetered: boolean): Promise<Work> {
  const plain = assemble(sieveText);
  const limits = completeLimits({ fuel: 2 ** 31 - 1 });
  const metered = meter(await loadBinaryen(), plain, limits);
  const module = new WebAssembly.Module(isMetered ? metered.bytes : plain);
  const { exports } = new WebAssembly.Instance(module);
  const call = exports["sieve"] as (size: number) => number;
  const refuel = exports[metered.names.refuel] as ((fuel: number) => void) | undefined;
  return {
    run() {
      for (let round = 0; round < operations; round++) {
        refuel?.(limits.fuel);
        if (call(SIEVE_BYTES) !== SIEVE_PRIMES) throw new Error("the sieve has a hole");
      }
    },
  };
}

export const guestPingPongs: TimeBenchmark = {
  kind: "time",
  name: "guest-ping-pong",
  work: "Two processes of a guest send a number to and fro.",
  operation: "message",
  systems: { pidgeon: guestPingPong },
  size: { breadth: 2, operations: 400_000, generations: 0 },
  tiny: { breadth: 2, operations: 100, generations: 0 },
};

export const guestFuel: TimeBenchmark = {
  kind: "time",
  name: "guest-fuel",
  work: "A sieve to 60,000 in a module with a meter (closures: the same module without).",
  operation: "sieve",
  systems: { pidgeon: (size) => sieve(size, true), closures: (size) => sieve(size, false) },
  size: { breadth: 1, operations: 300, generations: 0 },
  tiny: { breadth: 1, operations: 2, generations: 0 },
};
