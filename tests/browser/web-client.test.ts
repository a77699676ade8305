// Two people meet in the web client: they register, chat, reload the page and go on.
// needs: chromium
import t from "tap";
import { startTestServer } from "../server/test-server.ts";
import { openBrowser, Person } from "./web-client.ts";

t.setTimeout(120_000);

t.test("the web client in Chromium", async (t) => {
  const server = await startTestServer();
  const browser = await openBrowser();
  t.teardown(async () => {
    await browser.close();
    await server.close();
  });
  const { url } = server;
  const romeo = await Person.arrive(browser, "romeo", url);
  const juliet = await Person.arrive(browser, "juliet", url);

  await t.test("newcomers register with a name and a password", async (t) => {
    t.equal(await romeo.page.title(), "Pidgeon");
    await romeo.screenshot("login");
    await romeo.register("secret of romeo");
    await juliet.register("secret of juliet");
    t.pass();
  });

  await t.test("they exchange messages in both directions", async (t) => {
    await romeo.startChat("juliet");
    await romeo.say("Shall I hear more? 🕊️");
    await juliet.openChat("romeo");
    await juliet.sees("Shall I hear more? 🕊️");
    await juliet.say(`Thou <knowest> "the" mask & night`);
    await romeo.sees(`Thou <knowest> "the" mask & night`);
    await romeo.screenshot("chat");
    await juliet.screenshot("chat");
    t.pass();
  });

  await t.test("they become contacts, asked and approved, and see each other online", async (t) => {
    await romeo.askAsContact();
    await juliet.approveContact();
    await romeo.seesOnline("juliet");
    await juliet.seesOnline("romeo");
    await romeo.screenshot("contacts");
    t.pass();
  });

  await t.test("they reload the page and go on", async (t) => {
    for (const person of [romeo, juliet]) {
      await person.page.reload();
      await person.whenOnline();
    }
    await romeo.openChat("juliet");
    await romeo.say("Art thou still there?");
    await juliet.openChat("romeo");
    await juliet.sees("Art thou still there?");
    await juliet.sees("Shall I hear more?");
    await juliet.say("Good night");
    await romeo.sees("Good night");
    await romeo.screenshot("reloaded");
    await juliet.screenshot("reloaded");
    t.pass();
  });

  await t.test("one logs in from another browser", async (t) => {
    const elsewhere = await Person.arrive(browser, "romeo", url, "de-DE");
    await elsewhere.page.locator("#converse-login button", { hasText: "Anmelden" }).waitFor();
    await elsewhere.screenshot("german");
    await elsewhere.logIn("secret of romeo");
    await elsewhere.startChat("juliet");
    await elsewhere.say("From my other device");
    await juliet.sees("From my other device");
    t.same(outside(elsewhere, url), []);
    t.same(elsewhere.faults, []);
  });

  await t.test("nothing was asked for elsewhere, and nothing went wrong", async (t) => {
    await romeo.page.click(".toggle-emojis");
    await romeo.page.waitForSelector("converse-emoji-picker .insert-emoji");
    await romeo.screenshot("emoji");
    for (const person of [romeo, juliet]) {
      t.ok(person.requests.some((address) => address.endsWith("/ws")), "over the WebSocket");
      t.same(outside(person, url), []);
      t.same(person.faults, []);
    }
  });
});

/** What was asked of any other server. */
function outside({ requests }: Person, url: string): string[] {
  const { host } = new URL(url);
  const isLocal = (address: string) => /^(data|blob):/.test(address);
  return requests.filter((address) => !isLocal(address) && new URL(address).host !== host);
}
