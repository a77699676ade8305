// A rate limiter: so many requests for each visitor and minute, on a clock that we move ourselves.
import { GenServer, ManualClock, noreply, ok, reply, Runtime } from "pidgeon";
import type { GenServerModule } from "pidgeon";

const REQUESTS_MAX = 3;
const PERIOD_MS = 60_000;

interface Limiting {
  calls: { take(request: { visitor: string }): boolean };
  infos: { over: string };
}

/** The requests of each visitor whose minute has begun. Only the process itself sees this map. */
type Counts = Map<string, number>;

const limiter: GenServerModule<Counts, void, Limiting> = {
  name: "limiter",
  init: () => ok(new Map()),
  handleCall: {
    take({ visitor }, _from, counts, self) {
      const count = counts.get(visitor) ?? 0;
      if (count === REQUESTS_MAX) return reply(false, counts);
      // The first request begins the minute: its end will be a message like any other.
      if (count === 0) self.sendAfter(PERIOD_MS, self.pid, { over: visitor });
      return reply(true, counts.set(visitor, count + 1));
    },
  },
  handleInfo({ over }, counts) {
    counts.delete(over);
    return noreply(counts);
  },
};

const clock = new ManualClock();
const runtime = Runtime.start({ clock });
const server = await runtime.run((self) => GenServer.start(self, limiter, undefined));

async function ask(visitor: string): Promise<void> {
  const isAllowed = await runtime.call(server, { kind: "take", visitor });
  console.log(`${clock.now() / 1000} s: ${visitor} ${isAllowed ? "may" : "may not"}`);
}

for (let request = 1; request <= 4; request++) await ask("romeo");
clock.advance(30_000);
await ask("juliet");
clock.advance(29_999);
await ask("romeo");
clock.advance(1);
await ask("romeo");
await runtime.stop();
