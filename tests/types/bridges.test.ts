// Types of routes, calls with options, feeds and starts: what must not compile.
import t from "tap";
import type { Pidgeon } from "../../host/fastify/index.ts";
import { GenServer, ok, reply } from "../../host/otp/index.ts";
import type { GenServerModule } from "../../host/otp/index.ts";
import { FeedItem, receive } from "../../host/runtime/index.ts";
import type { Operation, Process } from "../../host/runtime/index.ts";

interface Counting { calls: { add(request: { n: number }): number } }

const counter: GenServerModule<number, number, Counting> = {
  init: (start) => ok(start),
  handleCall: { add: ({ n }, _from, total) => reply(total + n, total + n) },
};
const total = GenServer.ref<Counting>("total");

/** Never run: the compiler checks it. */
export function routes({ route }: Pidgeon): Promise<number> {
  // @ts-expect-error there is no such call
  route(total, () => ({ kind: "subtract", n: 1 }));
  // @ts-expect-error n is a number
  route(total, () => ({ kind: "add", n: "1" }));
  return route(total, () => ({ kind: "add", n: 1 }))({} as never, {} as never);
}

/** Never run. */
export function* calls(self: Process, signal: AbortSignal): Operation<void> {
  const sum: number = yield* GenServer.call(self, total, { kind: "add", n: 1 }, { signal });
  // @ts-expect-error an option that there is none of
  yield* GenServer.call(self, total, { kind: "add", n: sum }, { signals: signal });
  const item: FeedItem = yield* receive(FeedItem);
  // @ts-expect-error the reference is not a text
  void (item.feed satisfies string);
  yield* GenServer.start(self, counter, 1, { mailboxLimit: { messages: 1, policy: "drop" } });
  // @ts-expect-error there is no such policy
  yield* GenServer.start(self, counter, 1, { mailboxLimit: { messages: 1, policy: "lose" } });
  // @ts-expect-error there is no such priority
  yield* GenServer.start(self, counter, 1, { priority: "urgent" });
}

t.pass("it compiles, and what must not does not");
