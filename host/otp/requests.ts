// Requests that are sent now and answered later, alone or in collections.
//
//   const sum = GenServer.sendRequest(self, counter, { kind: "add", n: 1 });
//   … something else …
//   const response = yield* GenServer.receiveResponse(self, sum, 5_000);
//
// An answer lies in the mailbox as a message of its own (ReplyMessage, or the Down of who should
// have answered). Nobody may take it with a plain `receive` but to give it to `checkResponse`.
import { abandon, close, isAnswer, sendRequest } from "../runtime/requests.ts";
import type { Answer } from "../runtime/requests.ts";
import { CallFailed, Down, receive, TIMEOUT } from "../runtime/index.ts";
import type {
  Destination, Operation, Pid, Process, Reason, Ref, Timeout,
} from "../runtime/index.ts";

/** What a request came to: its reply, or why there is none ("noproc", or the server's reason). */
export type Response<V> =
  | { readonly type: "reply"; readonly value: V }
  | { readonly type: "error"; readonly reason: Reason; readonly server: Destination };

/** One of a collection, with the label that it was added with. */
export interface LabelledResponse<V, L> {
  readonly response: Response<V>;
  readonly label: L;
}

/**
 * A request that waits for its answer, in the process that has sent it. Answered or given up, it is
 * over: nothing comes of it any more.
 */
export class RequestId<V = any> {
  readonly server: Destination;
  readonly ref: Ref;
  /** Types only: what it is answered. */
  declare readonly answered: V;
  readonly #pid: Pid | 0;

  constructor(server: Destination, ref: Ref, pid: Pid | 0) {
    this.server = server;
    this.ref = ref;
    this.#pid = pid;
  }

  /** @internal What the message that bears its reference says. */
  responseOf(self: Process, answer: Answer): Response<V> {
    close(self, this.#pid, answer);
    return answer instanceof Down
      ? { type: "error", reason: answer.reason, server: this.server }
      : { type: "reply", value: answer.value as V };
  }
}

/**
 * Requests of one process, each with a label. Unlike OTP's, it changes in place: an answer takes
 * its request out. O(1) each. @see gen_server:reqids_new/0, reqids_add/3
 */
export class RequestIds<V = any, L = unknown> {
  readonly #entries = new Map<Ref, { readonly id: RequestId<V>; readonly label: L }>();

  /** @see gen_server:reqids_size/1 */
  get size(): number {
    return this.#entries.size;
  }

  /** Puts a request in; false if it is in already, and stays with its label (OTP: badarg). */
  add(id: RequestId<V>, label: L): boolean {
    if (this.#entries.has(id.ref)) return false;
    this.#entries.set(id.ref, { id, label });
    return true;
  }

  /** In the order in which they were added. @see gen_server:reqids_to_list/1 */
  list(): { readonly id: RequestId<V>; readonly label: L }[] {
    return [...this.#entries.values()];
  }

  /** @internal */
  has(message: unknown): message is Answer {
    return isAnswer(message) && this.#entries.has(message.ref);
  }

  /** @internal What the answer to one of them says; that one is out. */
  responseOf(self: Process, answer: Answer): LabelledResponse<V, L> {
    const { id, label } = this.#entries.get(answer.ref)!;
    this.#entries.delete(answer.ref);
    return { response: id.responseOf(self, answer), label };
  }

  /** @internal Gives all of them up. */
  abandon(self: Process): void {
    for (const ref of this.#entries.keys()) abandon(self, ref);
    this.#entries.clear();
  }
}

/** @see GenServer.sendRequest */
export function send(self: Process, server: Destination, request: unknown): RequestId {
  const { ref, pid } = sendRequest(self, server, request);
  return new RequestId(server, ref, pid);
}

/** Waits for the answer to a request, or to the first of a collection; undefined if it is empty. */
export function* awaitResponse(
  self: Process, sent: RequestId | RequestIds, timeoutMs: number, givesUp: boolean,
): Operation<Response<any> | LabelledResponse<any, any> | Timeout | undefined> {
  if (sent instanceof RequestIds && sent.size === 0) return undefined;
  const isWanted = (message: unknown): message is Answer => sent instanceof RequestIds
    ? sent.has(message) : isAnswer(message) && message.ref === sent.ref;
  const answer = yield* receive(isWanted, timeoutMs);
  if (answer !== TIMEOUT) return sent.responseOf(self, answer);
  if (givesUp) {
    if (sent instanceof RequestIds) sent.abandon(self);
    else abandon(self, sent.ref);
  }
  return TIMEOUT;
}

/** What a message says of a request, or of one of a collection; undefined: nothing. */
export function responseIn(
  self: Process, message: unknown, sent: RequestId | RequestIds,
): Response<any> | LabelledResponse<any, any> | undefined {
  if (!isAnswer(message)) return undefined;
  const isOne = sent instanceof RequestIds ? sent.has(message) : message.ref === sent.ref;
  return isOne ? sent.responseOf(self, message) : undefined;
}

/** What several servers were asked, in the order of the servers. */
export interface MultiCallResult<V> {
  readonly replies: readonly { readonly server: Destination; readonly value: V }[];
  /** Those that have not answered: dead, unknown, ended since, full, or too slow. */
  readonly bad: readonly Destination[];
}

/** @see GenServer.multiCall */
export function* multiCall(
  self: Process, servers: readonly Destination[], request: unknown, timeoutMs: number,
): Operation<MultiCallResult<any>> {
  // A bad time is refused before anything is sent.
  receive(undefined, timeoutMs);
  const { clock } = self.core;
  const deadlineMs = clock.now() + timeoutMs;
  const sent = new RequestIds<any, number>();
  servers.forEach((server, index) => {
    const id = trySend(self, server, request);
    if (id !== undefined) sent.add(id, index);
  });
  const values = new Map<number, unknown>();
  while (sent.size > 0) {
    const leftMs = Math.max(0, deadlineMs - clock.now());
    const one = yield* awaitResponse(self, sent, leftMs, true);
    if (one === TIMEOUT || one === undefined) break;
    const { response, label } = one as LabelledResponse<unknown, number>;
    if (response.type === "reply") values.set(label, response.value);
  }
  const isBad = (_server: Destination, index: number): boolean => !values.has(index);
  return {
    replies: servers.flatMap((server, index) =>
      values.has(index) ? [{ server, value: values.get(index) }] : []),
    bad: servers.filter(isBad),
  };
}

/** Undefined if its mailbox is full. */
function trySend(self: Process, server: Destination, request: unknown): RequestId | undefined {
  try {
    return send(self, server, request);
  } catch (error) {
    if (error instanceof CallFailed) return undefined;
    throw error;
  }
}
