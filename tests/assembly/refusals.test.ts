// That every refusal in docs/abi.md occurs: each export is called well, and then with one thing
// wrong. After a trap in the kernel every call answers CORRUPT.
import t from "tap";
import { Flag, Status, statusName } from "../../host/kernel/abi.ts";
import type { KernelExports } from "../../host/kernel/exports.ts";
import { documentedExports } from "../kernel/abi-document.ts";
import { buildNativeKernel } from "./native-build.ts";
import { RefusalStage as Stage } from "./refusal-stage.ts";

type Name = Exclude<keyof KernelExports, "memory" | "verify">;
type Answer = (s: Stage) => number;

/** How an export comes to each of its refusals, and how it is accepted. */
type Ways = Partial<Record<keyof typeof Status | "accepted", Answer>>;

/** Of a call about a process, which is well about one of the stage. */
function about(call: (s: Stage, pid: number) => number, right: keyof Stage = "waiting"): Ways {
  return {
    accepted: (s) => call(s, s[right] as number),
    BAD_PID: (s) => call(s, 0.5),
    NO_PROCESS: (s) => call(s, s.dead),
  };
}

/** Of a call on a turn that is open, with a message shown. */
function turn(call: (s: Stage, pid: number) => number): Ways {
  return { ...about(call, "open"), NO_TURN: (s) => call(s, s.waiting) };
}

/** Of a call that puts a message into a mailbox. */
function sent(call: (s: Stage, to: number, tag?: number) => number): Ways {
  return {
    ...about(call),
    BAD_ARGUMENT: (s) => call(s, s.waiting, 1024),
    MAILBOX_FULL: (s) => call(s, s.full),
    NO_MEMORY: (s) => call(s.withoutMemory(), s.waiting),
  };
}

/** Of a call that makes a relation, or a process. */
function limited(ways: Ways): Ways {
  return { ...ways, LIMIT: (s) => ways.accepted!(s.withoutRoom()) };
}

const TOO_LONG = 2 ** 31;
const NUMBER = 1;
const HANDLE = 2;
const BYTES = 3;

