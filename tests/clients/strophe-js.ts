// strophe.js, the library inside Converse.js, as a chat client.
import { $iq, $msg, $pres, Strophe } from "strophe.js";
import type { ChatClient, ClientLibrary, Login } from "./chat-client.ts";
import { Inbox, mechanismIn } from "./chat-client.ts";

export const stropheJs: ClientLibrary = { name: "strophe.js", login };

/** The DOM's element, as far as it is needed here. */
interface XmlElement {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  getElementsByTagName(name: string): { readonly [index: number]: XmlElement };
}

async function login({ url, domain, username, password }: Login): Promise<ChatClient> {
  const inbox = new Inbox();
  Strophe.setLogLevel(Strophe.LogLevel.FATAL);
  const connection = new Strophe.Connection(url);
  let mechanism = "";
  connection.rawOutput = (text: string) => {
    mechanism = mechanismIn(text) ?? mechanism;
  };
  const { CONNECTED, AUTHFAIL, CONNFAIL, DISCONNECTED } = Strophe.Status;
  const gone = { tell: () => {} };
  await new Promise<void>((resolve, reject) => {
    connection.connect(`${username}@${domain}`, password, (status: number, condition: unknown) => {
      if (status === CONNECTED) resolve();
      else if (status === DISCONNECTED) gone.tell();
      else if (status === AUTHFAIL || status === CONNFAIL) reject(new Error(String(condition)));
    });
  });
  const onMessage = (message: XmlElement): boolean => {
    const body = message.getElementsByTagName("body")[0]?.textContent ?? undefined;
    if (body !== undefined) inbox.push({ from: message.getAttribute("from") ?? "", body });
    // Strophe removes a handler that doesn't answer true.
    return true;
  };
  connection.addHandler(onMessage as never, null as never, "message");
  connection.send($pres());
  await new Promise<void>((resolve, reject) => {
    const ping = $iq({ type: "get", to: domain }).c("ping", { xmlns: "urn:xmpp:ping" });
    connection.sendIQ(ping, () => resolve(), reject);
  });
  return {
    jid: connection.jid,
    mechanism,
    send: (to, body) => {
      connection.send($msg({ to, type: "chat" }).c("body").t(body));
    },
    nextMessage: () => inbox.next(),
    stop: async () => {
      const ended = new Promise<void>((resolve) => {
        gone.tell = resolve;
      });
      connection.disconnect("");
      await ended;
    },
  };
}
