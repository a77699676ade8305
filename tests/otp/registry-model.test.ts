// Random lives of a registry, compared after every step with a list of who has what.
import { test } from "tap";
import { receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import { GenServer, Registry } from "../../host/otp/index.ts";
import { Harness, randomFrom, stopEmpty } from "../runtime/harness.ts";

const STEPS = 2_000;
const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);

type Request =
  | { readonly kind: "register"; readonly key: number; readonly value: number }
  | { readonly kind: "unregister"; readonly key: number; readonly value?: number };

/** Does with the registry what it is asked, and answers whether a key was free. */
function member(registry: Registry<number, number>) {
  return {
    init: () => ({ type: "ok" as const, state: null, next: undefined }),
    handleCall(request: Request, _from: unknown, state: null, self: Process) {
      const value = request.kind === "register"
        ? Registry.register(self, registry, request.key, request.value).ok
        : Registry.unregister(self, registry, request.key, request.value);
      return { type: "reply" as const, value, state, next: undefined };
    },
  };
}

interface Held { readonly pid: Pid; readonly key: number; readonly value: number }

for (const registry of [
  Registry.unique<number, number>("unique"), Registry.duplicate<number, number>("duplicate"),
]) {
  void test(`${registry.keys} keys, seed ${seed}`, async (t) => {
    const h = new Harness();
    const random = randomFrom(seed);
    let wrong: unknown;
    h.run(function* (self: Process): Operation<void> {
      yield* Registry.start(self, registry);
      const pids: Pid[] = [];
      let held: Held[] = [];
      for (let step = 0; step < STEPS && wrong === undefined; step++) {
        const pid = pids[random(pids.length)];
        const key = random(6);
        const what = random(10);
        if (pid === undefined || (what === 0 && pids.length < 8)) {
          pids.push(yield* GenServer.start(self, member(registry), undefined));
        } else if (what === 1) {
          // The registry hears of it later, or not before the next step.
          self.exit(pid, "kill");
          pids.splice(pids.indexOf(pid), 1);
          held = held.filter((one) => one.pid !== pid);
          if (random(2) === 0) yield* sleep(1);
        } else if (what < 7) {
          const isFree = registry.keys === "duplicate" || !held.some((one) => one.key === key);
          const done = yield* GenServer.call<boolean>(
            self, pid, { kind: "register", key, value: step });
          if (done !== isFree) wrong = { step, key, done, isFree };
          if (isFree) held.push({ pid, key, value: step });
        } else {
          const own = held.filter((one) => one.pid === pid && one.key === key);
          const value = random(2) === 0 ? own[0]?.value : undefined;
          yield* GenServer.call(self, pid, { kind: "unregister", key, value });
          held = held.filter((one) =>
            !own.includes(one) || (value !== undefined && one.value !== value));
        }
        const found = Registry.lookup(self, registry, key);
        const expected = held.filter((one) => one.key === key);
        const keys = pids.map((pid) => Registry.keys(self, registry, pid).length);
        const theirs = pids.map((pid) => held.filter((one) => one.pid === pid).length);
        if (JSON.stringify(found.map(({ pid, value }) => [pid, value])) !==
            JSON.stringify(expected.map(({ pid, value }) => [pid, value])) ||
          String(keys) !== String(theirs) || Registry.count(self, registry) !== held.length) {
          wrong = { step, key, found, expected, keys, theirs };
        }
      }
      for (const pid of pids) self.exit(pid, "kill");
      yield* receive(undefined, 1);
      t.equal(Registry.count(self, registry), 0);
    });
    t.equal(wrong, undefined, JSON.stringify(wrong));
    await stopEmpty(h.runtime);
  });
}
