// Everything is a process: what the kernel counts, what a lost send means, and what a crash costs.

import { test } from "tap";
import { Status } from "../../host/kernel/abi.ts";
import { Counter, ManualClock, type Pid, Runtime, wait } from "../../host/runtime/index.ts";
import { defineModule, request, type XmppModule } from "../../host/xmpp/module.ts";
import { modules } from "../../host/xmpp/modules/index.ts";
import { memoryStorage } from "../../host/storage/memory.ts";
import { childNamed } from "../../host/xmpp/xml/element.ts";
import { openStage, settled, type Stage } from "../conversations/stage.ts";
import { stopEmpty } from "../runtime/harness.ts";

const POISON = "urn:example:poison";

/** A module with mistakes: it throws where a payload of its own says so. */
const poison: XmppModule = defineModule({
  name: "poison",
  spec: "",
  title: "Poison",
  version: "1",
  handlers: {
    requests: [
      request(["server", "account"], "set", "die", POISON, () => {
        throw new Error("poisoned");
      }),
      request(["server", "account"], "set", "die-later", POISON, function* () {
        yield* [];
        throw new Error("poisoned");
      }),
    ],
    messageReceived: (message) => {
      if (childNamed(message, "die", POISON)) throw new Error("poisoned");
    },
  },
});

const withPoison = [...modules, poison];

test("one chat message is three sends at least, and hardly more", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  await settled();
  const before = stage.runtime.counter(Counter.SENDS);
  for (let count = 0; count < 100; count++) {
    romeo.send(`<message to='juliet@localhost'><body>${count}</body></message>`);
  }
  for (let count = 0; count < 100; count++) await juliet.next();
  const sends = stage.runtime.counter(Counter.SENDS) - before;
  t.ok(sends >= 300 && sends <= 320, `${sends} sends for 100 messages`);
});

/**
 * The kernel loses sends from some processes (0: from outside) while it says that it has taken
 * them. Answers with what mends it.
 */
function loseSends({ runtime }: Stage, from: (pid: Pid | 0) => boolean): () => void {
  const { kernel } = runtime.core;
  const sendHandle = kernel.sendHandle.bind(kernel);
  const sendNumber = kernel.sendNumber.bind(kernel);
  kernel.sendHandle = (sender, to, tag, ref, handle) => {
    if (!from(sender)) return sendHandle(sender, to, tag, ref, handle);
    runtime.core.handles.free(handle);
    return Status.OK;
  };
  kernel.sendNumber = (sender, ...rest) =>
    from(sender) ? Status.OK : sendNumber(sender, ...rest);
  return () => { Object.assign(kernel, { sendHandle, sendNumber }); };
}

test("if the kernel loses sends between processes, nothing arrives", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  const mend = loseSends(stage, (pid) => pid !== 0);
  romeo.send("<message to='juliet@localhost'><body>lost</body></message>");
  await juliet.receivesNothing();
  mend();
  romeo.send("<message to='juliet@localhost'><body>found</body></message>");
  await juliet.receives(
    "<message from='romeo@localhost/stage' to='juliet@localhost'><body>found</body></message>");
});

test("if the kernel loses sends into sessions, nothing arrives", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  const mend = loseSends(stage, (pid) => pid === 0);
  romeo.send("<message to='juliet@localhost'><body>lost</body></message>");
  await juliet.receivesNothing();
  mend();
  romeo.send("<message to='juliet@localhost'><body>found</body></message>");
  await juliet.receives(
    "<message from='romeo@localhost/stage' to='juliet@localhost'><body>found</body></message>");
});

