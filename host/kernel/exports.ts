// The exports of kernel.wasm as TypeScript sees them, and their one instantiation.

import { instantiateSync } from "@assemblyscript/loader";

/** What kernel.wasm exports; assembly/index.ts tells the meaning of each. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  abi_version(): number;
  limits_address(): number;
  memory_needed(): number;
  init(): number;
  face_address(): number;
  clock(nowMs: number): number;
  step(nowMs: number, reductions: number): number;
  next_deadline(): number;
  counter(id: number): number;
  watch(item: number, value: number): number;
  spawn_host(parent: number, options: number): number;
  spawn_native(parent: number, handler: number, argument: number, options: number): number;
  is_alive(pid: number): number;
  process_next(pid: number): number;
  process_info(pid: number, item: number): number;
  process_flag(pid: number, flag: number, value: number): number;
  send_number(from: number, to: number, tag: number, ref: number, value: number): number;
  send_handle(from: number, to: number, tag: number, ref: number, handle: number): number;
  send_bytes(
    from: number, to: number, tag: number, ref: number, pointer: number, length: number,
  ): number;
  share(pointer: number, length: number): number;
  send_shared(from: number, to: number, tag: number, ref: number, hold: number): number;
  release(hold: number): number;
  released_next(): number;
  begin(pid: number): number;
  peek(pid: number): number;
  skip(pid: number): number;
  take(pid: number): number;
  take_here(pid: number): number;
  seek(pid: number, passed: number): number;
  mark(pid: number): number;
  rewind(pid: number): number;
  wait(pid: number, ms: number, reductions: number): number;
  wait_ref(pid: number, ref: number, ms: number, reductions: number): number;
  hibernate(pid: number, reductions: number): number;
  yield_turn(pid: number, reductions: number): number;
  finish(pid: number, reasonKind: number, value: number): number;
  reap(pid: number): number;
  exit_signal(from: number, to: number, reasonKind: number, value: number): number;
  link(a: number, b: number, options: number): number;
  unlink(a: number, b: number): number;
  monitor(watcher: number, target: number, options: number, tag: number): number;
  monitor_name(watcher: number, length: number, options: number, tag: number): number;
  demonitor(watcher: number, ref: number, options: number): number;
  alias(pid: number, options: number): number;
  unalias(pid: number, ref: number): number;
  suspend(suspender: number, target: number, options: number): number;
  resume(suspender: number, target: number): number;
  make_ref(): number;
  send_after(
    from: number, to: number, tag: number, ref: number, kind: number, value: number, ms: number,
    options: number,
  ): number;
  send_after_name(
    from: number, length: number, tag: number, ref: number, kind: number, value: number,
    ms: number, options: number,
  ): number;
  cancel_timer(ref: number): number;
  read_timer(ref: number): number;
  register(pid: number, length: number): number;
  unregister(length: number): number;
  whereis(length: number): number;
  group_join(pid: number, length: number): number;
  group_leave(pid: number, length: number): number;
  group_size(length: number): number;
  group_count(pid: number, length: number): number;
  group_member(length: number, after: number): number;
  group_send(
    from: number, length: number, tag: number, ref: number, kind: number, value: number,
  ): number;
  process_list(pid: number, list: number, skip: number): number;
  process_name(pid: number): number;
  inspect(pid: number, index: number): number;
  image_address(): number;
  snapshot(): number;
  restore_begin(): number;
  restore(nowMs: number): number;
  /** The debug build's check of every structure: 0, or which invariant is broken (debug.ts). */
  verify?(): number;
}

/** A fresh instance of the kernel; its memory is not laid out yet. */
export function instantiateKernel(wasm: BufferSource): KernelExports {
  const module = new WebAssembly.Module(wasm);
  return instantiateSync<Record<string, unknown>>(module).instance
    .exports as unknown as KernelExports;
}
