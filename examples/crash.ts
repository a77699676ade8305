// A supervised crash: one process falls over its input, and its supervisor starts it anew.
import { CallFailed, GenServer, ok, reply, Runtime, Supervisor } from "pidgeon";
import type { GenServerModule, Operation, Process } from "pidgeon";

interface Reading {
  calls: { read(request: { text: string }): number };
}

/** Adds up the amounts of what it reads. It does not check its input: nobody expects that. */
const reader: GenServerModule<number, void, Reading> = {
  name: "reader",
  init: () => ok(0),
  handleCall: {
    read({ text }, _from, total) {
      const sum = total + JSON.parse(text).amount;
      return reply(sum, sum);
    },
  },
};

const runtime = Runtime.start({
  logger(report) {
    if (report.type === "crash") console.log("report:", report.label, "has crashed");
  },
});
await runtime.run((self) => Supervisor.start(self, {
  children: [
    GenServer.spec(reader, undefined, { name: "first" }),
    GenServer.spec(reader, undefined, { name: "second" }),
  ],
}, { name: "supervisor" }));

await runtime.run(function* (self) {
  yield* tell(self, "first", `{ "amount": 10 }`);
  yield* tell(self, "second", `{ "amount": 20 }`);
  yield* tell(self, "first", "no JSON");
  // The supervisor has heard of the crash before we have: when it answers, it has restarted.
  const { active } = yield* Supervisor.countChildren(self, "supervisor");
  console.log("children that run:", active);
  yield* tell(self, "first", `{ "amount": 1 }`);
  yield* tell(self, "second", `{ "amount": 2 }`);
});
await runtime.stop();

function* tell(self: Process, name: string, text: string): Operation<void> {
  try {
    const server = GenServer.ref<Reading>(name);
    console.log(`${name}: ${yield* GenServer.call(self, server, { kind: "read", text })}`);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    console.log(`${name}: no answer`);
  }
}
