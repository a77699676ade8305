// Tests of stanzas: from elements and back, addresses, replies and errors.
import { test } from "tap";
import { stanzaErrors } from "../../host/xmpp/stanza-errors.ts";
import {
  elementFrom,
  errorOf,
  resultOf,
  serializeStanza,
  stanza,
  stanzaErrorElement,
  stanzaFrom,
  withAddresses,
  withChildren,
} from "../../host/xmpp/stanza.ts";
import { streamError, streamErrors } from "../../host/xmpp/stream-errors.ts";
import {
  type Element,
  childNamed,
  element,
  elementsOf,
  firstElement,
  isSameElement,
} from "../../host/xmpp/xml/element.ts";
import { FrameParser, parseFrame } from "../../host/xmpp/xml/frame-parser.ts";
import { serialize } from "../../host/xmpp/xml/serialize.ts";
import { isImmutable } from "../../host/runtime/index.ts";

const CLIENT = "jabber:client";

test("only message, presence and iq of jabber:client are stanzas", async (t) => {
  for (const name of ["message", "presence", "iq"]) {
    t.equal(stanzaFrom(element(name, CLIENT))?.name, name);
    t.equal(stanzaFrom(element(name, "jabber:server")), undefined);
  }
  t.equal(stanzaFrom(element("query", CLIENT)), undefined);
});

test("a stanza carries its five attributes and goes back into an element", async (t) => {
  const attributes = { to: "a@b", from: "c@d/e", id: "1", type: "chat", "xml:lang": "de" };
  const original = element("message", CLIENT, attributes, [element("body", CLIENT)]);
  const value = stanzaFrom(original);
  if (value === undefined) throw new Error("no stanza");
  t.ok(isSameElement(elementFrom(value), original));
  t.ok(isImmutable(value));
  t.ok(Object.isFrozen(value));
});

test("a stanza without a language takes the stream's", async (t) => {
  t.equal(stanzaFrom(element("presence", CLIENT), undefined, "fr")?.lang, "fr");
  t.equal(stanzaFrom(element("presence", CLIENT, { "xml:lang": "" }), undefined, "fr")?.lang, "");
});

test("a stanza names its namespace where it is not inherited", async (t) => {
  const value = stanza("presence", { to: "a'b@c", type: "subscribe" });
  t.equal(serializeStanza(value, ""),
    "<presence xmlns='jabber:client' to='a&apos;b@c' type='subscribe'/>");
  t.equal(serializeStanza(value, CLIENT), "<presence to='a&apos;b@c' type='subscribe'/>");
  const message = stanza("message", {}, [element("body", CLIENT, undefined, ["a<b"])]);
  t.equal(serializeStanza(message, CLIENT), "<message><body>a&lt;b</body></message>");
});

test("content that is passed through leaves as it came, under other addresses", async (t) => {
  const parser = new FrameParser();
  const content = "<body   >a&#x3C;b</body>";
  const frame = parser.parse(`<message xmlns='jabber:client' to='a@b' id='7'>${content}</message>`);
  const value = stanzaFrom(frame as Element, parser.source);
  if (value === undefined) throw new Error("no stanza");
  const sent = withAddresses(value, { from: "c@d/e" });
  t.equal(serializeStanza(sent, CLIENT),
    `<message to='a@b' from='c@d/e' id='7'>${content}</message>`);
  t.equal(withAddresses(sent, { to: undefined }).to, undefined);
  const other = withChildren(sent, [element("subject", CLIENT)]);
  t.equal(other.source, undefined);
  t.equal(other.from, "c@d/e");
});

test("children that were written by hand are copied, not shared", async (t) => {
  const attributes: Record<string, string> = { a: "1" };
  const child = { name: "x", xmlns: "u:x", attributes, children: [] };
  const value = stanza("message", {}, [child]);
  attributes["a"] = "2";
  t.equal(firstElement(value)?.attributes["a"], "1");
  t.ok(isImmutable(firstElement(value)));
});

test("an empty text is no child, an attribute without a value no attribute", async (t) => {
  t.equal(serialize(element("a", "u:a", { b: undefined, c: "" }, [""])), "<a xmlns='u:a' c=''/>");
  t.same(element("a", "u:a", { b: undefined }), element("a", "u:a"));
});

test("children are found by name and namespace, by default the parent's", async (t) => {
  const children = ["text", element("x", "u:x"), element("body", "u:x"), element("body", CLIENT)];
  const value = stanza("message", {}, children);
  t.equal(childNamed(value, "body"), children[3]);
  t.equal(childNamed(value, "body", "u:x"), children[2]);
  t.equal(childNamed(elementFrom(value), "body"), children[3]);
  t.equal(childNamed(value, "x"), undefined);
  t.same(elementsOf(value), children.slice(1));
});

test("a result swaps the addresses and keeps the id", async (t) => {
  const iq = stanza("iq", { from: "a@b/c", to: "b", id: "5", type: "get" });
  const payload = element("query", "u:q");
  t.equal(serializeStanza(resultOf(iq, payload), CLIENT),
    "<iq to='a@b/c' from='b' id='5' type='result'><query xmlns='u:q'/></iq>");
  t.equal(serializeStanza(resultOf(iq), CLIENT), "<iq to='a@b/c' from='b' id='5' type='result'/>");
});

test("an error has the type that the RFC recommends unless another is given", async (t) => {
  const iq = stanza("iq", { from: "a@b/c", to: "b", id: "5", type: "get" });
  const error = errorOf(iq, "service-unavailable");
  if (error === undefined) throw new Error("no error");
  t.equal(serializeStanza(error, CLIENT),
    "<iq to='a@b/c' from='b' id='5' type='error'><error type='cancel'>" +
    "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
  const options = { type: "wait", text: "<later>", extra: element("busy", "u:app") } as const;
  const full = stanzaErrorElement("forbidden", options);
  t.equal(full.attributes["type"], "wait");
  t.same(elementsOf(full).map(({ name }) => name), ["forbidden", "text", "busy"]);
});

test("errors and results are never answered with an error", async (t) => {
  for (const type of ["error", "result"]) {
    t.equal(errorOf(stanza("iq", { type }), "bad-request"), undefined);
  }
  t.equal(errorOf(stanza("message", { type: "error" }), "bad-request"), undefined);
  t.equal(errorOf(stanza("message", {}), "bad-request")?.type, "error");
});

test("the tables have the conditions of RFC 6120", async (t) => {
  t.equal(Object.keys(stanzaErrors).length, 22);
  t.equal(Object.keys(streamErrors).length, 25);
});

test("a stream error carries its condition and a text", async (t) => {
  const error = streamError("policy-violation", "Too much.", element("e", "u:e"));
  t.equal(error.xmlns, "http://etherx.jabber.org/streams");
  t.same(elementsOf(error).map(({ name, xmlns }) => `${name} ${xmlns}`), [
    "policy-violation urn:ietf:params:xml:ns:xmpp-streams",
    "text urn:ietf:params:xml:ns:xmpp-streams",
    "e u:e",
  ]);
  t.notOk(parseFrame("<a xmlns='b'/>") === error);
});
