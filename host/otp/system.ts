// System messages: what every behaviour does between two messages, whatever its callbacks are.
//
//   sys.getState … ── SYSTEM(ref, request) ──► process ── between two messages ──► SystemAnswer
//   suspend ──► takes system messages and its parent's EXIT alone; all others wait ──► resume
import { aliasOf, MessageKind } from "../kernel/abi.ts";
import type { Behaviour } from "../runtime/behaviour.ts";
import { Exit, Tag } from "../runtime/messages.ts";
import { endReason } from "../runtime/reasons.ts";
import { RawSuspension } from "../runtime/suspension.ts";
import type { RawMessage, Resumption } from "../runtime/suspension.ts";
import { isImmutable } from "../runtime/index.ts";
import type { From, Pid, Reason, Ref } from "../runtime/index.ts";

/** What a process of a behaviour says of itself. */
export interface ServerStatus<S = unknown> {
  readonly pid: Pid;
  readonly registeredName: string | undefined;
  /** The name of its module. */
  readonly label: string | undefined;
  /** 0: it was started without a link. */
  readonly parent: Pid | 0;
  readonly status: "running" | "suspended";
  readonly messageQueueLength: number;
  /** As the module's `formatStatus` shows it. */
  readonly state: S;
}

/** What the functions of `sys` ask. */
export type SystemRequest =
  | { readonly sys: "getState" | "getStatus" | "suspend" | "resume" }
  | { readonly sys: "replaceState"; readonly change: (state: any) => unknown };

/** What there is to show of a server; `getStatus` has the state alone, a crash report all. */
export interface Status<S = unknown> {
  readonly state: S;
  /** What it was about to handle. */
  readonly message?: unknown;
  readonly reason?: Reason;
}

/** What they are answered. */
export type SystemAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: Reason };

/** What a suspended process takes: a system message, or its parent's EXIT. */
export interface SystemMessage {
  readonly asker: From;
  readonly value: unknown;
}

/** Lets a suspended process take what it must answer all the same; everything else stays. */
export class SystemWait extends RawSuspension {
  readonly #parent: Pid | 0;
  #taken: SystemMessage | Exit | undefined;

  constructor(parent: Pid | 0) {
    super();
    this.#parent = parent;
  }

  override offer(_pid: Pid, message: RawMessage): boolean {
    const { kind, tag, from, ref, value } = message;
    if (kind === MessageKind.EXIT) {
      if (from !== this.#parent) return false;
      this.#taken = new Exit(from as Pid, value);
      return true;
    }
    if (kind !== MessageKind.HANDLE || tag !== Tag.SYSTEM) return false;
    this.#taken = { asker: { pid: from as Pid, ref: ref as Ref }, value };
    return true;
  }

  protected override end(resumption: Resumption) {
    resumption.value = this.#taken;
    return resumption;
  }
}

/** What a process must show to be looked into. */
interface Inspected extends Behaviour {
  systemState(): unknown;
  systemReplace(state: unknown): void;
}

/** Answers a request; what a function of the asker's throws is told it. */
export function answerSystem(
  self: Inspected, request: SystemRequest, asker: From, isSuspended: boolean,
): void {
  let answered: SystemAnswer;
  try {
    answered = { ok: true, value: answerTo(self, request, isSuspended) };
  } catch (error) {
    answered = { ok: false, reason: { callbackFailed: endReason(error) } };
  }
  // The value is the asker's own by now: it is not copied.
  self.core.sendOwned(self.pid, aliasOf(asker.ref), Tag.REPLY, asker.ref, answered);
}

function answerTo(self: Inspected, request: SystemRequest, isSuspended: boolean): unknown {
  switch (request.sys) {
    case "getState": return snapshot(self.systemState());
    case "getStatus": return statusOf(self, isSuspended);
    case "replaceState":
      self.systemReplace(request.change(self.systemState()));
      return snapshot(self.systemState());
    case "suspend": case "resume": return undefined;
  }
}

function statusOf(self: Inspected, isSuspended: boolean): ServerStatus {
  const { pid, label, parent } = self;
  const { registeredName, messageQueueLength } = self.runtime.processInfo(pid)!;
  return {
    pid, registeredName, label, parent, messageQueueLength,
    status: isSuspended ? "suspended" : "running", state: snapshot(self.formatted({}).state),
  };
}

/**
 * A copy of a state, for who looks at it from outside: neither side sees the other's changes. Maps,
 * Sets and instances of classes are copied too, but for their private fields; functions stay.
 * O(size).
 */
export function snapshot(value: unknown, known = new Map<object, unknown>()): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copied = known.get(value);
  if (copied !== undefined) return copied;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Date) {
    return structuredClone(value);
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    known.set(value, copy);
    for (const [key, one] of value) copy.set(snapshot(key, known), snapshot(one, known));
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>();
    known.set(value, copy);
    for (const one of value) copy.add(snapshot(one, known));
    return copy;
  }
  // An instance with private fields would lose them: what can't be changed is shared.
  if (isImmutable(value)) return value;
  const copy: object = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value));
  known.set(value, copy);
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key)!;
    if ("value" in property) property.value = snapshot(property.value, known);
    Object.defineProperty(copy, key, property);
  }
  return copy;
}
