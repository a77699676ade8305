// What a message of the kernel is to its receiver.
import { MessageKind } from "../kernel/abi.ts";
import { messageOf } from "./behaviour.ts";
import type { Core } from "./core.ts";
import { Down, Exit, Tag, TimerTimeout } from "./messages.ts";

/**
 * The value of the message that is shown. `isWhole`: as `receive` sees it, calls and casts too;
 * else the request of these. Bytes of a native process are copied out when they are taken: a
 * pattern can't see them.
 */
export function decode(core: Core, kind: number, tag: number, isWhole: boolean): unknown {
  const { message } = core.kernel;
  if (kind === MessageKind.EXIT) {
    return new Exit(message.from, core.reasonOf(message.reasonKind, message.value));
  }
  if (kind === MessageKind.DOWN) {
    const reason = core.reasonOf(message.reasonKind, message.value);
    return new Down(message.ref, message.from, reason, tag);
  }
  const value = kind === MessageKind.NUMBER ? message.value
    : kind === MessageKind.HANDLE ? core.handles.get(message.value) : undefined;
  if (tag === Tag.TIMER) return new TimerTimeout(message.ref, value);
  return isWhole ? messageOf(tag, message.from, message.ref, value) : value;
}
