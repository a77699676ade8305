// EventManager's types: events and the calls of handlers are said once. Each `@ts-expect-error` is
// a failure of the compiler if the line below it is none.
import { EventManager, ok, reply } from "../../host/index.ts";
import type {
  EventHandler, EventManagerRef, HandlerId, Operation, Process,
} from "../../host/index.ts";
import { scenario } from "../runtime/harness.ts";

type Alarm = { raised: string } | { cleared: string };
interface Counting { calls: { count(request: { of: string }): number } }

const counting: EventHandler<readonly string[], string, Alarm, Counting> = {
  name: "counting",
  init: (first) => ok([first]),
  handleEvent: (alarm, raised) => ok("raised" in alarm ? [...raised, alarm.raised] : raised),
  handleCall: {
    count: ({ of }, raised) => reply(raised.filter((one) => one === of).length, raised),
  },
};
const other: EventHandler<null, void, { raised: number }> = {
  name: "other", init: () => ok(null), handleEvent: (_event, state) => ok(state),
};

scenario("events are typed by the manager, calls by the handler", (t, h) => {
  t.same(h.run(function* (self) {
    const alarms = yield* EventManager.start<Alarm>(self);
    const added = yield* EventManager.addHandler(self, alarms, counting, "disk");
    if (!added.ok) return added;
    EventManager.notify(self, alarms, { raised: "disk" });
    const request = { kind: "count", of: "disk" } as const;
    const answer = yield* EventManager.call(self, alarms, added.value, request);
    const count: number = answer.ok ? answer.value : -1;
    return count;
  }), 2);
});

/** Compiled, never run. */
export function* wrongUses(
  self: Process, alarms: EventManagerRef<Alarm>, id: HandlerId<Counting>,
): Operation<void> {
  // @ts-expect-error: no such event
  EventManager.notify(self, alarms, { raised: 5 });
  // @ts-expect-error: nor for syncNotify
  yield* EventManager.syncNotify(self, alarms, "raised");
  // @ts-expect-error: this handler takes other events
  yield* EventManager.addHandler(self, alarms, other, undefined);
  // @ts-expect-error: the arguments are a string
  yield* EventManager.addHandler(self, alarms, counting, 5);
  // @ts-expect-error: no such kind of call
  yield* EventManager.call(self, alarms, id, { kind: "sum" });
  // @ts-expect-error: a pid says nothing of its events: EventManager.ref
  EventManager.notify(self, self.pid, { raised: "disk" });
  // @ts-expect-error: the callback for a call is missing
  const none: EventHandler<null, void, Alarm, Counting> = { ...other, handleEvent: () => ok(null) };
  yield* EventManager.deleteHandler(self, alarms, none.name);
}
