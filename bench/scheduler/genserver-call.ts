// GenServer.call: one client calls one server 300,000 times, one call after the other.
import { GenServer, ok, reply } from "../../host/otp/index.ts";
import type { Pid, Process } from "../../host/runtime/index.ts";
import { Box } from "../baseline/boxes.ts";
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { effectCalls } from "../peers/effect.ts";
import { ageSlots, assertAged, GENERATIONS, startRuntime } from "./aged.ts";

const counter = {
  init: () => ok(0),
  handleCall: (_request: unknown, _from: unknown, count: number) => reply(count, count + 1),
};

function* startCounter(self: Process) {
  return yield* GenServer.start(self, counter, undefined);
}

function* client(self: Process, server: Pid, calls: number) {
  for (let left = calls; left > 0; left--) {
    const count = yield* GenServer.call<number>(self, server, "count");
    if (typeof count !== "number") throw new Error("no number came back");
  }
}

async function prepare({ operations, generations }: Size): Promise<Work> {
  const runtime = startRuntime();
  await ageSlots(runtime, 2, generations);
  const server = await runtime.run(startCounter);
  assertAged([server], generations);
  return { run: () => runtime.run(client, server, operations) };
}

interface Request {
  readonly reply: Box<number>;
}

/** Plain Node: the client awaits its own mailbox. */
function asyncCalls({ operations }: Size): Work {
  const requests = new Box<Request>();
  void (async () => {
    for (let count = 0; ; count++) (await requests.receive()).reply.send(count);
  })();
  const run = async () => {
    const reply = new Box<number>();
    for (let left = operations; left > 0; left--) {
      requests.send({ reply });
      await reply.receive();
    }
  };
  return { run };
}

export const genServerCall: TimeBenchmark = {
  kind: "time",
  name: "genserver-call",
  work: "A process calls a GenServer that counts, 300,000 times in a row.",
  operation: "call",
  size: { breadth: 0, operations: 300_000, generations: GENERATIONS },
  tiny: { breadth: 0, operations: 5, generations: 2 },
  systems: { pidgeon: prepare, async: asyncCalls, effect: effectCalls },
  beam: "call",
  bars: [{ against: "beam", atMost: 1 / 6 }],
};
