// Requests whose sender does not wait: the answer comes as a message, a ReplyMessage or a Down.
//
//   send ── monitor (makes the reference, an alias) · CALL(ref, request) ──► server
//   sender ◄── ReplyMessage(ref), or Down(ref): in order with all other messages
//
// A reply that nobody has asked for is dropped from a mailbox: Core.requests tells these from it.
import { refOfAlias, Status } from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import { CallFailed, endMonitor } from "./call.ts";
import { Down, ReplyMessage, Tag } from "./messages.ts";
import type { Process } from "./process.ts";
import { alias, demonitor, monitor, monitorForReply, unalias } from "./signals.ts";
import type { Destination } from "./types.ts";

/** A request on its way. */
export interface SentRequest {
  /** What its answer bears. */
  readonly ref: Ref;
  /** Who shall answer; 0: nobody had the name. */
  readonly pid: Pid | 0;
}

/**
 * Sends a request, whose answer is to be received. O(size of the request).
 * Throws CallFailed "mailbox_full", PIDGEON_NOT_SENDABLE.
 */
export function sendRequest(self: Process, server: Destination, request: unknown): SentRequest {
  const { core, pid } = self;
  const target = core.resolve(server);
  const ref = expectAnswer(self, open(self, server, target));
  // An unknown name: its Down has come.
  if (target === 0) return { ref, pid: 0 };
  let status: number;
  try {
    status = core.post(pid, target, Tag.CALL, ref, request);
  } catch (error) {
    abandon(self, ref);
    throw error;
  }
  if (status === Status.MAILBOX_FULL) {
    abandon(self, ref);
    throw new CallFailed(server, "mailbox_full");
  }
  return { ref, pid: target };
}

/** The reference of an answer that a process shall give without having been asked. O(1). */
export function expectFrom(self: Process, answerer: Pid): Ref {
  return expectAnswer(self, monitorForReply(self.core, self.pid, answerer));
}

function expectAnswer(self: Process, ref: Ref): Ref {
  const { requests } = self.core;
  if (!requests.has(self)) requests.set(self, new Set());
  requests.get(self)!.add(ref);
  return ref;
}

function open({ core, pid }: Process, server: Destination, target: Pid | 0): Ref {
  if (target === 0) return monitor(core, pid, server);
  // One of oneself would be no monitor, and no alias either.
  if (target === pid) return refOfAlias(alias(core, pid, { reply: true }));
  return monitorForReply(core, pid, target);
}

/** No answer comes any more; one that has come is dropped. O(mailbox). */
export function abandon(self: Process, ref: Ref): void {
  const { core, pid } = self;
  core.requests.get(self)?.delete(ref);
  demonitor(core, pid, ref, true);
  unalias(core, pid, ref);
}

/** What a message may be that bears the reference of a request. */
export type Answer = ReplyMessage | Down;

export function isAnswer(message: unknown): message is Answer {
  return message instanceof ReplyMessage || message instanceof Down;
}

/**
 * The answer was received: the request is over. O(1); O(mailbox) if some process may have answered
 * past the alias, and the server has ended since.
 */
export function close(self: Process, server: Pid | 0, answer: Answer): void {
  const { core, pid } = self;
  core.requests.get(self)?.delete(answer.ref);
  if (core.answersDirectly && answer instanceof ReplyMessage && server !== 0) {
    endMonitor(core, pid, answer.ref, server);
  }
}
