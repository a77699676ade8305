// @xmpp/client as a chat client.
import { client, xml } from "@xmpp/client";
import type { ChatClient, ClientLibrary, Login } from "./chat-client.ts";
import { Inbox, mechanismIn } from "./chat-client.ts";

export const xmppJs: ClientLibrary = { name: "@xmpp/client", login };

async function login({ url, ...account }: Login): Promise<ChatClient> {
  const inbox = new Inbox();
  const xmpp = client({ service: url, ...account });
  let mechanism = "";
  xmpp.reconnect.stop();
  const failed = new Promise<never>((_resolve, reject) => xmpp.on("error", reject));
  // After the login nobody waits for this any more.
  failed.catch(() => {});
  xmpp.on("send", (element) => {
    mechanism = mechanismIn(element.toString()) ?? mechanism;
  });
  xmpp.on("stanza", (stanza) => {
    const body = stanza.is("message") ? stanza.getChildText("body") : null;
    if (body !== null) inbox.push({ from: stanza.attrs["from"] ?? "", body });
  });
  const jid = String(await Promise.race([xmpp.start(), failed]));
  await xmpp.send(xml("presence"));
  await xmpp.iqCaller.request(xml("iq", { type: "get" }, xml("ping", { xmlns: "urn:xmpp:ping" })));
  return {
    jid,
    mechanism,
    send: (to, body) => {
      void xmpp.send(xml("message", { to, type: "chat" }, xml("body", {}, body)));
    },
    nextMessage: () => inbox.next(),
    stop: async () => {
      await xmpp.stop();
    },
  };
}
