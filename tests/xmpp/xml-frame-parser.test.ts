// Tests of the frame parser: what is read, what is refused with which condition, and the limits.
import { test } from "tap";
import { type Element, element, isSameElement, textOf } from "../../host/xmpp/xml/element.ts";
import { FrameParser, parseFrame } from "../../host/xmpp/xml/frame-parser.ts";
import { XmlFault, type XmlLimits, defaultXmlLimits } from "../../host/xmpp/xml/limits.ts";
import { isImmutable } from "../../host/runtime/index.ts";

const CLIENT = "jabber:client";

function parsed(text: string): Element {
  const answer = parseFrame(text);
  if (answer instanceof XmlFault) throw new Error(`${answer.condition} for ${text}`);
  return answer;
}

function conditionOf(text: string, limits?: Partial<XmlLimits>): string | undefined {
  const answer = parseFrame(text, { ...defaultXmlLimits, ...limits });
  return answer instanceof XmlFault ? answer.condition : undefined;
}

test("a message becomes an element with resolved namespaces", async (t) => {
  const message = parsed(
    "<message xmlns='jabber:client' to='a@b' xml:lang='en'><body>Hi &amp; bye</body>" +
      "<x:active xmlns:x='http://jabber.org/protocol/chatstates'/></message>",
  );
  const expected = element("message", CLIENT, { to: "a@b", "xml:lang": "en" }, [
    element("body", CLIENT, undefined, ["Hi & bye"]),
    element("active", "http://jabber.org/protocol/chatstates"),
  ]);
  t.same(message, expected);
  t.ok(isSameElement(message, expected));
});

test("elements are frozen all the way down and shared by processes", async (t) => {
  const message = parsed("<message xmlns='jabber:client' to='a@b'><body>Hi</body></message>");
  const body = message.children[0] as Element;
  for (const part of [message, message.attributes, message.children, body, body.children]) {
    t.ok(Object.isFrozen(part));
  }
  t.ok(isImmutable(message));
  t.ok(isImmutable(body));
});

test("text, character references and CDATA make one string", async (t) => {
  const body = parsed("<body xmlns='a'>1&lt;2<![CDATA[<&]]>&#x33;&#52;]]<![CDATA[]]></body>");
  t.same(body.children, ["1<2<&34]]"]);
  t.equal(textOf(body), "1<2<&34]]");
  t.same(parsed("<body xmlns='a'>\r\na\rb&#13;</body>").children, ["\na\nb\r"]);
  t.same(parsed("<body xmlns='a'><![CDATA[]]></body>").children, []);
});

test("an attribute in a namespace is named with the namespace", async (t) => {
  const { attributes } = parsed("<a xmlns='u:a' xmlns:p='u:p' p:q='1' q='2' xml:space='default'/>");
  t.strictSame({ ...attributes }, { "{u:p}q": "1", q: "2", "xml:space": "default" });
});

test("an attribute called __proto__ is an attribute and nothing else", async (t) => {
  const { attributes } = parsed("<a xmlns='u:a' __proto__='x' constructor='y'/>");
  t.same(Object.entries(attributes), [["__proto__", "x"], ["constructor", "y"]]);
  t.equal(Object.getPrototypeOf(attributes), Object.prototype);
});

test("an element may undeclare the default namespace", async (t) => {
  const [child] = parsed("<a xmlns='u:a'><b xmlns=''/></a>").children as [Element];
  t.equal(child.xmlns, "");
});

test("white space after the element is ignored, before it not allowed", async (t) => {
  t.equal(parsed("<a xmlns='b'/>\r\n ").name, "a");
  t.equal(conditionOf(" <a xmlns='b'/>"), "not-well-formed");
  t.equal(conditionOf("\ufeff<a xmlns='b'/>"), "not-well-formed");
});

test("an XML declaration may stand before the stream's opening only", async (t) => {
  const open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='b' version='1.0'/>";
  t.equal(parsed(`<?xml version='1.0'?>${open}`).name, "open");
  t.equal(parsed(`<?xml version="1.0" encoding='utf-8' standalone='yes' ?>\n${open}`).name, "open");
  t.equal(conditionOf("<?xml version='1.0'?><message xmlns='jabber:client'/>"), "not-well-formed");
  t.equal(conditionOf(`<?xml version='1.1'?>${open}`), "not-well-formed");
  t.equal(conditionOf(`<?xml version='1.0' encoding='UTF-16'?>${open}`), "unsupported-encoding");
  t.equal(conditionOf(`<?xml version='1.0' encoding=UTF-8?>${open}`), "not-well-formed");
  t.equal(conditionOf("<a xmlns='b'><?xml version='1.0'?></a>"), "not-well-formed");
});