test("sessions and accounts are found by their JIDs, and gone after they have ended", async (t) => {
  const stage = await openStage(t, { settings: { accountIdleMs: 1_000 } });
  const { romeo } = await stage.enter("romeo");
  t.ok(stage.runtime.whereis("romeo@localhost"));
  t.ok(stage.runtime.whereis("romeo@localhost/stage"));
  romeo.disconnect();
  await settled();
  t.equal(stage.runtime.whereis("romeo@localhost/stage"), undefined);
  t.ok(stage.runtime.whereis("romeo@localhost"));
  await stage.pass(1_000);
  t.equal(stage.runtime.whereis("romeo@localhost"), undefined);
});

test("when all have gone, nothing is left: no process, no handle, no connection", async (t) => {
  const stage = await openStage(t, { settings: { accountIdleMs: 1_000 } });
  await settled();
  const processes = stage.runtime.counter(Counter.PROCESSES);
  const handles = stage.runtime.counter(Counter.LIVE_HANDLES);
  for (let round = 0; round < 3; round++) {
    const { romeo, juliet } = await stage.enter("romeo", "juliet");
    romeo.send("<message to='juliet@localhost'><body>Hi</body></message>");
    romeo.send("<message to='nobody@localhost'><body>Hi</body></message>");
    romeo.send("<presence type='subscribe' to='nobody@localhost'/>");
    await settled();
    romeo.disconnect();
    juliet.send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
    await stage.pass(1_000);
    // The timers of the sessions' hand-shakes are cancelled; nothing else is due.
    await stage.pass(60_000);
  }
  t.equal(stage.runtime.counter(Counter.PROCESSES), processes);
  t.equal(stage.runtime.counter(Counter.LIVE_HANDLES), handles);
  t.equal(stage.xmpp.connections, 0);
});

test("an error in a session ends that session alone", async (t) => {
  const stage = await openStage(t, { modules: withPoison });
  for (const payload of ["die", "die-later"]) {
    const { romeo, juliet } = await stage.enter("romeo", "juliet");
    romeo.send(`<iq type='set' id='1' to='localhost'><${payload} xmlns='${POISON}'/></iq>`);
    await romeo.receivesStreamError("internal-server-error");
    juliet.send("<message to='juliet@localhost'><body>I live</body></message>");
    await juliet.receives(
      "<message from='juliet@localhost/stage' to='juliet@localhost'><body>I live</body></message>");
  }
  t.equal(stage.reports.filter(({ type }) => type === "crash").length, 2);
});

test("any number of poisoned sessions leaves the server standing", async (t) => {
  const stage = await openStage(t, { modules: withPoison });
  const { juliet } = await stage.enter("juliet");
  for (let count = 0; count < 50; count++) {
    const romeo = await stage.login("romeo");
    romeo.send(`<iq type='set' id='1' to='localhost'><die xmlns='${POISON}'/></iq>`);
    await romeo.receivesStreamError("internal-server-error");
  }
  juliet.send("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>");
  await juliet.receives(`<iq type='result' id='1' from='juliet@localhost'
    to='juliet@localhost/stage'/>`);
});

test("an account crashes: its sessions live, presence and roster are as before", async (t) => {
  const settings = { accountRecoveryMs: 50 };
  const stage = await openStage(t, { modules: withPoison, settings });
  await stage.befriend("romeo", "juliet");
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  const phone = await stage.login("juliet/phone");
  await juliet.askRoster();
  juliet.send("<presence><priority>5</priority></presence>");
  juliet.send("<presence to='tybalt@localhost'/>");
  await settled();
  for (const client of [romeo, juliet]) client.forget();
  const account = stage.runtime.whereis("juliet@localhost");

  romeo.send(`<message to='juliet@localhost'><die xmlns='${POISON}'/></message>`);
  romeo.send("<message to='juliet@localhost'><body>Are you there?</body></message>");
  romeo.send("<message to='juliet@localhost/phone'><body>And there?</body></message>");
  await settled();
  t.not(stage.runtime.whereis("juliet@localhost"), account);
  await stage.pass(50);
  await juliet.receives("<message from='romeo@localhost/stage' to='juliet@localhost'>" +
    "<body>Are you there?</body></message>");
  await phone.receives("<message from='romeo@localhost/stage' to='juliet@localhost/phone'>" +
    "<body>And there?</body></message>");
  await juliet.receivesNothing();
  await romeo.receivesNothing();

  // Interested in the roster, as before.
  phone.send("<iq type='set' id='1'><query xmlns='jabber:iq:roster'>" +
    "<item jid='nurse@localhost'/></query></iq>");
  await juliet.receives(`<iq type='set' id='*' to='juliet@localhost/stage'>
    <query xmlns='jabber:iq:roster'><item jid='nurse@localhost' subscription='none'/></query>
    </iq>`);
  // Seen by her contact, as before, and leaves only once.
  juliet.disconnect();
  await romeo.receives(
    "<presence type='unavailable' from='juliet@localhost/stage' to='romeo@localhost'/>");
  await romeo.receivesNothing();
});

