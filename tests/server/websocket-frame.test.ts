// Frames written by hand, read by the WebSocket library's own receiver.
import t from "tap";
import * as ws from "ws";
import { textFrame } from "../../host/server/websocket-frame.ts";

/** The library exports its parser, but its types don't say so. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: object) => NodeJS.WritableStream & NodeJS.EventEmitter;
};

t.test("the library reads what is written, at every size of header", async (t) => {
  const texts = ["", "a", "ü", "愛", "🕊️"];
  for (const length of [125, 126, 127, 65_535, 65_536, 70_000]) {
    texts.push("x".repeat(length), "é".repeat(length), `${"x".repeat(length - 1)}é`);
  }
  const received: string[] = [];
  const receiver = new Receiver({ isServer: false, allowSynchronousEvents: true });
  receiver.on("message", (data: Buffer, isBinary: boolean) => {
    received.push(isBinary ? "binary" : data.toString("utf8"));
  });
  // In one piece, as a turn's frames are.
  receiver.write(Buffer.from(texts.map(textFrame).join(""), "latin1"));
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(received.length, texts.length);
  t.ok(texts.every((text, index) => text === received[index]));
});

t.test("half of a surrogate pair becomes the replacement character, as everywhere", async (t) => {
  t.equal(Buffer.from(textFrame("\ud800"), "latin1").toString("hex"), "8103efbfbd");
});
