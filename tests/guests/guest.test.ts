// Guest processes among others: messages both ways, links and monitors, what they keep and start.
import { Bytes, Down, Exit, receive } from "../../host/runtime/index.ts";
import { scenario } from "../runtime/harness.ts";
import { echo, loadGuest } from "./wat.ts";

scenario("numbers, bytes and texts go both ways", async (t, harness) => {
  const guest = await loadGuest(harness, echo);
  const pid = guest.spawn();
  const answers = harness.run(function* (self) {
    for (const message of [1, -2.5, Bytes.fromText("bytes"), "text ✓", new Bytes([])]) {
      self.send(pid, message);
    }
    return [yield* receive(), yield* receive(), yield* receive(), yield* receive(),
      yield* receive()];
  });
  t.same(answers.slice(0, 2), [2, -1.5]);
  t.same(answers.slice(2).map((one) => (one as Bytes).text()), ["bytes", "text ✓", ""]);
});

scenario("a trap ends its process; links and monitors hear the reason trap", async (t, harness) => {
  const guest = await loadGuest(harness, echo, { label: "echo" });
  const heard = harness.run(function* (self) {
    self.trapExit = true;
    const pid = guest.spawnFrom(self, 0, { link: true });
    const ref = self.monitor(pid);
    self.send(pid, 0);
    const exit = yield* receive(Exit);
    const down = yield* receive(Down);
    return { same: exit.from === pid && down.ref === ref, reasons: [exit.reason, down.reason] };
  });
  t.same(heard, { same: true, reasons: ["trap", "trap"] });
  t.same(harness.reports.map(({ type }) => type), ["trap", "crash"]);
  t.match(harness.reports[0], { label: "echo", error: /trap: RuntimeError: unreachable/ });
});
