// The operations of a process, each used with `yield*`: receive, sleep, wait, and hibernation.
import type { Pid } from "../kernel/abi.ts";
import { abortWait } from "./abort-wait.ts";
import { Tag } from "./messages.ts";
import { compile, discriminantOf, Pattern, patternOf } from "./pattern.ts";
import type { Matched, Shape } from "./pattern.ts";
import { Suspension, Waiting } from "./suspension.ts";
import type { Arming, Resumption, Timeout } from "./suspension.ts";
import type { Operation } from "./types.ts";

const anyMessage = new Suspension(Waiting.MESSAGE, undefined, Infinity);

/**
 * Takes the oldest message of the mailbox that matches; others stay, in order. Without a shape, the
 * oldest. With `timeoutMs` (0 polls) it answers TIMEOUT if none has come. A process that traps
 * exits gets `Exit` instances, monitors `Down` instances. Hoist the pattern (`pattern(shape)`): a
 * receive of a hoisted pattern allocates nothing.
 * @see receive … after in the Erlang reference manual
 */
export function receive<T = any>(): Operation<T>;
export function receive<const S extends Shape>(shape: S): Operation<Matched<S>>;
export function receive<T = any>(shape: undefined, timeoutMs: number): Operation<T | Timeout>;
export function receive<const S extends Shape>(
  shape: S, timeoutMs: number,
): Operation<Matched<S> | Timeout>;
export function receive(shape?: Shape, timeoutMs = Infinity): Operation<unknown> {
  if (timeoutMs === Infinity) {
    if (shape === undefined) return anyMessage;
    return (shape instanceof Pattern ? shape : patternOf(shape)).suspension;
  }
  if (shape === undefined) return new Suspension(Waiting.MESSAGE, undefined, timeoutMs);
  return new Suspension(Waiting.MESSAGE, compile(shape), timeoutMs, discriminantOf(shape));
}

/** Pauses the process; messages stay in its mailbox. @see timer:sleep/1 */
export function sleep(ms: number): Operation<void> {
  return new Sleep(ms);
}

/**
 * Pauses the process until a promise has settled: its value, by reference, or its rejection,
 * thrown.
 * If the process ends before, the outcome is dropped; a late rejection is not "unhandled". So it is
 * if `signal` is aborted before: then its reason is thrown.
 */
export function wait<T>(
  promise: PromiseLike<T> | T, options?: { readonly signal?: AbortSignal },
): Operation<Awaited<T>> {
  return new PromiseWait(promise, options?.signal);
}

/** Waits until there is a message, and leaves it; holds no state, so all share it. */
export const hibernation: Operation<void> =
  new Suspension(Waiting.HIBERNATION, undefined, Infinity);

/** Waits for a reference that nobody else knows, so only the time can end it. */
class Sleep extends Suspension {
  constructor(ms: number) {
    super(Waiting.REFERENCE, undefined, ms);
  }

  override arm(runtime: Arming, pid: Pid): void {
    this.ref = runtime.makeRef();
    runtime.mark(pid);
  }

  protected override end(resumption: Resumption) {
    resumption.value = undefined;
    return resumption;
  }
}

class PromiseWait extends Suspension {
  readonly #promise: unknown;
  readonly #signal: AbortSignal | undefined;
  #release: (() => void) | undefined;

  constructor(promise: unknown, signal: AbortSignal | undefined) {
    super(Waiting.REFERENCE, undefined, Infinity);
    this.#promise = promise;
    this.#signal = signal;
  }

  override arm(runtime: Arming, pid: Pid): void {
    const ref = runtime.makeRef();
    this.ref = ref;
    runtime.mark(pid);
    Promise.resolve(this.#promise).then(
      (value) => runtime.settle(pid, ref, Tag.RESOLVED, value),
      (error: unknown) => runtime.settle(pid, ref, Tag.REJECTED, error),
    );
    if (this.#signal !== undefined) this.#release = abortWait(runtime, pid, ref, this.#signal);
  }

  protected override end(resumption: Resumption) {
    this.#release?.();
    if (resumption.tag === Tag.REJECTED) throw resumption.value;
    return resumption;
  }
}
