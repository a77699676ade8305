// A guest process: a behaviour whose code is the guest's `handle`.
import { MessageKind } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import { Behaviour } from "../runtime/behaviour.ts";
import { Bytes } from "../runtime/bytes.ts";
import type { Core } from "../runtime/core.ts";
import { atomOf, ExitReason } from "../runtime/messages.ts";
import { RawSuspension } from "../runtime/suspension.ts";
import type { RawMessage, Suspension } from "../runtime/suspension.ts";
import { GuestAnswer, GuestMessage, REASON_OTHER } from "./abi.ts";
import type { GuestInstance } from "./instance.ts";

const encoder = new TextEncoder();

/** What all processes of a guest share: who they are, and what they wait for. */
export interface GuestKind {
  readonly label: string;
  readonly waiting: RawSuspension;
}

/** Offers each message to the process's `handle`, which may leave it in the mailbox. */
export class GuestWaiting extends RawSuspension {
  readonly #core: Core;

  constructor(core: Core) {
    super();
    this.#core = core;
  }

  offer(pid: Pid, message: RawMessage): boolean {
    return (this.#core.table.find(pid) as GuestProcess).offer(message);
  }
}

export class GuestProcess extends Behaviour {
  /** The process's own number, which `handle` gets and `set_word` sets. */
  word: number;
  readonly #instance: GuestInstance;
  readonly #kind: GuestKind;
  readonly #parent: Pid | 0;
  #stops = false;

  constructor(
    core: Core, pid: Pid, kind: GuestKind, instance: GuestInstance, parent: Pid | 0, word: number,
  ) {
    super(core, pid);
    this.#kind = kind;
    this.#instance = instance;
    this.#parent = parent;
    this.word = word;
  }

  override get idle(): Suspension {
    return this.#kind.waiting;
  }

  override get parent(): Pid | 0 {
    return this.#parent;
  }

  override get label(): string {
    return this.#kind.label;
  }

  override start(): undefined {
    this.#stops = this.#handle(GuestMessage.START, 0, 0, 0, 0, undefined) === GuestAnswer.STOP;
    if (this.#stops) throw new ExitReason("normal");
  }

  /** False: the message stays, and the next is shown. */
  offer(message: RawMessage): boolean {
    const answer = this.#answer(message);
    if (answer === GuestAnswer.KEEP) return false;
    this.#stops = answer === GuestAnswer.STOP;
    return true;
  }

  /** The message was handled when it was offered. */
  override deliver(): undefined {
    if (this.#stops) throw new ExitReason("normal");
  }

  override ended(): void {
    this.#instance.processes.delete(this.pid);
  }

  #answer(message: RawMessage): number {
    const { kind, tag, from, ref, value } = message;
    switch (kind) {
      case MessageKind.NUMBER:
        return this.#handle(GuestMessage.NUMBER, tag, from, ref, value as number, undefined);
      case MessageKind.BYTES: {
        const bytes = this.core.kernel.shownBytes();
        return this.#handle(GuestMessage.BYTES, tag, from, ref, 0, bytes);
      }
      case MessageKind.HANDLE: {
        const isBytes = typeof value === "string" || isBytesValue(value);
        const type = isBytes ? GuestMessage.BYTES : GuestMessage.JSON;
        return this.#handle(type, tag, from, ref, 0, bytesOf(value));
      }
      default: {
        const type = kind === MessageKind.EXIT ? GuestMessage.EXIT : GuestMessage.DOWN;
        return this.#handle(type, 0, from, ref, atomOf(value) ?? REASON_OTHER, undefined);
      }
    }
  }

  #handle(
    kind: number, tag: number, from: number, ref: number, number: number,
    bytes: Uint8Array | Bytes | undefined,
  ): number {
    const { messageBytes } = this.#instance.limits;
    if (bytes !== undefined && bytes.length > messageBytes) {
      throw new ExitReason("message_too_large");
    }
    const answer = this.#instance.handle(this, kind, tag, from, ref, number, bytes);
    if (answer >>> 0 > GuestAnswer.KEEP) throw new ExitReason("bad_answer");
    return answer;
  }
}

function isBytesValue(value: unknown): value is Bytes {
  return typeof value === "object" && value !== null && Bytes.is(value);
}

/** How a value of the host's reaches a guest. */
function bytesOf(value: unknown): Uint8Array | Bytes {
  if (isBytesValue(value)) return value;
  return encoder.encode(typeof value === "string" ? value : JSON.stringify(value, plain) ?? "null");
}

/** What JSON lacks: a bigint becomes a text of digits, Bytes one in base 64. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (isBytesValue(value)) return Buffer.from(value.toUint8Array()).toString("base64");
  return value;
}
