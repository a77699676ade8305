// Tests of the stream framer: pieces whatever the chunks are, faults, limits, restarts.
import { test } from "tap";
import type { Element } from "../../host/xmpp/xml/element.ts";
import { FrameParser } from "../../host/xmpp/xml/frame-parser.ts";
import { XmlFault, defaultXmlLimits } from "../../host/xmpp/xml/limits.ts";
import { type StreamFrame, StreamFramer } from "../../host/xmpp/xml/stream-framer.ts";
import { RandomXml, randomFrom } from "./xml-random.ts";

const seed = Number(process.env["PIDGEON_SEED"] ?? 20_260);
const HEADER = "<stream:stream xmlns='jabber:client' to='a>b' version='1.0' " +
  "xmlns:stream='http://etherx.jabber.org/streams'>";
const FOOTER = "</stream:stream >";

/** All pieces of a stream that comes in chunks; a fault as its condition. */
function pieces(framer: StreamFramer, chunks: Iterable<Buffer>, bytesMax = 10_000): string[] {
  const found: string[] = [];
  for (const chunk of chunks) {
    framer.push(chunk);
    for (;;) {
      const piece = framer.next(bytesMax);
      if (piece === undefined) break;
      if (piece instanceof XmlFault) return [...found, piece.condition];
      found.push(`${piece.kind} ${piece.text}`);
    }
  }
  return found;
}

function whole(text: string, bytesMax?: number): string[] {
  return pieces(new StreamFramer(), [Buffer.from(text)], bytesMax);
}

test("a stream is cut into header, elements and footer", async (t) => {
  const elements = ["<message><body a='>'>x</body></message>", "<presence/>",
    "<iq><a b=\"/>'\"><c/><![CDATA[</iq>]]]]></a></iq>"];
  t.same(whole(`<?xml version='1.0'?>\n${HEADER} ${elements.join("\r\n \t")}${FOOTER}<after/>`), [
    `header <?xml version='1.0'?>\n${HEADER}`,
    ...elements.map((text) => `element ${text}`),
    `footer ${FOOTER}`,
  ]);
});

test("how the bytes are cut into chunks makes no difference", async (t) => {
  const random = randomFrom(seed);
  const xml = new RandomXml(random);
  for (let round = 0; round < 200; round++) {
    const elements = Array.from({ length: 3 }, () => xml.stanza(true));
    const bytes = Buffer.from(`<?xml version="1.0"?>${HEADER}${elements.join("\n")}${FOOTER}`);
    const chunks: Buffer[] = [];
    const chunkMax = random() < 0.2 ? 1 : 40;
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + Math.floor(random() * chunkMax);
      // The socket's buffer is reused after the turn: what is kept must have been copied.
      chunks.push(Buffer.from(bytes.subarray(at, at + length)));
      at += length;
    }
    const framer = new StreamFramer();
    const found = chunks.flatMap((chunk) => {
      const some = pieces(framer, [chunk]);
      chunk.fill(0);
      return some;
    });
    t.same(found, [`header <?xml version="1.0"?>${HEADER}`, ...elements.map((e) => `element ${e}`),
      `footer ${FOOTER}`], `seed ${seed}, round ${round}`);
    t.equal(framer.pendingBytes, 0);
  }
});

test("damaged streams end in a fault or in pieces that the parser judges", async (t) => {
  const random = randomFrom(seed + 1);
  const xml = new RandomXml(random);
  const parser = new FrameParser();
  let faults = 0;
  for (let round = 0; round < 2_000; round++) {
    const framer = new StreamFramer();
    framer.push(Buffer.from(HEADER + xml.mutate(xml.stanza(true) + xml.stanza(true))));
    let piece: StreamFrame | XmlFault | undefined;
    while ((piece = framer.next(10_000)) !== undefined && !(piece instanceof XmlFault)) {
      if (piece.kind === "header") continue;
      if (parser.parse(piece.text) instanceof XmlFault) faults++;
    }
    if (piece instanceof XmlFault) faults++;
  }
  t.ok(faults > 100);
});

