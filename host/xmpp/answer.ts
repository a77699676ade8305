// From a request to its answer: runs a handler, which may wait, and turns its result into a stanza.

import { PidgeonError } from "../errors.ts";
import type { Operation } from "../runtime/index.ts";
import {
  type AccountFace, type Answer, Refusal, refuse, type RequestHandler, type SessionFace,
  type Work,
} from "./module.ts";
import { errorOf, resultOf, type Stanza } from "./stanza.ts";
import type { Element } from "./xml/element.ts";

/** Whether a handler's result has to be waited for. */
export function isOperation<T>(result: Work<T>): result is Operation<T> {
  return typeof result === "object" && result !== null && Symbol.iterator in result;
}

/** Asks a handler; an unreachable storage is a refusal, every other error the process's end. */
export function ask(
  handler: RequestHandler,
  stanza: Stanza,
  payload: Element,
  face: SessionFace | AccountFace,
): Work<Answer> {
  let answer: Work<Answer>;
  try {
    answer = handler.answer({ stanza, payload, from: stanza.from ?? "" }, face);
  } catch (error) {
    return refusalFor(error);
  }
  return isOperation(answer) ? asking(answer) : answer;
}

function* asking(answer: Operation<Answer>) {
  try {
    return yield* answer;
  } catch (error) {
    return refusalFor(error);
  }
}

function refusalFor(error: unknown): Refusal {
  if (!isStorageFailure(error)) throw error;
  return refuse("internal-server-error", "Storage does not answer now; try again later.", "wait");
}

/** Whether storage has failed in a way that concerns one request and not the process. */
export function isStorageFailure(error: unknown): boolean {
  return error instanceof PidgeonError && error.code.startsWith("PIDGEON_STORAGE_");
}

/** The stanza that answers a request; undefined for no answer. */
export function replyTo(stanza: Stanza, answer: Answer): Stanza | undefined {
  if (answer === "none" || answer === "account") return undefined;
  if (answer instanceof Refusal) return refusalOf(stanza, answer);
  return resultOf(stanza, answer);
}

/** The error stanza of a refusal. */
function refusalOf(stanza: Stanza, { condition, type, text }: Refusal): Stanza | undefined {
  return errorOf(stanza, condition, {
    ...(type !== undefined && { type }),
    ...(text !== undefined && { text }),
  });
}