/** Every export that refuses anything, but those of before `init`. */
const exports: Readonly<Partial<Record<Name, Ways>>> = {
  clock: { accepted: ({ k }) => k.clock(1), BAD_ARGUMENT: ({ k }) => k.clock(NaN) },
  step: { accepted: ({ k }) => k.step(1, 1), BAD_ARGUMENT: ({ k }) => k.step(2 ** 54, 1) },
  counter: { accepted: ({ k }) => k.counter(15), BAD_ARGUMENT: ({ k }) => k.counter(16) },
  watch: { accepted: ({ k }) => k.watch(2, 1), BAD_ARGUMENT: ({ k }) => k.watch(3, 1) },

  spawn_host: limited({
    ...about(({ k }, parent) => k.spawn_host(parent, 4)),
    BAD_ARGUMENT: ({ k }) => k.spawn_host(0, 32),
  }),
  spawn_native: limited({
    ...about(({ k, handler }, parent) => k.spawn_native(parent, handler, 0, 4)),
    NO_HANDLER: ({ k }) => k.spawn_native(0, 255, 0, 0),
    BAD_ARGUMENT: ({ k, handler }) => k.spawn_native(0, handler, 0, 32),
  }),
  is_alive: { accepted: ({ k, open }) => k.is_alive(open), BAD_PID: ({ k }) => k.is_alive(NaN) },
  process_info: {
    ...about(({ k }, pid) => k.process_info(pid, 15)),
    BAD_ARGUMENT: ({ k, open }) => k.process_info(open, 16),
  },
  process_flag: {
    ...about(({ k }, pid) => k.process_flag(pid, Flag.TRAP_EXIT, 1)),
    BAD_ARGUMENT: ({ k, open }) => k.process_flag(open, Flag.MAILBOX_LIMIT, 2 ** 31),
  },
  process_list: {
    ...about(({ k }, pid) => k.process_list(pid, 3, 0)),
    BAD_ARGUMENT: ({ k, open }) => k.process_list(open, 4, 0),
  },
  process_name: about(({ k }, pid) => k.process_name(pid)),
  inspect: about(({ k }, pid) => k.inspect(pid, 0)),

  send_number: sent(({ k }, to, tag = 0) => k.send_number(0, to, tag, 0, 1)),
  send_handle: {
    ...sent(({ k, handle }, to, tag = 0) => k.send_handle(0, to, tag, 0, handle)),
    BAD_HANDLE: ({ k, open, sentHandle }) => k.send_handle(0, open, 0, 0, sentHandle),
  },
  send_bytes: {
    ...sent(({ k, scratch }, to, tag = 0) => k.send_bytes(0, to, tag, 0, scratch, 9)),
    BAD_ARGUMENT: ({ k, open, scratch }) => k.send_bytes(0, open, 0, 0, scratch - 1, 9),
    TOO_LARGE: ({ k, open, scratch }) => k.send_bytes(0, open, 0, 0, scratch, 16_385),
  },
  share: {
    accepted: ({ k, scratch }) => k.share(scratch, 16_384),
    BAD_ARGUMENT: ({ k, scratch }) => k.share(scratch, 32_769),
    TOO_LARGE: ({ k, scratch }) => k.share(scratch, 16_385),
    NO_MEMORY: (s) => s.withoutMemory().k.share(s.scratch, 9),
  },
  send_shared: {
    ...sent(({ k, hold }, to, tag = 0) => k.send_shared(0, to, tag, 0, hold)),
    BAD_ARGUMENT: ({ k, open, hold }) => k.send_shared(0, open, 0, 0, hold + 1),
  },
  release: {
    accepted: ({ k, hold }) => k.release(hold),
    BAD_ARGUMENT: ({ k, hold }) => (k.release(hold), k.release(hold)),
  },

  begin: {
    ...about(({ k }, pid) => k.begin(pid), "offered"), NONE: ({ k, open }) => k.begin(open),
  },
  peek: turn(({ k }, pid) => k.peek(pid)),
  skip: turn(({ k }, pid) => k.skip(pid)),
  take: {
    ...turn(({ k }, pid) => k.take(pid)),
    BAD_ARGUMENT: ({ k, open }) => (k.mark(open), k.take(open)),
  },
  take_here: {
    ...turn(({ k }, pid) => k.take_here(pid)),
    BAD_ARGUMENT: ({ k, open }) => (k.mark(open), k.take_here(open)),
  },
  seek: turn(({ k }, pid) => k.seek(pid, 1)),
  mark: turn(({ k }, pid) => k.mark(pid)),
  rewind: turn(({ k }, pid) => k.rewind(pid)),
  wait: {
    ...turn(({ k }, pid) => k.wait(pid, 2 ** 32 - 1, 1)),
    BAD_ARGUMENT: ({ k, open }) => k.wait(open, 2 ** 32, 1),
  },
  wait_ref: {
    ...turn(({ k, ref }, pid) => k.wait_ref(pid, ref, Infinity, 1)),
    BAD_ARGUMENT: ({ k, open }) => k.wait_ref(open, -1, Infinity, 1),
  },
  hibernate: turn(({ k }, pid) => k.hibernate(pid, 1)),
  yield_turn: turn(({ k }, pid) => k.yield_turn(pid, 1)),
  finish: {
    ...turn(({ k }, pid) => k.finish(pid, 0, 0)),
    BAD_ARGUMENT: ({ k, open }) => k.finish(open, 2, 0),
    BAD_HANDLE: ({ k, open }) => k.finish(open, 1, 0),
  },
  reap: {
    accepted: ({ k, unreaped }) => k.reap(unreaped), NOT_FOUND: ({ k, open }) => k.reap(open),
  },

  exit_signal: {
    ...about(({ k }, to) => k.exit_signal(0, to, 0, 1_024)),
    BAD_ARGUMENT: ({ k, open }) => k.exit_signal(0, open, 2, 0),
    BAD_HANDLE: ({ k, open, sentHandle }) => k.exit_signal(0, open, 1, sentHandle),
    NO_MEMORY: (s) => s.withoutMemory().k.exit_signal(0, s.trapping, 0, 1_024),
  },
  link: limited({
    ...about(({ k, offered }, b) => k.link(offered, b, 0)),
    BAD_ARGUMENT: ({ k, offered, waiting }) => k.link(offered, waiting, 2),
  }),
  unlink: {
    ...about(({ k, open }, a) => k.unlink(a, open)),
    NOT_FOUND: ({ k, full, open }) => k.unlink(full, open),
  },
  monitor: limited({
    ...about(({ k, open }, watcher) => k.monitor(watcher, open, 0, 255)),
    BAD_ARGUMENT: ({ k, open, waiting }) => k.monitor(waiting, open, 16, 0),
  }),
  monitor_name: limited({
    ...about((s, watcher) => s.k.monitor_name(watcher, s.write("server"), 0, 0), "open"),
    BAD_ARGUMENT: ({ k, open }) => k.monitor_name(open, TOO_LONG, 0, 0),
  }),
  demonitor: {
    ...about(({ k, ref }, watcher) => k.demonitor(watcher, ref, 1)),
    NOT_FOUND: ({ k, waiting }) => k.demonitor(waiting, 12_345, 0),
    BAD_ARGUMENT: ({ k, waiting, ref }) => k.demonitor(waiting, ref, 2),
  },
  alias: limited({
    ...about(({ k }, pid) => k.alias(pid, 3)),
    BAD_ARGUMENT: ({ k, open }) => k.alias(open, 4),
  }),
  unalias: {
    ...about(({ k, ref }, pid) => k.unalias(pid, ref)),
    NOT_FOUND: ({ k, waiting }) => k.unalias(waiting, 12_345),
  },
  suspend: limited({
    ...about(({ k, open }, suspender) => k.suspend(suspender, open, 1)),
    BAD_ARGUMENT: ({ k, open }) => k.suspend(open, open, 0),
  }),
  resume: {
    ...about(({ k, full }, suspender) => k.resume(suspender, full)),
    NOT_FOUND: ({ k, open, full }) => k.resume(open, full),
  },

  send_after: limited({
    ...about(({ k }, to) => k.send_after(0, to, 255, 0, NUMBER, 1, 10, 0)),
    BAD_HANDLE: ({ k, open }) => k.send_after(0, open, 0, 0, HANDLE, 0, 10, 0),
    BAD_ARGUMENT: ({ k, open }) => k.send_after(0, open, 256, 0, NUMBER, 1, 10, 0),
  }),
  send_after_name: limited({
    accepted: (s) => s.k.send_after_name(0, s.write("anybody"), 0, 0, NUMBER, 1, 10, 0),
    BAD_HANDLE: (s) => s.k.send_after_name(0, s.write("anybody"), 0, 0, HANDLE, 0.5, 10, 0),
    BAD_ARGUMENT: (s) => s.k.send_after_name(0, s.write("anybody"), 0, 0, BYTES, 1, 10, 0),
    NO_MEMORY: (s) =>
      s.withoutMemory().k.send_after_name(0, s.write("anybody"), 0, 0, NUMBER, 1, 10, 0),
  }),
  cancel_timer: {
    accepted: ({ k, timer }) => k.cancel_timer(timer),
    NOT_FOUND: ({ k, timer }) => (k.cancel_timer(timer), k.cancel_timer(timer)),
  },
  read_timer: {
    accepted: ({ k, timer }) => k.read_timer(timer), NOT_FOUND: ({ k }) => k.read_timer(NaN),
  },

  register: limited({
    ...about((s, pid) => s.k.register(pid, s.write("another")), "open"),
    BAD_ARGUMENT: ({ k, open }) => k.register(open, 3_073),
    TAKEN: (s) => s.k.register(s.open, s.write("server")),
    NO_MEMORY: (s) => s.withoutMemory().k.register(s.open, s.write("another")),
  }),
  unregister: {
    accepted: (s) => s.k.unregister(s.write("server")),
    BAD_ARGUMENT: ({ k }) => k.unregister(TOO_LONG),
    NOT_FOUND: (s) => s.k.unregister(s.write("another")),
  },
  whereis: {
    accepted: (s) => s.k.whereis(s.write("another")), BAD_ARGUMENT: ({ k }) => k.whereis(TOO_LONG),
  },
  group_join: limited({
    ...about((s, pid) => s.k.group_join(pid, s.write("another"))),
    BAD_ARGUMENT: ({ k, open }) => k.group_join(open, 3_073),
    NO_MEMORY: (s) => s.withoutMemory().k.group_join(s.open, s.write("another")),
  }),
  group_leave: {
    ...about((s, pid) => s.k.group_leave(pid, s.write("group"))),
    BAD_ARGUMENT: ({ k, waiting }) => k.group_leave(waiting, TOO_LONG),
    NOT_FOUND: (s) => s.k.group_leave(s.open, s.write("group")),
  },
  group_size: {
    accepted: (s) => s.k.group_size(s.write("group")),
    BAD_ARGUMENT: ({ k }) => k.group_size(TOO_LONG),
  },
  group_count: {
    ...about((s, pid) => s.k.group_count(pid, s.write("group"))),
    BAD_ARGUMENT: ({ k, waiting }) => k.group_count(waiting, TOO_LONG),
  },
  group_member: {
    accepted: (s) => s.k.group_member(s.write("group"), s.waiting),
    NOT_FOUND: (s) => s.k.group_member(s.write("group"), s.open),
    BAD_PID: (s) => s.k.group_member(s.write("group"), -1),
    BAD_ARGUMENT: ({ k }) => k.group_member(TOO_LONG, 0),
  },
  group_send: {
    accepted: (s) => s.k.group_send(0, s.write("group"), 0, 0, BYTES, s.hold),
    BAD_HANDLE: (s) => s.k.group_send(0, s.write("group"), 0, 0, HANDLE, s.sentHandle),
    BAD_ARGUMENT: (s) => s.k.group_send(0, s.write("group"), 0, 0, BYTES, s.hold + 1),
    NO_MEMORY: (s) => s.withoutMemory().k.group_send(0, s.write("group"), 0, 0, NUMBER, 1),
  },

  snapshot: {
    accepted: (s) => s.withoutTurns().k.snapshot(), BUSY: ({ k }) => k.snapshot(),
  },
};

