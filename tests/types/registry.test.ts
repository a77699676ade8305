// Registry's types: keys and values are said once.
import { GenServer, Registry } from "../../host/index.ts";
import type { Operation, Pid, Process } from "../../host/index.ts";
import { like, scenario } from "../runtime/harness.ts";

const rooms = Registry.unique<`#${string}`, { topic: string }>("rooms");
const topics = Registry.duplicate<number>("topics");

interface Counting { calls: { total(): number } }

scenario("what is looked up has the types that were said", (t, h) => {
  h.run(function* (self) {
    yield* Registry.startLink(self, rooms);
    yield* Registry.startLink(self, topics);
    Registry.register(self, topics, 1, undefined);
    Registry.register(self, rooms, "#tea", { topic: "tea" });
    const topic: string = Registry.lookup(self, rooms, "#tea")[0]!.value.topic;
    const keys: number[] = Registry.keys(self, topics, self.pid);
    const holder: Pid | undefined = Registry.whereis(self, rooms, "#tea");
    t.same([topic, keys, holder], ["tea", [1], self.pid]);
    const server = GenServer.ref<Counting>(Registry.via(rooms, "#none"));
    const total = (): Operation<number> => GenServer.call(self, server, { kind: "total" });
    t.type(total, "function");
  });
});

/** Each line is wrong; compiled, and run for its last line alone. */
export function wrongUses(self: Process): void {
  // @ts-expect-error: a key of another type
  const lookup = () => Registry.lookup(self, rooms, "tea");
  // @ts-expect-error: a value of another type
  const register = () => Registry.register(self, rooms, "#tea", { topic: 1 });
  // @ts-expect-error: a duplicate registry makes no names
  const via = () => Registry.via(topics, 1);
  // @ts-expect-error: the value is no number
  const value = (): number => Registry.lookup(self, rooms, "#tea")[0]!.value;
  // @ts-expect-error: an object is no key
  const objects = () => Registry.unique<{ id: number }>("objects");
  // @ts-expect-error: timers take pids and names of the kernel
  const timer = () => self.sendAfter(1, Registry.via(rooms, "#tea"), 1);
  void [register, via, value, objects, timer];
  lookup();
}

scenario("a wrong use that types do not see fails when it runs", (t, h) => {
  t.throws(() => h.run(function* (self) { wrongUses(self); }),
    like({ code: "PIDGEON_NO_REGISTRY" }));
});
