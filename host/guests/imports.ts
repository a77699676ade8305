// What a guest imports: each a call into the kernel in the name of the process that runs.
//
// Nothing that a guest passes can make one of them throw but a pointer out of its memory, which
// ends the process: the answers are statuses, as the kernel's. Costs: O(1) but for copied bytes.
import { Atom, Demonitor, Flag, Info, MessageKind, Option, ProcessKind, ReasonKind, Status }
  from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import { Bytes } from "../runtime/bytes.ts";
import { TIME_MS_MAX } from "../runtime/clock.ts";
import type { Core } from "../runtime/core.ts";
import { Tag } from "../runtime/messages.ts";
import type { GuestImport } from "./abi.ts";
import type { GuestInstance } from "./instance.ts";

/** What a guest may ask of a spawn: its priority is the host's affair. */
const SPAWN_OPTIONS = Option.LINK | Option.TRAP_EXIT;
/** Tags that mean something to TypeScript's processes are not for guests to forge. */
const TAG_MAX = Tag.REPLY;
const ATOM_MAX = Atom.TIMEOUT;

const decoder = new TextDecoder();

/** The functions for one instance. */
export function makeImports(
  instance: GuestInstance, core: Core,
): Readonly<Record<GuestImport, (...operands: number[]) => number | void>> {
  const { kernel, handles } = core;
  const { messageBytes } = instance.limits;

  const text = (pointer: number, length: number) =>
    decoder.decode(instance.bytesAt(pointer, length));

  return {
    self: () => instance.running.pid,
    set_word: (word = 0) => { instance.running.word = word; },
    send_number(to = 0, tag = 0, ref = 0, value = 0) {
      if (!isTag(tag)) return Status.BAD_ARGUMENT;
      return kernel.sendNumber(instance.running.pid, to as Pid, tag, ref as Ref, value);
    },
    send_bytes(to = 0, tag = 0, ref = 0, pointer = 0, length = 0) {
      const { pid } = instance.running;
      const bytes = instance.bytesAt(pointer, length);
      if (!isTag(tag)) return Status.BAD_ARGUMENT;
      if (bytes.length > messageBytes) return Status.TOO_LARGE;
      if (kernel.processInfo(to as Pid, Info.KIND) === ProcessKind.NATIVE) {
        return kernel.sendBytes(pid, to as Pid, tag, ref as Ref, bytes);
      }
      const handle = handles.allocate(Bytes.own(bytes.slice()));
      if (handle === 0) return Status.LIMIT;
      const status = kernel.sendHandle(pid, to as Pid, tag, ref as Ref, handle);
      if (status < 0) handles.free(handle);
      return status;
    },
    send_after(ms = 0, to = 0, tag = 0, ref = 0, value = 0) {
      const { pid } = instance.running;
      if (!isTag(tag) || !(ms >= 0)) return Status.BAD_ARGUMENT;
      core.tellTime();
      const time = Math.min(ms, TIME_MS_MAX);
      const number = MessageKind.NUMBER;
      return kernel.sendAfter(pid, to as Pid, tag, ref as Ref, number, value, time);
    },
    cancel_timer(ref = 0) {
      core.tellTime();
      return kernel.cancelTimer(ref as Ref);
    },
    spawn(word = 0, options = 0) {
      const { pid } = instance.running;
      if ((options & ~SPAWN_OPTIONS) !== 0) return Status.BAD_ARGUMENT;
      try {
        return instance.spawn(pid, word, options);
      } catch {
        // The kernel's own table is full, or the process has ended itself.
        return kernel.isAlive(pid) ? Status.LIMIT : Status.NO_PROCESS;
      }
    },
    exit(to = 0, reason = 0) {
      const { pid } = instance.running;
      if (reason < 0 || reason > ATOM_MAX) return Status.BAD_ARGUMENT;
      return kernel.exitSignal(pid, to as Pid, ReasonKind.ATOM, reason);
    },
    link: (to = 0) => kernel.link(instance.running.pid, to as Pid),
    unlink: (to = 0) => kernel.unlink(instance.running.pid, to as Pid),
    monitor: (to = 0) => kernel.monitor(instance.running.pid, to as Pid),
    demonitor: (ref = 0) =>
      kernel.demonitor(instance.running.pid, ref as Ref, Demonitor.FLUSH),
    trap_exit: (on = 0) =>
      kernel.processFlag(instance.running.pid, Flag.TRAP_EXIT, on === 0 ? 0 : 1),
    make_ref: () => kernel.makeRef(),
    register: (pointer = 0, length = 0) =>
      kernel.register(instance.running.pid, text(pointer, length)),
    unregister(pointer = 0, length = 0) {
      const name = text(pointer, length);
      // Its own only: other names are not its to give.
      if (kernel.whereis(name) !== instance.running.pid) return Status.NOT_FOUND;
      return kernel.unregister(name);
    },
    whereis: (pointer = 0, length = 0) => kernel.whereis(text(pointer, length)),
  };
}

function isTag(tag: number): boolean {
  return tag >= 0 && tag <= TAG_MAX;
}