test("an account that is killed again and again comes back each time", async (t) => {
  const stage = await openStage(t, { settings: { accountRecoveryMs: 10 } });
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  for (let count = 0; count < 30; count++) {
    stage.runtime.exit(stage.runtime.whereis("juliet@localhost")!, "kill");
    romeo.send(`<message to='juliet@localhost'><body>${count}</body></message>`);
    await stage.pass(10);
    await juliet.receives(
      `<message from='romeo@localhost/stage' to='juliet@localhost'><body>${count}</body>
        </message>`);
  }
  await romeo.receivesNothing();
});

test("a session that is killed: its connection is closed, its contacts are told", async (t) => {
  const stage = await openStage(t);
  await stage.befriend("romeo", "juliet");
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  await settled();
  juliet.forget();
  stage.runtime.exit(stage.runtime.whereis("romeo@localhost/stage")!, "kill");
  await juliet.receives(
    "<presence type='unavailable' from='romeo@localhost/stage' to='juliet@localhost'/>");
  await settled();
  t.ok(romeo.isClosed);
});

test("a session that does not end in time is killed when its resource is taken", async (t) => {
  const stuck = defineModule({
    name: "stuck",
    spec: "",
    title: "Stuck",
    version: "1",
    handlers: {
      requests: [request("server", "get", "wait", POISON, function* () {
        yield* wait(new Promise<void>(() => {}));
        return undefined;
      })],
    },
  });
  const stage = await openStage(t, { modules: [...modules, stuck] });
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<iq type='get' id='1' to='localhost'><wait xmlns='${POISON}'/></iq>`);
  await settled();
  await stage.createAccount("romeo");
  const again = stage.connect("again");
  await again.authenticate("romeo");
  const bound = again.bind("stage");
  await settled();
  await stage.pass(1_000);
  t.equal(await bound, "romeo@localhost/stage");
  t.ok(romeo.isClosed);
});

test("the accounts' supervisor is killed: sessions live, and find accounts again", async (t) => {
  const stage = await openStage(t, { settings: { accountRecoveryMs: 10 } });
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  stage.runtime.exit(stage.runtime.whereis("accounts of localhost")!, "kill");
  await stage.pass(100);
  romeo.send("<message to='juliet@localhost'><body>Still here?</body></message>");
  await stage.pass(10);
  await juliet.receives(
    `<message from='romeo@localhost/stage' to='juliet@localhost'><body>Still here?</body>
      </message>`);
});

test("two servers with different domains live in one runtime", async (t) => {
  const { startXmpp } = await import("../../host/xmpp/server.ts");
  const runtime = Runtime.start({ clock: new ManualClock() });
  t.teardown(() => stopEmpty(runtime));
  const start = (domain: string) =>
    startXmpp(runtime, { storage: memoryStorage(), settings: { domain } });
  const one = await start("one.example");
  const two = await start("two.example");
  t.equal(one.domain, "one.example");
  await one.stop();
  t.ok(runtime.whereis("accounts of two.example"));
  await two.stop();
});
