// Guests for tests, written in WebAssembly's text form, and a runtime for them.
import binaryen from "binaryen";
import { Guest } from "../../host/guests/index.ts";
import type { GuestOptions } from "../../host/guests/index.ts";
import type { Harness } from "../runtime/harness.ts";

/** The binary of a module in text form. */
export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.All & ~binaryen.Features.GC);
    return module.emitBinary() as Uint8Array<ArrayBuffer>;
  } finally {
    module.dispose();
  }
}

/** What every guest has to have; `handle` is the body of the function, with its operands' names. */
export function guestText(
  handle: string, more = "", imports = "", memory = '(memory (export "memory") 1)',
): string {
  return `(module
    (import "pidgeon" "self" (func $self (result f64)))
    (import "pidgeon" "set_word" (func $set_word (param f64)))
    (import "pidgeon" "send_number" (func $send_number (param f64 i32 f64 f64) (result i32)))
    (import "pidgeon" "send_bytes" (func $send_bytes (param f64 i32 f64 i32 i32) (result i32)))
    ${imports}
    ${memory}
    (func (export "pidgeon_guest_abi") (result i32) (i32.const 1))
    (func (export "inbox") (param $length i32) (result i32) (i32.const 1024))
    ${more}
    (func (export "handle") (param $word f64) (param $kind i32) (param $tag i32) (param $from f64)
      (param $ref f64) (param $number f64) (param $pointer i32) (param $length i32) (result i32)
      ${handle}))`;
}

/** Loads a guest whose `handle` has this body. */
export function loadGuest(
  harness: Harness, handle: string, options: GuestOptions = {}, more = "", imports = "",
): Promise<Guest> {
  return Guest.load(harness.runtime, assemble(guestText(handle, more, imports)), options);
}

/** Answers a number with one more, and bytes with themselves; the number 0 makes it trap. */
export const echo = `
  (if (i32.eq (local.get $kind) (i32.const 1)) (then
    (if (f64.eq (local.get $number) (f64.const 0)) (then (unreachable)))
    (drop (call $send_number (local.get $from) (i32.const 0) (local.get $ref)
      (f64.add (local.get $number) (f64.const 1))))))
  (if (i32.eq (local.get $kind) (i32.const 3)) (then
    (drop (call $send_bytes (local.get $from) (i32.const 0) (local.get $ref)
      (local.get $pointer) (local.get $length)))))
  (i32.const 0)`;
