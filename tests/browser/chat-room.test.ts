// Two visitors of the chat room of examples/ at its page.
// needs: chromium
import t from "tap";
import { openChatRoom } from "../examples/chat-room.ts";
import { openBrowser, Person } from "./web-client.ts";

t.setTimeout(120_000);

t.test("they come in, speak, and see it as text", async (t) => {
  const room = await openChatRoom();
  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const visitors: Person[] = [];
  for (const name of ["Romeo", "Juliet"]) {
    const visitor = await Person.arrive(browser, name.toLowerCase(), room.url);
    visitors.push(visitor);
    await say(visitor, name);
    await sees(visitor, `${name} comes in`);
  }
  const [romeo, juliet] = visitors as [Person, Person];
  await say(romeo, "Shall I hear more, or shall I speak at this?");
  await say(juliet, "'Tis but thy name that is <b>my enemy</b>.");
  await sees(romeo, "Juliet: 'Tis but thy name that is <b>my enemy</b>.");
  await sees(juliet, "Romeo: Shall I hear more, or shall I speak at this?");
  await romeo.screenshot("chat-room");
  t.same([romeo.faults, juliet.faults], [[], []]);
  t.equal(await room.close(), "SIGTERM");
});

async function say(person: Person, text: string): Promise<void> {
  await person.page.getByRole("textbox").fill(text);
  await person.page.getByRole("textbox").press("Enter");
}

async function sees(person: Person, line: string): Promise<void> {
  await person.page.getByRole("listitem").getByText(line, { exact: true }).waitFor();
}
