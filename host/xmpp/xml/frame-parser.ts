// Parses one complete element, as a WebSocket message carries it (RFC 7395), with saxes.
import { SaxesParser, type SaxesTagNS } from "saxes";
import { STREAM_NAMESPACE } from "../stream-errors.ts";
import { declarationOf } from "./declaration.ts";
import { CLIENT_NAMESPACE, type Element, type Node, elementOf } from "./element.ts";
import { XmlFault, type XmlLimits, defaultXmlLimits, notWellFormed, restricted } from "./limits.ts";
import { isSafeName, isSafeNamespace } from "./names.ts";

/** What an element inherits from the stream header around it (TCP); nothing on a WebSocket. */
export interface XmlScope {
  /** The default namespace, "" for none. */
  readonly xmlns: string;
  /** Namespaces by prefix. */
  readonly prefixes: ReadonlyMap<string, string>;
}

const FRAMING_NAMESPACE = "urn:ietf:params:xml:ns:xmpp-framing";
const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";

const NO_SCOPE: XmlScope = { xmlns: "", prefixes: new Map() };

/** saxes' own words for what RFC 6120 §11.1 forbids; everything else is "not well-formed". */
const RESTRICTED = ["inappropriately located doctype declaration.", "undefined entity."];

interface WellFormedString {
  isWellFormed(): boolean;
}

/** A saxes parser and how many characters earlier frames gave it: its positions count on. */
interface Reader {
  readonly saxes: SaxesParser<{ xmlns: true }>;
  taken: number;
}

/** An element whose end tag has not come. */
interface OpenElement {
  readonly tag: SaxesTagNS;
  readonly attributes: Record<string, string> | undefined;
  children: Node[] | undefined;
}

/**
 * A parser for complete elements, to be shared by all connections of a server: it keeps nothing
 * between two frames but the answer to `source`.
 */
export class FrameParser {
  /**
   * Of the element that was parsed last: the XML between its tags as it was received, if a receiver
   * that puts it into `<name xmlns='jabber:client'>` sees the same children; otherwise undefined.
   */
  source: string | undefined = undefined;

  /** The parser of ordinary frames, and that of frames with CDATA, or with what is forbidden. */
  #ordinary: Reader | undefined;
  #careful: Reader | undefined;
  #limits: XmlLimits = defaultXmlLimits;
  #scope: XmlScope = NO_SCOPE;
  readonly #open: OpenElement[] = [];
  #root: Element | undefined;
  #elements = 0;
  #attributes = 0;
  /** Where the root's content begins and where the root ends, in characters of the frame. */
  #contentStart = 0;
  #end = 0;
  /** False once something was seen that forbids to pass the content on as it is. */
  #passable = false;

  /**
   * Parses one frame. `limits` and `scope` may change from frame to frame. White space after the
   * element is ignored; an XML declaration is taken before a stream's opening only. O(characters).
   */
  parse(
    text: string,
    limits: XmlLimits = defaultXmlLimits,
    scope: XmlScope = NO_SCOPE,
  ): Element | XmlFault {
    this.source = undefined;
    const { stanzaBytesMax } = limits;
    if (text.length > stanzaBytesMax || utf8Length(text, stanzaBytesMax) > stanzaBytesMax) {
      return new XmlFault("policy-violation", "This stanza is too large.");
    }
    if (!(text as unknown as WellFormedString).isWellFormed()) {
      return new XmlFault("unsupported-encoding", "This text holds half a character.");
    }
    const declaration = text.startsWith("<?xml") ? declarationOf(text) : "";
    if (declaration instanceof XmlFault) return declaration;
    const body = text.slice(declaration.length, endOf(text));
    if (!body.startsWith("<") || !body.endsWith(">")) return notWellFormed();
    const root = this.#run(body, limits, scope);
    if (declaration !== "" && !(root instanceof XmlFault) && !isOpening(root)) {
      return notWellFormed();
    }
    return root;
  }

