// Runs the hooks of one kind one after the other; as a generator only from the first that waits on.

import type { Operation } from "../runtime/index.ts";
import { isOperation } from "./answer.ts";
import type { Verdict, Work } from "./module.ts";

type Hook<A extends readonly unknown[], T> = (...args: A) => Work<T>;

/** Runs all hooks in order. */
export function runHooks<A extends readonly unknown[]>(
  hooks: readonly Hook<A, void>[],
  ...args: A
): Work<void> {
  for (let index = 0; index < hooks.length; index++) {
    const work = hooks[index]!(...args);
    if (isOperation(work)) return goOn(hooks, index, work, args);
  }
}

function* goOn<A extends readonly unknown[]>(
  hooks: readonly Hook<A, void>[],
  index: number,
  waiting: Operation<void>,
  args: A,
): Operation<void> {
  yield* waiting;
  for (let next = index + 1; next < hooks.length; next++) {
    const work = hooks[next]!(...args);
    if (isOperation(work)) yield* work;
  }
}

/** Runs hooks in order until one takes the matter; answers whether one did. */
export function* someHookTakes<A extends readonly unknown[]>(
  hooks: readonly Hook<A, Verdict>[],
  ...args: A
): Operation<boolean> {
  for (const hook of hooks) {
    const verdict = hook(...args);
    if ((isOperation(verdict) ? yield* verdict : verdict) === "taken") return true;
  }
  return false;
}