/** What refuses limits and images: arguments.test.ts and image.test.ts have their refusals. */
const BIRTH: readonly string[] = ["memory_needed", "init", "restore_begin", "restore"];

t.test("each refusal in docs/abi.md occurs, and nothing but what is wrong causes it", async (t) => {
  const wasm = await buildNativeKernel();
  for (const { name, refusals } of documentedExports()) {
    if (BIRTH.includes(name) || refusals.length === 0) continue;
    const { accepted, ...ways } = exports[name as Name] ?? {};
    t.same(Object.keys(ways).sort(), [...refusals].sort(), name);
    const answer = accepted?.(new Stage(wasm));
    t.ok(answer !== undefined && (answer >= 0 || answer === -Infinity), `${name}: ${answer}`);
    for (const [status, way] of Object.entries(ways)) {
      const stage = new Stage(wasm);
      const refusal = way(stage);
      t.equal(refusal < 0 ? statusName(refusal) : refusal, status, name);
      t.equal(stage.k.verify?.(), 0, `${name} ${status}: the tables hold`);
    }
  }
});

/** Callable at any time, as their entries say. */
const ALWAYS: readonly string[] = [
  "abi_version", "limits_address", "face_address", "image_address", "counter",
];

t.test("after a trap in the kernel calls answer CORRUPT, those of birth BAD_STATE", async (t) => {
  const wasm = await buildNativeKernel();
  const { k } = new Stage(wasm).trapped();
  for (const { name, parameters } of documentedExports()) {
    const call = k[name as Name] as (...args: number[]) => number;
    const answer = call(...parameters.map(() => 0));
    if (ALWAYS.includes(name)) t.ok(answer >= 0, name);
    else t.equal(answer, BIRTH.includes(name) ? Status.BAD_STATE : Status.CORRUPT, name);
  }
});
