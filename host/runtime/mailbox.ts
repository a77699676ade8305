// The walk through a mailbox: what a suspension wants is found, taken, and decoded for its process.
//
//   passed over before? ─► one of these is wanted ─► shown
//   shown ─► wanted? ── yes ─► take: value, tag, from, ref are here; the next message is shown
//     ▲        │ no
//     │        ├─ a reply that nobody waits for any more ─► take and drop
//     └─ skip ─┘ into the backlog
//   nothing shown ─► wait (the turn is closed), again, or timed out
//
// Costs: O(messages passed over); the plain case allocates nothing.
import { MessageKind, Status } from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { Backlog } from "./backlog.ts";
import { Bytes } from "./bytes.ts";
import type { Core } from "./core.ts";
import type { HandleTable } from "./handles.ts";
import { decode } from "./decode.ts";
import { Tag } from "./messages.ts";
import { TIMEOUT, Waiting } from "./suspension.ts";
import type { Matches, RawMessage, RawSuspension, Resumption, Suspension } from "./suspension.ts";

/** The turn is closed: its process waits now, or is dead. */
const CLOSED = -1;

export class Mailbox {
  /** What was taken; handed to every generator, which reads it at once. */
  readonly resumption: Resumption = { done: true, value: undefined, tag: 0 };
  /** Of a message that a behaviour has taken: the sender and the reference. */
  from = 0;
  ref = 0;
  readonly #core: Core;
  readonly #kernel: Kernel;
  readonly #handles: HandleTable;
  readonly #raw: RawMessage = { kind: 0, tag: 0, from: 0, ref: 0, value: undefined };
  /** The handle that is the host's again once the accepted message is taken; 0: none. */
  #freed = 0;

  constructor(core: Core) {
    this.#core = core;
    this.#kernel = core.kernel;
    this.#handles = core.handles;
  }

  /**
   * Takes what the suspension wants into the resumption; SHOWN or OK as `take` answers, or CLOSED.
   * `shown` tells whether a message is shown now, `spent` what the turn has cost so far.
   */
  fetch(pid: Pid, slot: number, suspension: Suspension, shown: number, spent: number): number {
    const kernel = this.#kernel;
    const { backlogs } = this.#core.table;
    if (suspension.kind === Waiting.HIBERNATION) return this.#hibernate(pid, slot, shown, spent);
    let now = shown;
    let backlog = backlogs[slot];
    if (backlog && shown >= 0) {
      if (suspension.kind !== Waiting.MESSAGE) {
        now = this.#forget(pid, slot);
        backlog = undefined;
      } else if (backlog.searchedFor !== suspension) {
        const place = backlog.search(suspension);
        if (place >= 0) return this.#takePassed(pid, suspension, backlog, place);
        now = this.#goBehind(pid, suspension, backlog, shown);
      }
    }
    for (;;) {
      if (now === Status.SHOWN) {
        if (this.#accepts(pid, suspension, suspension.matches)) {
          if (!backlog) return this.#take(pid, false);
          backlog.searchedFor = undefined;
          return this.#take(pid, true);
        }
        now = this.#isStale(pid, suspension) ? this.#drop(pid, slot)
          : this.#pass(pid, slot, suspension);
        backlog = backlogs[slot];
      } else if (now < 0) {
        return CLOSED;
      } else {
        const ms = suspension.timeoutMs === Infinity ? Infinity : this.#timeLeft(suspension);
        const status = suspension.kind === Waiting.REFERENCE
          ? kernel.waitRef(pid, suspension.ref as Ref, ms, spent)
          : kernel.wait(pid, ms, spent);
        if (status === Status.OK) return CLOSED;
        if (status === Status.TIMED_OUT) return this.#timeOut(pid, slot);
        now = status < 0 ? CLOSED : kernel.peek(pid);
      }
    }
  }

