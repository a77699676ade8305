// The supervision tree as data and as text.
import { DynamicSupervisor, GenServer, ok, sleep, Supervisor } from "../../host/index.ts";
import type { GenServerModule } from "../../host/index.ts";
import { scenario } from "../runtime/harness.ts";

const worker: GenServerModule<number> = { name: "worker", init: () => ok(0) };

scenario("Supervisor.tree shows all that runs below a supervisor, with its restarts", (t, h) => {
  h.run(function* (self) {
    const top = yield* Supervisor.start(self, {
      children: [
        GenServer.spec(worker, undefined, { id: "storage", name: "storage" }),
        DynamicSupervisor.spec("rooms", {}, { name: "rooms" }),
        GenServer.spec(worker, undefined, { id: "off", restart: "transient" }),
      ],
    }, { name: "top" });
    const spec = GenServer.spec(worker, undefined, { id: "room", restart: "temporary" });
    for (let n = 0; n < 3; n++) yield* DynamicSupervisor.startChild(self, "rooms", spec);
    yield* Supervisor.terminateChild(self, top, "off");
    self.exit(self.whereis("storage")!, "kill");
    yield* sleep(1);
    const tree = Supervisor.tree(self, "top")!;
    const room = { id: "room", label: "worker", restart: "temporary", restarts: 0, children: [] };
    t.match(tree, {
      id: "supervisor", pid: top, name: "top", kind: "supervisor", restart: undefined, restarts: 0,
      children: [
        { id: "storage", pid: self.whereis("storage"), name: "storage", kind: "worker",
          label: "worker", restart: "permanent", restarts: 1, children: [] },
        { id: "rooms", kind: "supervisor", label: "dynamic supervisor",
          children: [room, room, room] },
        { id: "off", pid: undefined, name: undefined, restart: "transient", children: [] },
      ],
    });
    const [storage, rooms] = tree.children;
    t.equal(Supervisor.formatTree(tree, 3).split("\n").length, 7);
    t.equal(Supervisor.formatTree({ ...tree, children: [storage!, rooms!] }, 2), [
      `supervisor ${top} top`,
      `├─ storage ${storage!.pid} storage worker permanent restarts: 1`,
      `└─ rooms ${rooms!.pid} rooms dynamic supervisor permanent`,
      `   ├─ room ${rooms!.children[0]!.pid} worker temporary`,
      `   ├─ room ${rooms!.children[1]!.pid} worker temporary`,
      "   └─ 1 more",
    ].join("\n"));
    t.same(Supervisor.tree(h.runtime, top), tree, "from outside, too");
  });
});

scenario("a busy supervisor is shown as well; who is none has no tree", (t, h) => {
  h.run(function* (self) {
    const top = yield* Supervisor.start(self, {});
    self.suspend(top);
    t.match(Supervisor.tree(self, top), { pid: top, children: [] });
    t.equal(Supervisor.tree(self, self.pid), undefined);
    t.equal(Supervisor.tree(self, "nobody"), undefined);
    const server = yield* GenServer.start(self, worker, undefined);
    t.equal(Supervisor.tree(self, server), undefined);
  });
});
