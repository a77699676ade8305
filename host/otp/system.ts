// System messages: what every behaviour does between two messages, whatever its callbacks are.
//
//   sys.getState … ── SYSTEM(ref, request) ──► process ── between two messages ──► SystemAnswer
//   suspend ──► takes system messages and its parent's EXIT alone; all others wait ──► resume
import { MessageKind } from "../kernel/abi.ts";
import { Exit, Tag } from "../runtime/messages.ts";
import { RawSuspension } from "../runtime/suspension.ts";
import type { RawMessage, Resumption } from "../runtime/suspension.ts";
import { isImmutable } from "../runtime/index.ts";
import type { From, Pid, Reason, Ref } from "../runtime/index.ts";

/** What the functions of `sys` ask. */
export type SystemRequest =
  | { readonly sys: "getState" | "getStatus" | "suspend" | "resume" }
  | { readonly sys: "replaceState"; readonly change: (state: any) => unknown };

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
