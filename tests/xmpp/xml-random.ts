// Makes random XML, mostly well-formed, with everything that a parser could read in two ways.

/** A seeded generator of numbers below 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const NAMES = ["a", "b", "body", "x-1", "é", "message", "constructor", "__proto__", "toString"];
const PREFIXES = ["p", "q", "stream", "ns0", "ns1"];
const NAMESPACES = ["jabber:client", "u:a", "u:b", "u:a'b", "http://etherx.jabber.org/streams"];
const TEXTS = [
  "hello", " ", "\n", "\r\n", "\r", "\t", "é", "😀", ">", "]]", "&amp;", "&lt;", "&gt;", "&quot;",
  "&apos;", "&#13;", "&#10;", "&#x1F600;", "&#60;", "]]&gt;", "'", '"', "\u2028", "\u0085",
];
const DAMAGE = [
  "", "<", ">", "&", ";", "'", "/", ":", "!", "?", "]", "-", "=", " ", "\0", "\ud83d", "x", "1",
  "xmlns='u:c'", "<!--", "-->", "<![CDATA[", "]]>", "<?", "&#", " p:a='1'", "\ufffe",
];
const CDATA = ["<![CDATA[]]>", "<![CDATA[<a>&amp;</message>]]>", "<![CDATA[]]]]><![CDATA[>]]>"];

export class RandomXml {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A stanza as a client could send it; on a TCP stream it may lean on the stream's header. */
  stanza(onStream: boolean): string {
    const name = this.#pick(["message", "presence", "iq"]);
    const declared = new Set(onStream ? ["stream"] : []);
    let attributes = onStream && this.#chance(0.7) ? "" : " xmlns='jabber:client'";
    if (this.#chance(0.5)) attributes += " to='juliet@example.com'";
    if (this.#chance(0.2)) attributes += " xml:lang='de'";
    attributes += this.#declarations(declared, 0.1);
    if (this.#chance(0.1)) attributes += this.#attributes(declared);
    return this.#close(name, attributes, declared, 0);
  }

  /** The text with one to three small changes, so that it may no longer be XML. */
  mutate(text: string): string {
    let mutated = text;
    for (let changes = 1 + this.#below(3); changes > 0; changes--) {
      const at = this.#below(mutated.length);
      const cut = this.#below(3);
      mutated = mutated.slice(0, at) + this.#pick(DAMAGE) + mutated.slice(at + cut);
    }
    return mutated;
  }

  #element(declared: ReadonlySet<string>, depth: number): string {
    const own = new Set(declared);
    let attributes = this.#declarations(own, 0.3);
    if (this.#chance(0.3)) attributes += ` xmlns='${escaped(this.#pick([...NAMESPACES, ""]))}'`;
    if (this.#chance(0.5)) attributes += this.#attributes(own);
    const prefix = own.size > 0 && this.#chance(0.3) ? `${this.#pick([...own])}:` : "";
    return this.#close(prefix + this.#pick(NAMES), attributes, own, depth + 1);
  }

  #close(name: string, attributes: string, declared: ReadonlySet<string>, depth: number): string {
    if (this.#chance(0.2)) return `<${name}${attributes}/>`;
    const space = this.#chance(0.1) ? " \n" : "";
    return `<${name}${attributes}${space}>${this.#content(declared, depth)}</${name}${space}>`;
  }

  #content(declared: ReadonlySet<string>, depth: number): string {
    let content = "";
    for (let parts = this.#below(4); parts > 0; parts--) {
      if (depth < 4 && this.#chance(0.5)) content += this.#element(declared, depth);
      else content += this.#chance(0.1) ? this.#pick(CDATA) : this.#pick(TEXTS);
    }
    return content;
  }

  /** Declares a prefix now and then, and adds it to those that may be used. */
  #declarations(declared: Set<string>, chance: number): string {
    if (!this.#chance(chance)) return "";
    const prefix = this.#pick(PREFIXES);
    declared.add(prefix);
    return ` xmlns:${prefix}="${escaped(this.#pick(NAMESPACES))}"`;
  }

  #attributes(declared: ReadonlySet<string>): string {
    const values = TEXTS.filter((text) => text !== "'" && text !== '"').map((text) => `'${text}'`);
    let attributes = ` ${this.#pick(NAMES)}=${this.#pick(values)}`;
    if (declared.size > 0 && this.#chance(0.3)) {
      attributes += ` ${this.#pick([...declared])}:${this.#pick(NAMES)}=${this.#pick(values)}`;
    }
    if (this.#chance(0.1)) attributes += " xml:lang='en'";
    return attributes;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }
}

function escaped(value: string): string {
  return value.replaceAll("'", "&apos;");
}
