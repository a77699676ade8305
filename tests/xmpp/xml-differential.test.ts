// Differential fuzz: what our parser saw is what the receiver's parser sees, ours and another's.
import { DOMParser, onErrorStopParsing } from "@xmldom/xmldom";
import { type Test, test } from "tap";
import { type Stanza, elementFrom, serializeStanza, stanzaFrom } from "../../host/xmpp/stanza.ts";
import {
  CLIENT_NAMESPACE,
  type Element,
  type Node,
  isSameElement,
} from "../../host/xmpp/xml/element.ts";
import { FrameParser, type XmlScope } from "../../host/xmpp/xml/frame-parser.ts";
import { XmlFault, defaultXmlLimits } from "../../host/xmpp/xml/limits.ts";
import { serialize } from "../../host/xmpp/xml/serialize.ts";
import { RandomXml, randomFrom } from "./xml-random.ts";

const seed = Number(process.env["PIDGEON_SEED"] ?? 20_260);
const STREAMS = "http://etherx.jabber.org/streams";

/** The sender's stream header, and a receiver's, which binds the same prefix to something else. */
const senderScope: XmlScope = { xmlns: CLIENT_NAMESPACE, prefixes: new Map([["stream", STREAMS]]) };
const receiverScope: XmlScope = { xmlns: CLIENT_NAMESPACE, prefixes: new Map([["stream", "u:x"]]) };

/** xmldom reads these as line feeds, as XML 1.1 would; ours and all others are 1.0. */
const XML_1_1_LINE_ENDS = /[\u0085\u2028]/;

const parser = new FrameParser();

/** What arrives: the stanza as we would see it, or undefined if the frame is refused. */
function receive(text: string, scope?: XmlScope): Stanza | undefined {
  const element = parser.parse(text, defaultXmlLimits, scope);
  return element instanceof XmlFault ? undefined : stanzaFrom(element, parser.source);
}

/** The children as the DOM of another parser has them. */
function fromDom(element: globalThis.Element): Element {
  const attributes: Record<string, string> = {};
  for (const attribute of Array.from(element.attributes)) {
    const { name, localName, namespaceURI, value } = attribute;
    if (name === "xmlns" || name.startsWith("xmlns:")) continue;
    const key = !namespaceURI || name.startsWith("xml:") ? name : `{${namespaceURI}}${localName}`;
    Object.defineProperty(attributes, key, { value, enumerable: true });
  }
  const children: Node[] = [];
  for (const node of Array.from(element.childNodes)) {
    if (node.nodeType === 1) children.push(fromDom(node as globalThis.Element));
    else if (typeof children.at(-1) === "string") children.push(children.pop() + textIn(node));
    else if (node.nodeValue) children.push(node.nodeValue);
  }
  return { name: element.localName, xmlns: element.namespaceURI ?? "", attributes, children };
}

function textIn(node: globalThis.Node): string {
  return node.nodeValue ?? "";
}

/** What another parser, of browsers' kind, makes of a frame on a WebSocket. */
function readByXmldom(frame: string): Element {
  const dom = new DOMParser({ onError: onErrorStopParsing }).parseFromString(frame, "text/xml");
  return fromDom(dom.documentElement as unknown as globalThis.Element);
}

/** Checks every way on for one stanza; answers what went wrong. */
function check(text: string, scope: XmlScope | undefined): string | undefined {
  const sent = receive(text, scope);
  if (sent === undefined) return undefined;
  const expected = elementFrom(sent);
  const onWebSocket = serializeStanza(sent, "");
  const onStream = serializeStanza(sent, CLIENT_NAMESPACE);
  const rebuilt = serialize(expected, "");
  const answers: readonly (readonly [string, Element | XmlFault])[] = [
    ["WebSocket", parser.parse(onWebSocket)],
    ["TCP stream", parser.parse(onStream, defaultXmlLimits, receiverScope)],
    ["rebuilt", parser.parse(rebuilt)],
    ...(XML_1_1_LINE_ENDS.test(text) ? [] : [
      ["another parser", readByXmldom(onWebSocket)],
      ["another parser, rebuilt", readByXmldom(rebuilt)],
    ] as const),
  ];
  for (const [way, answer] of answers) {
    if (answer instanceof XmlFault || !isSameElement(answer, expected)) return way;
  }
  return undefined;
}

function fuzz(t: Test, count: number, mutated: boolean): { accepted: number; passed: number } {
  const random = randomFrom(seed + (mutated ? 1 : 0));
  const xml = new RandomXml(random);
  let accepted = 0;
  let passed = 0;
  for (let round = 0; round < count; round++) {
    const scope = random() < 0.5 ? senderScope : undefined;
    const original = xml.stanza(scope !== undefined);
    const text = mutated ? xml.mutate(original) : original;
    const sent = receive(text, scope);
    if (sent !== undefined) accepted++;
    if (sent?.source !== undefined) passed++;
    const wrong = check(text, scope);
    if (wrong !== undefined) {
      t.fail(`seed ${seed}, round ${round}, ${wrong}: ${JSON.stringify(text)}`);
      break;
    }
  }
  t.comment(`seed ${seed}: ${count} stanzas, ${accepted} accepted, ${passed} passed through`);
  return { accepted, passed };
}

test("random stanzas mean the same to every receiver, passed through or rebuilt", async (t) => {
  const { accepted, passed } = fuzz(t, 3_000, false);
  t.ok(accepted > 2_000, "most are taken");
  t.ok(passed > 1_000 && passed < accepted, "both ways are walked");
});

test("damaged stanzas are refused or mean the same to every receiver", async (t) => {
  const { accepted } = fuzz(t, 6_000, true);
  t.ok(accepted > 300 && accepted < 5_500, "some are taken, some refused");
});
