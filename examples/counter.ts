// A counter: a process that holds a number and answers whoever asks.
import { GenServer, noreply, ok, reply, Runtime } from "pidgeon";
import type { GenServerModule } from "pidgeon";

/** What it takes: two kinds of call, with their replies, and a cast, which has none. */
interface Counting {
  calls: { add(request: { n: number }): number; total(): number };
  casts: { reset(): void };
}

/** Its state is a number, and it is started with a number. */
const counter: GenServerModule<number, number, Counting> = {
  init: (start) => ok(start),
  handleCall: {
    add: ({ n }, _from, total) => reply(total + n, total + n),
    total: (_request, _from, total) => reply(total, total),
  },
  handleCast: {
    reset: () => noreply(0),
  },
};

const runtime = Runtime.start();
await runtime.run(function* (self) {
  const apples = yield* GenServer.startLink(self, counter, 0);
  const pears = yield* GenServer.startLink(self, counter, 100);

  console.log("apples:", yield* GenServer.call(self, apples, { kind: "add", n: 2 }));
  console.log("apples:", yield* GenServer.call(self, apples, { kind: "add", n: 3 }));
  GenServer.cast(self, pears, { kind: "reset" });
  console.log("pears:", yield* GenServer.call(self, pears, { kind: "add", n: 1 }));
  console.log("apples:", yield* GenServer.call(self, apples, { kind: "total" }));
});
await runtime.stop();