  #run(text: string, limits: XmlLimits, scope: XmlScope): Element | XmlFault {
    this.#limits = limits;
    this.#scope = scope;
    this.#root = undefined;
    this.#elements = 0;
    this.#passable = true;
    const careful = text.includes("<!") || text.includes("<?");
    const reader = careful
      ? (this.#careful ??= this.#makeCareful())
      : (this.#ordinary ??= this.#make());
    try {
      reader.saxes.write(text);
      reader.taken += text.length;
      const root = this.#root as Element | undefined;
      if (root === undefined || this.#end !== text.length) throw notWellFormed();
      if (this.#passable) this.#keepSource(text, root);
      return root;
    } catch (error) {
      if (careful) this.#careful = undefined;
      else this.#ordinary = undefined;
      this.#open.length = 0;
      return faultOf(error);
    } finally {
      this.#root = undefined;
      this.#scope = NO_SCOPE;
    }
  }

  #keepSource(text: string, root: Element): void {
    if (root.xmlns !== CLIENT_NAMESPACE) return;
    const contentEnd = text.lastIndexOf("</");
    this.source = contentEnd < this.#contentStart ? "" : text.slice(this.#contentStart, contentEnd);
  }

  /**
   * saxes turns slow (8 µs a message instead of 3) once it has more than six handlers, as they make
   * its object a dictionary for V8. So the handlers that only `<!` and `<?` can reach are set on a
   * second parser for the few frames that contain these.
   */
  #makeCareful(): Reader {
    const reader = this.#make();
    const { saxes } = reader;
    saxes.on("cdata", (text) => this.#text(text));
    saxes.on("comment", refuse);
    saxes.on("processinginstruction", refuse);
    saxes.on("doctype", refuse);
    saxes.on("xmldecl", refuse);
    return reader;
  }

  /**
   * In fragment mode one saxes parser takes frame after frame, which spares its 1 µs set-up; that
   * each frame is exactly one element is checked here instead.
   */
  #make(): Reader {
    const saxes = new SaxesParser({
      xmlns: true,
      fragment: true,
      position: false,
      forceXMLVersion: true,
      defaultXMLVersion: "1.0",
      resolvePrefix: (prefix: string) => this.#inherited(prefix),
    });
    const reader: Reader = { saxes, taken: 0 };
    saxes.on("opentagstart", () => this.#countElement());
    saxes.on("attribute", () => {
      if (++this.#attributes > this.#limits.attributesMax) {
        throw new XmlFault("policy-violation", "This element has too many attributes.");
      }
    });
    saxes.on("opentag", (tag) => this.#openTag(tag, reader));
    saxes.on("closetag", () => this.#closeTag(reader));
    saxes.on("text", (text) => this.#text(text));
    return reader;
  }

  /** A prefix (or "" for the default) that the frame itself does not declare. */
  #inherited(prefix: string): string | undefined {
    if (prefix === "") return this.#scope.xmlns;
    this.#passable = false;
    const namespace = this.#scope.prefixes.get(prefix);
    if (namespace === undefined) {
      throw new XmlFault("bad-namespace-prefix", "A namespace prefix is not declared.");
    }
    return namespace;
  }

  #countElement(): void {
    if (this.#root !== undefined) throw notWellFormed();
    this.#attributes = 0;
    if (++this.#elements > this.#limits.elementsMax) {
      throw new XmlFault("policy-violation", "This stanza has too many elements.");
    }
    if (this.#open.length >= this.#limits.depthMax) {
      throw new XmlFault("policy-violation", "This stanza is nested too deeply.");
    }
  }

  #openTag(tag: SaxesTagNS, reader: Reader): void {
    if (!isSafeName(tag.name)) throw unsafeName();
    if (tag.uri === XML_NAMESPACE) throw notWellFormed();
    let attributes: Record<string, string> | undefined;
    for (const name in tag.attributes) {
      const attribute = tag.attributes[name] as SaxesTagNS["attributes"][string];
      const { prefix, value } = attribute;
      if (!isSafeName(name)) throw unsafeName();
      if (name === "xmlns" || prefix === "xmlns") {
        if (!isSafeNamespace(value)) {
          throw new XmlFault("invalid-namespace", "A namespace name is not a URI.");
        }
        // Declared on the stanza's own tag, which is written anew for every receiver.
        if (prefix === "xmlns" && this.#open.length === 0) this.#passable = false;
        continue;
      }
      const key = prefix === "" || prefix === "xml" ? name : `{${attribute.uri}}${attribute.local}`;
      attributes ??= {};
      if (key === "__proto__") define(attributes, key, value);
      else attributes[key] = value;
    }
    if (this.#open.length === 0) {
      this.#contentStart = reader.saxes.position - reader.taken;
      if (tag.prefix !== "") this.#passable = false;
    }
    this.#open.push({ tag, attributes, children: undefined });
  }

  #closeTag(reader: Reader): void {
    const { tag, attributes, children } = this.#open.pop() as OpenElement;
    const element = elementOf(tag.local, tag.uri, attributes, children);
    const parent = this.#open[this.#open.length - 1];
    if (parent === undefined) {
      this.#root = element;
      this.#end = reader.saxes.position - reader.taken;
    } else if (parent.children === undefined) {
      parent.children = [element];
    } else {
      parent.children.push(element);
    }
  }

  #text(text: string): void {
    const parent = this.#open[this.#open.length - 1];
    if (parent === undefined) throw notWellFormed();
    const { children } = parent;
    if (text === "") return;
    if (children === undefined) {
      parent.children = [text];
      return;
    }
    const last = children.length - 1;
    if (typeof children[last] === "string") children[last] += text;
    else children.push(text);
  }
}


/** Parses one frame with a parser of its own: for tests and rare use. */
export function parseFrame(text: string, limits?: XmlLimits, scope?: XmlScope): Element | XmlFault {
  return new FrameParser().parse(text, limits, scope);
}

/** Whether an element opens a stream, on a WebSocket or on TCP. */
function isOpening({ name, xmlns }: Element): boolean {
  return (
    (name === "open" && xmlns === FRAMING_NAMESPACE) ||
    (name === "stream" && xmlns === STREAM_NAMESPACE)
  );
}

/** Where a text ends but for white space. A regular expression would be quadratic. */
function endOf(text: string): number {
  let end = text.length;
  while (end > 0 && " \t\r\n".includes(text[end - 1] as string)) end--;
  return end;
}

/** The UTF-8 length of a text, counted only if it could exceed `max`. */
function utf8Length(text: string, max: number): number {
  return text.length * 3 <= max ? text.length : Buffer.byteLength(text);
}

function define(attributes: Record<string, string>, key: string, value: string): void {
  Object.defineProperty(attributes, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function unsafeName(): XmlFault {
  return new XmlFault("invalid-xml", "A name has characters that not all XML parsers know.");
}

function refuse(): never {
  throw restricted();
}

/** What saxes threw, as a fault; an error that is neither ours nor its is a bug and goes on. */
function faultOf(error: unknown): XmlFault {
  if (error instanceof XmlFault) return error;
  if (!(error instanceof Error) || error.constructor !== Error) throw error;
  return RESTRICTED.includes(error.message) ? restricted() : notWellFormed();
}
