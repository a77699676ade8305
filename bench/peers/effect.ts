// The npm package effect: a process is a forked fiber, its mailbox an unbounded queue.
import { Deferred, Effect, Queue } from "effect";
import type { Prepare, Size } from "../instrument/benchmark.ts";

/** It takes some 7 µs a hop: a pass does so much less, and says so. */
const FEWER = 20;

function fewer({ operations }: Size): number {
  return Math.ceil(operations / FEWER);
}

/** One message goes round; `next` makes what is passed on, undefined at the end. */
function ring<Message>(
  first: (n: number) => Message, next: (message: Message) => Message | undefined,
): Prepare {
  return (size) => {
    const hops = fewer(size);
    const fibers = Effect.gen(function* () {
      const boxes: Queue.Queue<Message>[] = [];
      for (let index = 0; index < size.breadth; index++) {
        boxes.push(yield* Queue.unbounded<Message>());
      }
      const done = yield* Deferred.make<void>();
      for (const [index, box] of boxes.entries()) {
        const neighbour = boxes[(index + 1) % boxes.length]!;
        yield* Effect.forkChild(Effect.gen(function* () {
          for (;;) {
            const message = next(yield* Queue.take(box));
            if (message !== undefined) Queue.offerUnsafe(neighbour, message);
            else yield* Deferred.succeed(done, undefined);
          }
        }));
      }
      Queue.offerUnsafe(boxes[0]!, first(hops));
      yield* Deferred.await(done);
    });
    return { operations: hops, run: () => Effect.runPromise(fibers) };
  };
}

export const effectIntegerRing = ring((n) => n, (n) => n > 0 ? n - 1 : undefined);

export const effectObjectRing = ring(
  (n) => ({ tag: "token", from: 1, n }),
  ({ n }) => n > 0 ? { tag: "token", from: 1, n: n - 1 } : undefined,
);

/** A call: a request with a deferred, which the server completes. */
export const effectCalls: Prepare = (size) => {
  const calls = fewer(size);
  const client = Effect.gen(function* () {
    const box = yield* Queue.unbounded<Deferred.Deferred<number>>();
    yield* Effect.forkChild(Effect.gen(function* () {
      for (let count = 0; ; count++) yield* Deferred.succeed(yield* Queue.take(box), count);
    }));
    for (let call = 0; call < calls; call++) {
      const reply = yield* Deferred.make<number>();
      Queue.offerUnsafe(box, reply);
      if ((yield* Deferred.await(reply)) !== call) throw new Error("a call was lost");
    }
  });
  return { operations: calls, run: () => Effect.runPromise(client) };
};

/** Fibers that end at once, `breadth` at a time. */
export const effectLives: Prepare = ({ breadth, operations }) => {
  const spawner = Effect.gen(function* () {
    let left = operations;
    const done = yield* Deferred.make<void>();
    const life = Effect.suspend(() =>
      --left === 0 ? Deferred.succeed(done, undefined) : Effect.void);
    for (let spawned = 0; spawned < operations; spawned++) {
      yield* Effect.forkDetach(life);
      if (spawned % breadth === breadth - 1) yield* Effect.yieldNow;
    }
    yield* Deferred.await(done);
  });
  return { run: () => Effect.runPromise(spawner) };
};