const refused: readonly (readonly [condition: string, what: string, text: string])[] = [
  ["not-well-formed", "nothing", ""],
  ["not-well-formed", "text", "hello"],
  ["not-well-formed", "an open element", "<a xmlns='b'>"],
  ["not-well-formed", "an unfinished tag", "<a xmlns='b"],
  ["not-well-formed", "an unfinished attribute that ends so", "<a xmlns='b>"],
  ["not-well-formed", "two elements", "<a xmlns='b'/><a xmlns='b'/>"],
  ["not-well-formed", "text after the element", "<a xmlns='b'/>x>"],
  ["not-well-formed", "a tag begun after the element", "<a xmlns='b'/><b x='>"],
  ["not-well-formed", "an end tag alone", "</a>"],
  ["not-well-formed", "a wrong end tag", "<a xmlns='b'></b>"],
  ["not-well-formed", "crossed tags", "<a xmlns='b'><c></a></c>"],
  ["not-well-formed", "an attribute twice", "<a xmlns='b' c='1' c='2'/>"],
  ["not-well-formed", "one attribute by two prefixes",
    "<a xmlns:p='u:x' xmlns:q='u:x' p:c='1' q:c='2'/>"],
  ["not-well-formed", "an attribute without quotes", "<a xmlns='b' c=1/>"],
  ["not-well-formed", "< in an attribute", "<a xmlns='b' c='<'/>"],
  ["not-well-formed", "]]> in text", "<a xmlns='b'>]]></a>"],
  ["not-well-formed", "a bare ampersand", "<a xmlns='b'>a & b</a>"],
  ["not-well-formed", "NUL", "<a xmlns='b'>\0</a>"],
  ["not-well-formed", "NUL as a reference", "<a xmlns='b'>&#0;</a>"],
  ["not-well-formed", "a control character", "<a xmlns='b'>\u0008</a>"],
  ["not-well-formed", "a control character as a reference", "<a xmlns='b' c='&#x1b;'/>"],
  ["not-well-formed", "U+FFFF", "<a xmlns='b'>\uffff</a>"],
  ["not-well-formed", "half a character as a reference", "<a xmlns='b'>&#xd800;</a>"],
  ["not-well-formed", "a reference past Unicode", "<a xmlns='b'>&#x110000;</a>"],
  ["not-well-formed", "two colons in a name", "<a:b:c xmlns:a='u:x'/>"],
  ["invalid-xml", "a local name that begins with a digit", "<a:1 xmlns:a='u:x'/>"],
  ["invalid-xml", "a prefix that begins with a digit", "<a xmlns='b' xmlns:p1='c' p1:2='d'/>"],
  ["invalid-xml", "a name of XML's fifth edition only", "<a\u0220 xmlns='b'/>"],
  ["not-well-formed", "the xml prefix for an element", "<xml:a/>"],
  ["not-well-formed", "the xmlns prefix for an element", "<xmlns:a/>"],
  ["not-well-formed", "another namespace for xml", "<a xmlns='b' xmlns:xml='u:x'/>"],
  ["not-well-formed", "another prefix for xml's namespace",
    "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>"],
  ["not-well-formed", "a prefix that is undeclared", "<a xmlns='b' xmlns:p=''/>"],
  ["bad-namespace-prefix", "an undeclared prefix of an element", "<p:a/>"],
  ["bad-namespace-prefix", "an undeclared prefix of an attribute", "<a xmlns='b' p:c='d'/>"],
  ["bad-namespace-prefix", "the prefix of a stream that is not there", "<stream:features/>"],
  ["invalid-namespace", "a namespace with a space", "<a xmlns=' jabber:client'/>"],
  ["invalid-namespace", "a namespace with a separator", "<a xmlns='u:x&#10;y'/>"],
  ["restricted-xml", "a comment", "<a xmlns='b'><!-- c --></a>"],
  ["restricted-xml", "a processing instruction", "<a xmlns='b'><?php c ?></a>"],
  ["restricted-xml", "an entity of one's own", "<a xmlns='b'>&c;</a>"],
  ["restricted-xml", "an entity of HTML", "<a xmlns='b'>&nbsp;</a>"],
  ["restricted-xml", "a DTD inside", "<a xmlns='b'><!DOCTYPE a></a>"],
  ["restricted-xml", "billion laughs", "<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;'>]>" +
    "<a xmlns='b'>&c;</a>"],
  ["unsupported-encoding", "half a character", "<a xmlns='b'>\ud800</a>"],
  ["unsupported-encoding", "half a character before a quotation mark", "<a xmlns='b' c='\ud83d'/>"],
];

