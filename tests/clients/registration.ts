// Registers accounts in band (XEP-0077) over a plain WebSocket, before the libraries log in.
import WebSocket from "ws";

export interface NewAccount {
  readonly url: string;
  readonly domain: string;
  readonly username: string;
  readonly password: string;
}

/** Resolves when the server has created the account; rejects with its answer if it hasn't. */
export async function register({ url, domain, username, password }: NewAccount): Promise<void> {
  const socket = new WebSocket(url, "xmpp");
  const frames = messages(socket);
  await opened(socket);
  const framing = "urn:ietf:params:xml:ns:xmpp-framing";
  socket.send(`<open xmlns="${framing}" to="${domain}" version="1.0"/>`);
  await frames.next();
  await frames.next();
  socket.send(
    `<iq xmlns="jabber:client" type="set" id="r"><query xmlns="jabber:iq:register">` +
      `<username>${username}</username><password>${password}</password></query></iq>`,
  );
  const answer = String((await frames.next()).value);
  socket.send(`<close xmlns="${framing}"/>`);
  socket.close();
  if (!/type=["']result/.test(answer)) throw new Error(`no account for ${username}: ${answer}`);
}

async function* messages(socket: WebSocket): AsyncGenerator<string> {
  const texts: string[] = [];
  let wake = (): void => {};
  socket.on("message", (data) => {
    texts.push(String(data));
    wake();
  });
  for (;;) {
    const text = texts.shift();
    if (text !== undefined) yield text;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
}
