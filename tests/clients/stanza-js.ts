// The library stanza as a chat client.
import { createClient } from "stanza";
import type { ChatClient, ClientLibrary, Login } from "./chat-client.ts";
import { Inbox, mechanismIn } from "./chat-client.ts";

export const stanzaJs: ClientLibrary = { name: "stanza", login };

async function login({ url, domain, username, password }: Login): Promise<ChatClient> {
  const inbox = new Inbox();
  const client = createClient({
    jid: `${username}@${domain}`,
    password,
    transports: { websocket: url, bosh: false },
  });
  let mechanism = "";
  client.on("raw:outgoing", (text) => {
    mechanism = mechanismIn(text) ?? mechanism;
  });
  client.on("message", (message) => {
    if (message.body !== undefined) inbox.push({ from: message.from, body: message.body });
  });
  await new Promise<void>((resolve, reject) => {
    client.on("session:started", () => resolve());
    client.on("auth:failed", () => reject(new Error("authentication failed")));
    client.on("stream:error", (error) => reject(new Error(error.condition)));
    client.on("disconnected", () => reject(new Error("disconnected")));
    client.connect();
  });
  client.sendPresence();
  await client.ping(domain);
  return {
    jid: client.jid,
    mechanism,
    send: (to, body) => {
      client.sendMessage({ to, type: "chat", body });
    },
    nextMessage: () => inbox.next(),
    stop: async () => {
      const gone = new Promise((resolve) => client.on("disconnected", resolve));
      client.disconnect();
      await gone;
    },
  };
}