for (const [condition, what, text] of refused) {
  test(`${what} is refused as ${condition}`, async (t) => {
    t.equal(conditionOf(text), condition);
  });
}

test("a stanza may have the allowed bytes and not one more", async (t) => {
  const text = "<a xmlns='b'>é</a>";
  t.equal(conditionOf(text, { stanzaBytesMax: Buffer.byteLength(text) }), undefined);
  t.equal(conditionOf(text, { stanzaBytesMax: text.length }), "policy-violation");
  t.equal(conditionOf(text, { stanzaBytesMax: text.length - 1 }), "policy-violation");
  t.equal(conditionOf(`<a xmlns='b' c='${"x".repeat(300_000)}'/>`), "policy-violation");
});

test("a stanza may be nested to the allowed depth and not one level more", async (t) => {
  const nested = (depth: number): string =>
    `<a xmlns='b'>${"<a>".repeat(depth - 1)}${"</a>".repeat(depth - 1)}</a>`;
  t.equal(conditionOf(nested(5), { depthMax: 5 }), undefined);
  t.equal(conditionOf(nested(6), { depthMax: 5 }), "policy-violation");
  t.equal(conditionOf(nested(20_000)), "policy-violation");
});

test("an element may have the allowed attributes, declarations included", async (t) => {
  const text = "<a xmlns='b' xmlns:p='u:p' c='1' p:d='2'><e f='1' g='2' h='3' i='4'/></a>";
  t.equal(conditionOf(text, { attributesMax: 4 }), undefined);
  t.equal(conditionOf(text, { attributesMax: 3 }), "policy-violation");
});

test("a stanza may have the allowed elements and not one more", async (t) => {
  const text = `<a xmlns='b'>${"<c/>".repeat(9)}</a>`;
  t.equal(conditionOf(text, { elementsMax: 10 }), undefined);
  t.equal(conditionOf(text, { elementsMax: 9 }), "policy-violation");
});

test("one parser reads frame after frame, also after faults", async (t) => {
  const parser = new FrameParser();
  for (const [, , text] of refused) {
    t.ok(parser.parse(text) instanceof XmlFault);
    t.equal(parser.source, undefined);
    const next = parser.parse("<message xmlns='jabber:client'><body>next</body></message> \r");
    t.notOk(next instanceof XmlFault);
    t.equal(parser.source, "<body>next</body>");
    t.same((next as Element).children, [element("body", CLIENT, undefined, ["next"])]);
  }
});

function sourceOf(text: string, scope?: Parameters<typeof parseFrame>[2]): string | undefined {
  const parser = new FrameParser();
  if (parser.parse(text, defaultXmlLimits, scope) instanceof XmlFault) throw new Error(text);
  return parser.source;
}

test("the content is kept as it came if a receiver reads it alike", async (t) => {
  const kept = "<body >a&#x3E;b</body>\r\n<x xmlns='u:x'><![CDATA[</message>]]></x >";
  t.equal(sourceOf(`<message xmlns='jabber:client' to='a@b'>${kept}</message >`), kept);
  t.equal(sourceOf("<presence xmlns='jabber:client'/>"), "");
  t.equal(sourceOf("<presence xmlns='jabber:client'></presence>"), "");
  const own = "<p:x xmlns:p='u:p' p:y='1'/>";
  t.equal(sourceOf(`<message xmlns='jabber:client'>${own}</message>`), own);
});

test("the content is not kept if it means something else elsewhere", async (t) => {
  const prefixes = new Map([["stream", "http://etherx.jabber.org/streams"]]);
  const scope = { xmlns: CLIENT, prefixes };
  t.equal(sourceOf("<message><body>a</body></message>", scope), "<body>a</body>");
  t.equal(sourceOf("<message><stream:x/></message>", scope), undefined, "prefix of the stream");
  t.equal(sourceOf("<message><a stream:x='1'/></message>", scope), undefined, "its attribute");
  const server = { ...scope, xmlns: "jabber:server" };
  t.equal(sourceOf("<message><body>a</body></message>", server), undefined, "other namespace");
  const above = "<iq xmlns='jabber:client' xmlns:p='u:p'><p:a/></iq>";
  t.equal(sourceOf(above), undefined, "prefix above");
  t.equal(sourceOf("<p:iq xmlns:p='jabber:client'><a/></p:iq>"), undefined, "prefixed stanza");
});