  /** Asleep unless there is a message, whichever: the code looks for what it wants afterwards. */
  #hibernate(pid: Pid, slot: number, shown: number, spent: number): number {
    if (shown < 0) return CLOSED;
    if (this.#core.table.backlogs[slot]) this.#core.table.backlogs[slot] = undefined;
    if (this.#kernel.hibernate(pid, spent) !== Status.AGAIN) return CLOSED;
    this.resumption.value = undefined;
    this.resumption.tag = Tag.MESSAGE;
    return this.#kernel.peek(pid);
  }

  /** A mailbox that is walked through otherwise is looked at from its beginning. */
  #forget(pid: Pid, slot: number): number {
    this.#core.table.backlogs[slot] = undefined;
    this.#kernel.rewind(pid);
    return this.#kernel.peek(pid);
  }

  /** Takes one of those that were passed over. Its predicate was asked: it is not asked again. */
  #takePassed(pid: Pid, suspension: Suspension, backlog: Backlog, place: number): number {
    if (this.#kernel.seek(pid, place) < 0) return CLOSED;
    this.#accepts(pid, suspension, undefined);
    backlog.remove(place);
    backlog.isBehind = false;
    return this.#take(pid, true);
  }

  /** Nothing is wanted of what was passed over: shows what has come since. */
  #goBehind(pid: Pid, suspension: Suspension, backlog: Backlog, shown: number): number {
    backlog.searchedFor = suspension;
    if (backlog.isBehind) return shown;
    backlog.isBehind = true;
    return this.#kernel.seek(pid, backlog.length);
  }

  /** Passes over the message that is shown: the receives that follow find it in the backlog. */
  #pass(pid: Pid, slot: number, suspension: Suspension): number {
    const { backlogs } = this.#core.table;
    let backlog = backlogs[slot];
    if (suspension.kind === Waiting.MESSAGE && backlog !== null) {
      if (backlog === undefined) {
        backlog = new Backlog();
        backlog.searchedFor = suspension;
        backlogs[slot] = backlog;
      }
      const { kind, tag } = this.#kernel.message;
      backlog.push(decode(this.#core, kind, tag, true));
    }
    return this.#kernel.skip(pid);
  }

  /** Whether the message that is shown is wanted; then its value is in the resumption. */
  #accepts(pid: Pid, suspension: Suspension, matches: Matches | undefined): boolean {
    const message = this.#kernel.message;
    const kind = message.kind;
    const tag = message.tag;
    const isPlain = tag === Tag.MESSAGE && kind <= MessageKind.HANDLE;
    if (!isPlain || suspension.kind >= Waiting.REFERENCE) {
      if (suspension.kind === Waiting.RAW) return this.#offers(pid, suspension as RawSuspension);
      return this.#acceptsOther(pid, suspension, matches, kind, tag);
    }
    const { resumption } = this;
    if (kind === MessageKind.NUMBER) {
      const value = message.value;
      if (matches !== undefined && !matches(value)) return false;
      resumption.value = value;
      this.#freed = 0;
    } else {
      const handle = message.value | 0;
      const value = this.#handles.get(handle);
      if (matches !== undefined && !matches(value)) return false;
      resumption.value = value;
      this.#freed = message.last ? handle : 0;
    }
    resumption.tag = Tag.MESSAGE;
    return true;
  }

  /** The less frequent: signals, calls, replies, bytes, and whatever a reference is waited for. */
  #acceptsOther(
    pid: Pid, suspension: Suspension, matches: Matches | undefined, kind: number, tag: number,
  ): boolean {
    const message = this.#kernel.message;
    const wanted = suspension.kind;
    if (wanted === Waiting.REFERENCE) {
      if (message.ref !== suspension.ref) return false;
    } else if (this.#isStale(pid, suspension)) {
      return false;
    }
    const value = decode(this.#core, kind, tag, wanted === Waiting.MESSAGE);
    if (matches !== undefined && !matches(value)) return false;
    this.from = message.from;
    this.ref = message.ref;
    this.resumption.value = value;
    this.resumption.tag = kind === MessageKind.EXIT ? Tag.EXIT
      : kind === MessageKind.DOWN ? Tag.DOWN : tag;
    this.#freed = this.#lastHandle();
    return true;
  }

  /** The handle that taking the shown message gives back to the host; 0: none. */
  #lastHandle(): number {
    const message = this.#kernel.message;
    const { kind } = message;
    // `last` says nothing of numbers and bytes, and the value of a reason may be an atom.
    if (kind === MessageKind.NUMBER || kind === MessageKind.BYTES) return 0;
    return message.last ? message.value | 0 : 0;
  }

  #offers(pid: Pid, suspension: RawSuspension): boolean {
    const shown = this.#kernel.message;
    const raw = this.#raw;
    const { kind } = shown;
    raw.kind = kind;
    raw.tag = shown.tag;
    raw.from = shown.from;
    raw.ref = shown.ref;
    raw.value = kind === MessageKind.NUMBER ? shown.value
      : kind === MessageKind.HANDLE ? this.#handles.get(shown.value)
      : kind === MessageKind.BYTES ? undefined
      : this.#core.reasonOf(shown.reasonKind, shown.value);
    this.#freed = this.#lastHandle();
    return suspension.offer(pid, raw);
  }

  /** An answer that nobody waits for any more, or a system message to a process without one. */
  #isStale(pid: Pid, suspension: Suspension): boolean {
    if (suspension.kind >= Waiting.REFERENCE) return false;
    const message = this.#kernel.message;
    const tag = message.tag;
    if (tag < Tag.REPLY || message.kind >= MessageKind.EXIT) return false;
    if (tag === Tag.REPLY) return !this.#core.isRequest(pid, message.ref as Ref);
    return tag <= Tag.REJECTED ||
      (tag === Tag.SYSTEM && suspension.kind === Waiting.MESSAGE);
  }

  /** Takes the accepted message, and its handle back if no other message names it. */
  #take(pid: Pid, isHere: boolean): number {
    if (this.#core.traces !== undefined) this.#core.traces.received(pid);
    const message = this.#kernel.message;
    if (message.kind === MessageKind.BYTES) return this.#takeBytes(pid, isHere);
    const shown = isHere ? this.#kernel.takeHere(pid) : this.#kernel.take(pid);
    if (this.#freed !== 0) this.#handles.free(this.#freed);
    return shown;
  }

  #takeBytes(pid: Pid, isHere: boolean): number {
    const { hold, value, length } = this.#kernel.message;
    const shown = isHere ? this.#kernel.takeHere(pid) : this.#kernel.take(pid);
    if (shown >= 0) this.resumption.value = Bytes.own(this.#kernel.takeBytes(hold, value, length));
    return shown;
  }

  /** Takes a message that nobody wants. The walk begins anew, which costs nothing but time. */
  #drop(pid: Pid, slot: number): number {
    const { kind, last, value, hold } = this.#kernel.message;
    const isHere = this.#core.table.backlogs[slot] != null;
    const shown = isHere ? this.#kernel.takeHere(pid) : this.#kernel.take(pid);
    if (kind === MessageKind.HANDLE && last) this.#handles.free(value);
    else if (kind === MessageKind.BYTES && shown >= 0) this.#kernel.release(hold);
    return shown;
  }

  #timeOut(pid: Pid, slot: number): number {
    const backlog = this.#core.table.backlogs[slot];
    if (backlog) {
      backlog.isBehind = false;
      backlog.searchedFor = undefined;
    }
    this.resumption.tag = Tag.TIMED_OUT;
    this.resumption.value = TIMEOUT;
    return this.#kernel.peek(pid);
  }

  /** What is left of a receive's time: dropping a stale reply must not begin it anew. */
  #timeLeft(suspension: Suspension): number {
    if (suspension.timeoutMs === 0) return 0;
    const nowMs = this.#core.tellTime();
    if (Number.isNaN(suspension.expiresAtMs)) {
      suspension.expiresAtMs = nowMs + suspension.timeoutMs;
    }
    return Math.max(0, suspension.expiresAtMs - nowMs);
  }
}
