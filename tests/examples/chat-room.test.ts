// The chat room of examples/: visitors come, speak and go, politely and otherwise.
import { once } from "node:events";
import t from "tap";
import { WebSocket } from "ws";
import { openChatRoom } from "./chat-room.ts";

/** A visitor who takes what he hears line by line. */
class Visitor {
  readonly socket: WebSocket;
  readonly #heard: string[] = [];
  #waiting: ((line: string) => void) | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const line = String(data);
      if (this.#waiting === undefined) this.#heard.push(line);
      else this.#waiting(line);
      this.#waiting = undefined;
    });
  }

  static async comeIn(url: string, name: string): Promise<Visitor> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/room/${encodeURIComponent(name)}`);
    const visitor = new Visitor(socket);
    await once(socket, "open");
    return visitor;
  }

  hears(): Promise<string> {
    const line = this.#heard.shift();
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((resolve) => { this.#waiting = resolve; });
  }
}

t.test("two visitors hear each other, and who comes and goes", async (t) => {
  const { url, close } = await openChatRoom();
  const romeo = await Visitor.comeIn(url, "Romeo");
  t.equal(await romeo.hears(), "Romeo comes in");
  const juliet = await Visitor.comeIn(url, "Juliet 🕊️/x");
  t.equal(await juliet.hears(), "Juliet 🕊️/x comes in");
  t.equal(await romeo.hears(), "Juliet 🕊️/x comes in");

  juliet.socket.send("Ay me!");
  juliet.socket.send("O <Romeo>");
  for (const line of ["Ay me!", "O <Romeo>"]) {
    t.equal(await juliet.hears(), `Juliet 🕊️/x: ${line}`);
    t.equal(await romeo.hears(), `Juliet 🕊️/x: ${line}`);
  }

  juliet.socket.terminate();
  t.equal(await romeo.hears(), "Juliet 🕊️/x has left", "without a word of farewell");
  const again = await Visitor.comeIn(url, "Juliet");
  t.equal(await romeo.hears(), "Juliet comes in");
  again.socket.close();
  t.equal(await romeo.hears(), "Juliet has left");

  const mercutio = await Visitor.comeIn(url, "Mercutio");
  t.equal(await romeo.hears(), "Mercutio comes in");
  mercutio.socket.send("x".repeat(4_001));
  const [code] = await once(mercutio.socket, "close");
  t.equal(code, 1009, "too long a message ends its connection");
  t.equal(await romeo.hears(), "Mercutio has left");

  const closed = once(romeo.socket, "close");
  t.equal(await close(), "SIGTERM", "it ends by the signal, after its processes");
  await closed;
});

t.test("the page is served", async (t) => {
  const { url, close } = await openChatRoom();
  const answer = await fetch(url);
  t.match(answer.headers.get("content-type"), "text/html");
  t.match(await answer.text(), "<title>Chat room</title>");
  t.equal(await close(), "SIGTERM");
});