test("what RFC 6120 forbids ends the stream as soon as it begins", async (t) => {
  t.same(whole("<!DOCTYPE a"), ["restricted-xml"]);
  t.same(whole("<?php"), ["restricted-xml"]);
  t.same(whole("<?xml version='1.0'?><?xml"), ["restricted-xml"]);
  t.same(whole(`${HEADER}<!-`).slice(1), ["restricted-xml"]);
  t.same(whole(`${HEADER}<a><!-`).slice(1), ["restricted-xml"]);
  t.same(whole(`${HEADER}<a><?`).slice(1), ["restricted-xml"]);
  t.same(whole(`${HEADER}<?xml`).slice(1), ["restricted-xml"]);
});

test("what no piece can contain ends the stream", async (t) => {
  t.same(whole("GET / HTTP/1.1\r\n"), ["not-well-formed"]);
  t.same(whole("\u0016\u0003\u0001"), ["not-well-formed"]);
  t.same(whole("</stream:stream>"), ["not-well-formed"]);
  t.same(whole(`${HEADER}text`).slice(1), ["not-well-formed"]);
  t.same(whole(`${HEADER}<![CDATA[`).slice(1), ["not-well-formed"]);
  t.same(whole(`${HEADER}<a <b`).slice(1), ["not-well-formed"]);
  const framer = new StreamFramer();
  t.same(pieces(framer, [Buffer.from([0x3c, 0x61, 0xff, 0x3e])]), ["unsupported-encoding"]);
  t.same(pieces(framer, [Buffer.from(HEADER)]), ["unsupported-encoding"], "and stays so");
});

test("a piece that never ends is refused once it is too large", async (t) => {
  for (const begin of ["<a ", "<a b='", "<a>", "<a><![CDATA[", "<a><b>", "</"]) {
    const framer = new StreamFramer();
    pieces(framer, [Buffer.from(HEADER + begin)]);
    const fill = Buffer.from("x".repeat(100));
    t.same(pieces(framer, Array(12).fill(fill), 1_000), ["policy-violation"], begin);
    t.equal(framer.pendingBytes, 0);
  }
});

test("white space between elements is not kept", async (t) => {
  const framer = new StreamFramer();
  pieces(framer, [Buffer.from(HEADER)]);
  t.same(pieces(framer, Array(1_000).fill(Buffer.from(" \n")), 100), []);
  t.equal(framer.pendingBytes, 0);
});

test("after SASL the bytes that have come already begin the new stream", async (t) => {
  const framer = new StreamFramer();
  framer.push(Buffer.from(`${HEADER}<auth/>${HEADER}<iq/>`));
  t.match(framer.next(1_000), { kind: "header" });
  t.match(framer.next(1_000), { kind: "element", text: "<auth/>" });
  framer.restart();
  t.match(framer.next(1_000), { kind: "header" });
  t.match(framer.next(1_000), { kind: "element", text: "<iq/>" });
  t.equal(framer.next(1_000), undefined);
});

test("before STARTTLS what has come already is forgotten", async (t) => {
  const framer = new StreamFramer();
  framer.push(Buffer.from(`${HEADER}<starttls/><iq>injected`));
  framer.next(1_000);
  framer.next(1_000);
  framer.discard();
  t.equal(framer.next(1_000), undefined);
  t.same(pieces(framer, [Buffer.from(`${HEADER}<iq/>`)]), [`header ${HEADER}`, "element <iq/>"]);
});

test("the header gives the scope in which the elements are parsed", async (t) => {
  const parser = new FrameParser();
  const header = parser.parseHeader(`<?xml version='1.0'?>${HEADER}`);
  if (header instanceof XmlFault) throw new Error(header.condition);
  t.equal(header.element.name, "stream");
  t.equal(header.element.xmlns, "http://etherx.jabber.org/streams");
  t.equal(header.element.attributes["to"], "a>b");
  t.equal(header.scope.xmlns, "jabber:client");
  const message = "<message><stream:x/></message>";
  const parsed = parser.parse(message, defaultXmlLimits, header.scope) as Element;
  t.match(parsed, {
    xmlns: "jabber:client",
    children: [{ name: "x", xmlns: "http://etherx.jabber.org/streams" }],
  });
  t.ok(parser.parseHeader("<stream:stream xmlns:stream='u:x'/>") instanceof XmlFault);
  t.ok(parser.parseHeader("<stream:stream>") instanceof XmlFault);
});
