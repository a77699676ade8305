// RFC 6120 §7: resources, and who has one already.

import { test } from "tap";
import { memoryStorage } from "../../host/storage/memory.ts";
import type { Account, Storage } from "../../host/storage/storage.ts";
import { openStage, settled } from "./stage.ts";

const BIND = "urn:ietf:params:xml:ns:xmpp-bind";
const ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";

test("Romeo binds the resource that he asks for", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.authenticate("romeo");
  t.equal(await romeo.bind("garden"), "romeo@localhost/garden");
});

test("the server makes a resource up that nobody can guess", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const jids = new Set<string>();
  for (let count = 0; count < 3; count++) {
    const romeo = stage.connect("romeo");
    await romeo.authenticate("romeo");
    jids.add(await romeo.bind());
  }
  t.equal(jids.size, 3);
  for (const jid of jids) t.match(jid, /^romeo@localhost\/[\w-]{12,}$/);
});

test("a second session takes the resource over, the first ends with a conflict", async (t) => {
  const stage = await openStage(t);
  const { juliet } = await stage.enter("juliet");
  const first = await stage.login("romeo/garden");
  first.send("<presence to='juliet@localhost'/>");
  await juliet.receives("<presence from='romeo@localhost/garden' to='juliet@localhost'/>");
  const second = await stage.login("romeo/garden");
  await first.receivesStreamError("conflict");
  await juliet.receives(
    "<presence type='unavailable' from='romeo@localhost/garden' to='juliet@localhost'/>");
  juliet.send("<message to='romeo@localhost/garden'><body>Who is it?</body></message>");
  await second.receives(`<message from='juliet@localhost/stage' to='romeo@localhost/garden'>
    <body>Who is it?</body></message>`);
});

test("a resource that is not valid is refused, and another can be asked for", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.authenticate("romeo");
  romeo.send(`<iq type='set' id='1'><bind xmlns='${BIND}'><resource>${"a".repeat(1_100)
  }</resource></bind></iq>`);
  await romeo.receives(`<iq type='error' id='1'><error type='modify'><bad-request
    xmlns='${ERRORS}'/>
    <_/></error></iq>`);
  t.equal(await romeo.bind("garden"), "romeo@localhost/garden");
});

test("one stream has one resource", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<iq type='set' id='1'><bind xmlns='${BIND}'/></iq>`);
  await romeo.receives(`<iq type='error' id='1' from='romeo@localhost' to='romeo@localhost/stage'>
    <error type='cancel'><not-allowed xmlns='${ERRORS}'/></error></iq>`);
});

test("an account has so many resources and no more", async (t) => {
  const stage = await openStage(t, { settings: { resourcesPerAccount: 2 } });
  await stage.login("romeo/one");
  await stage.login("romeo/two");
  const third = stage.connect("third");
  await third.authenticate("romeo");
  third.send(`<iq type='set' id='1'><bind xmlns='${BIND}'/></iq>`);
  await third.receives(`<iq type='error' id='1'><error type='wait'>
    <resource-constraint xmlns='${ERRORS}'/></error></iq>`);
});

test("old clients may ask for a session", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  const request = "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>";
  romeo.send(`<iq type='set' id='1' to='localhost'>${request}</iq>`);
  await romeo.receives("<iq type='result' id='1' from='localhost' to='romeo@localhost/stage'/>");
  romeo.send(`<iq type='set' id='2'>${request}</iq>`);
  await romeo.receives(`<iq type='result' id='2' from='romeo@localhost'
    to='romeo@localhost/stage'/>`);
});

test("without a resource no message leaves", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.authenticate("romeo");
  romeo.send("<message to='juliet@localhost'><body>Hi</body></message>");
  await romeo.receivesStreamError("not-authorized");
});

function asksToBind(resource: string): string {
  return `<iq type='set' id='1'><bind xmlns='${BIND}'><resource>${resource}</resource></bind></iq>`;
}

/** A storage whose answers about accounts a test may keep back. */
function storageWithDoor() {
  const storage = memoryStorage();
  let door: Promise<void> | undefined;
  const get = async (jid: string): Promise<Account | undefined> => {
    await door;
    return storage.accounts.get(jid);
  };
  const withDoor: Storage = { ...storage, accounts: { ...storage.accounts, get } };
  return {
    storage: withDoor,
    /** Answers with what opens it again. */
    close(): () => void {
      let open = () => {};
      door = new Promise((resolve) => { open = resolve; });
      return open;
    },
  };
}

test("an account that was removed after the authentication has no more resources", async (t) => {
  for (const othersGo of ["at once", "before"]) {
    const stage = await openStage(t);
    const romeo = await stage.login("romeo/garden");
    const late = stage.connect("late");
    await late.authenticate("romeo");
    romeo.send("<iq type='set' id='1'><query xmlns='jabber:iq:register'><remove/></query></iq>");
    if (othersGo === "before") await settled();
    late.send(asksToBind("orchard"));
    await late.receivesStreamError("not-authorized");
    t.equal(stage.runtime.whereis("romeo@localhost/orchard"), undefined);
  }
});

test("only the first session of an account costs a look into the storage", async (t) => {
  const { storage, close } = storageWithDoor();
  const stage = await openStage(t, { storage });
  await stage.login("romeo/garden");
  const second = stage.connect("second");
  await second.authenticate("romeo");
  close();
  t.equal(await second.bind("orchard"), "romeo@localhost/orchard");
});

test("storage fails while a resource is bound: it may be tried again", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.authenticate("romeo");
  await stage.storage.close();
  for (let count = 0; count < 2; count++) {
    romeo.send(asksToBind("garden"));
    await romeo.receives(`<iq type='error' id='1'><error type='cancel'>
      <internal-server-error xmlns='${ERRORS}'/></error></iq>`);
  }
});

test("a bind that takes too long ends the stream, and leaves no resource", async (t) => {
  const { storage, close } = storageWithDoor();
  const stage = await openStage(t, { storage, settings: { accountIdleMs: 1_000 } });
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.authenticate("romeo");
  const open = close();
  romeo.send(asksToBind("garden"));
  await stage.pass(10_000);
  await romeo.receivesStreamError("internal-server-error");
  open();
  await settled();
  t.ok(stage.runtime.whereis("romeo@localhost"));
  await stage.pass(1_000);
  t.equal(stage.runtime.whereis("romeo@localhost"), undefined, "it has no session any more");
});
