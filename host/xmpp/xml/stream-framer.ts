// Cuts the bytes of a TCP stream into its header, its top-level elements and its footer.
//
//   <?xml …?><stream:stream …>   <message>…</message> ␣ <iq/>   </stream:stream>
//   `-------- header -------'    `---- element ----'    `---'   `--- footer ---'
//
// It knows just enough of XML to find where an element ends. Each piece is then parsed as a whole
// by the server's one FrameParser, which refuses whatever is not exactly one element: where the two
// could disagree, the stream ends. So a connection holds no parser, and no bytes but those of a
// partial element; every byte is looked at once. Comments, processing instructions and DTDs end the
// stream as soon as they begin (RFC 6120 §11.1).
import { isUtf8 } from "node:buffer";
import { XmlFault, notWellFormed, restricted } from "./limits.ts";

export interface StreamFrame {
  readonly kind: "header" | "element" | "footer";
  /** The piece as text: the header with its XML declaration, the element with its tags. */
  readonly text: string;
}

type State =
  /** Between elements: white space only. */
  | "top"
  /** Behind a "<". */
  | "open"
  | "tag"
  | "quoted"
  | "end tag"
  | "text"
  | "cdata"
  | "declaration"
  /** Behind the XML declaration: white space only. */
  | "declared"
  | "over";

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const CDATA = Buffer.from("![CDATA[");
const CDATA_END = Buffer.from("]]>");
const DECLARATION = Buffer.from("?xml");
const DECLARATION_END = Buffer.from("?>");
/** What is kept of a partial element has at least this room, so that it need not grow at once. */
const BUFFER_BYTES_MIN = 512;
const NOTHING: Buffer = Buffer.alloc(0);

/** One per connection: a dozen words when nothing is pending. */
export class StreamFramer {
  #bytes: Buffer = NOTHING;
  /** Whether `#bytes` is ours to append to; else it is what the socket gave. */
  #isOwn = false;
  /** Bytes 0 to `#end` are filled; `#start` is where the piece begins, `#at` where to look next. */
  #end = 0;
  #start = 0;
  #at = 0;
  #state: State = "top";
  #depth = 0;
  #hasHeader = false;
  #quote = 0;
  #fault: XmlFault | undefined;

  /** Bytes that belong to no piece yet. */
  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  /** Takes what a socket has received; call `next` until it answers undefined. O(bytes). */
  push(bytes: Buffer): void {
    if (this.#start === this.#end) {
      this.#use(bytes, bytes.length, false);
      this.#start = this.#at = 0;
      return;
    }
    this.#reserve(bytes.length);
    bytes.copy(this.#bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * The next complete piece; a fault, after which there is nothing else; or undefined: more bytes
   * are needed. `bytesMax` limits what may be pending; complete pieces are measured by the parser.
   */
  next(bytesMax: number): StreamFrame | XmlFault | undefined {
    if (this.#fault) return this.#fault;
    const kind = this.#scan();
    if (kind instanceof XmlFault) return this.#fail(kind);
    if (kind === undefined) {
      this.#keepPending();
      if (this.pendingBytes <= bytesMax) return undefined;
      return this.#fail(new XmlFault("policy-violation", "This stanza is too large."));
    }
    const bytes = this.#bytes.subarray(this.#start, this.#at);
    this.#start = this.#at;
    if (!isUtf8(bytes)) {
      return this.#fail(new XmlFault("unsupported-encoding", "This is not UTF-8."));
    }
    this.#state = kind === "footer" ? "over" : "top";
    this.#hasHeader = true;
    return { kind, text: bytes.toString() };
  }

  /** A new stream begins with the next byte, as after SASL: bytes that have come already count. */
  restart(): void {
    this.#state = "top";
    this.#depth = 0;
    this.#hasHeader = false;
    this.#fault = undefined;
    this.#at = this.#start;
  }

  /** As `restart`, but forgets what has been received: STARTTLS must not take over plaintext. */
  discard(): void {
    this.#use(NOTHING, 0, false);
    this.#start = 0;
    this.restart();
  }

  /** Looks on until a piece is complete (its kind), the bytes are used up (undefined) or bad. */
  #scan(): StreamFrame["kind"] | XmlFault | undefined {
    while (this.#at < this.#end) {
      switch (this.#state) {
        case "top":
        case "declared": {
          const byte = this.#bytes[this.#at];
          if (byte === LESS) {
            if (this.#state === "top") this.#start = this.#at;
            this.#state = "open";
          } else if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
            return notWellFormed();
          }
          this.#at++;
          if (this.#state === "top") this.#start = this.#at;
          break;
        }
        case "open": {
          const fault = this.#open();
          if (fault === "incomplete") return undefined;
          if (fault) return fault;
          break;
        }
        case "tag": {
          const found = this.#tag();
          if (found) return found;
          break;
        }
        case "quoted":
          if (!this.#skipPast(this.#quote)) return undefined;
          this.#state = "tag";
          break;
        case "end tag":
          if (!this.#skipPast(GREATER)) return undefined;
          if (this.#depth === 0) return this.#hasHeader ? "footer" : notWellFormed();
          if (--this.#depth === 0) return "element";
          this.#state = "text";
          break;
        case "text":
          if (!this.#skipPast(LESS)) return undefined;
          this.#state = "open";
          break;
        case "cdata":
          if (!this.#skipPastAll(CDATA_END)) return undefined;
          this.#state = "text";
          break;
        case "declaration":
          if (!this.#skipPastAll(DECLARATION_END)) return undefined;
          this.#state = "declared";
          break;
        case "over":
          this.#start = this.#at = this.#end;
          return undefined;
      }
    }
    return undefined;
  }

  /** Decides by what follows a "<". */
  #open(): XmlFault | "incomplete" | undefined {
    const byte = this.#bytes[this.#at];
    if (byte === SLASH) {
      this.#state = "end tag";
    } else if (byte === BANG || byte === QUESTION) {
      const isDeclaration = byte === QUESTION && !this.#hasHeader && this.#at === this.#start + 1;
      const wanted = isDeclaration ? DECLARATION : CDATA;
      const seen = this.#bytes.subarray(this.#at, Math.min(this.#end, this.#at + wanted.length));
      if (!seen.equals(wanted.subarray(0, seen.length))) return restricted();
      if (!isDeclaration && this.#depth === 0) return notWellFormed();
      if (seen.length < wanted.length) return "incomplete";
      this.#state = isDeclaration ? "declaration" : "cdata";
      this.#at += wanted.length - 1;
    } else {
      this.#state = "tag";
      return undefined;
    }
    this.#at++;
    return undefined;
  }

  /** Inside a start tag, up to a quotation mark or its end. */
  #tag(): StreamFrame["kind"] | XmlFault | undefined {
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at];
      if (byte === QUOTE || byte === APOSTROPHE) {
        this.#quote = byte;
        this.#state = "quoted";
        this.#at++;
        return undefined;
      }
      if (byte === LESS) return notWellFormed();
      if (byte !== GREATER) continue;
      const isEmpty = this.#bytes[this.#at - 1] === SLASH;
      this.#at++;
      if (!this.#hasHeader) return "header";
      if (!isEmpty) this.#depth++;
      if (this.#depth === 0) return "element";
      this.#state = "text";
      return undefined;
    }
    return undefined;
  }

  #skipPast(byte: number): boolean {
    const found = this.#bytes.indexOf(byte, this.#at);
    const isFound = found !== -1 && found < this.#end;
    this.#at = isFound ? found + 1 : this.#end;
    return isFound;
  }

  #skipPastAll(mark: Buffer): boolean {
    const found = this.#bytes.subarray(0, this.#end).indexOf(mark, this.#at);
    if (found === -1) this.#at = Math.max(this.#at, this.#end - mark.length + 1);
    else this.#at = found + mark.length;
    return found !== -1;
  }

  #fail(fault: XmlFault): XmlFault {
    this.discard();
    this.#state = "over";
    this.#fault = fault;
    return fault;
  }

  #use(bytes: Buffer, end: number, isOwn: boolean): void {
    this.#bytes = bytes;
    this.#end = end;
    this.#isOwn = isOwn;
  }

  /** Lets go of the socket's buffer; what is pending moves to one of our own. */
  #keepPending(): void {
    if (this.pendingBytes === 0) {
      this.#use(NOTHING, 0, false);
      this.#start = this.#at = 0;
    } else if (!this.#isOwn) {
      this.#reserve(0);
    }
  }

  /** Makes room for more bytes behind the pending ones, which move to the front. Amortized O(1). */
  #reserve(bytes: number): void {
    const pending = this.pendingBytes;
    if (this.#isOwn && this.#end + bytes <= this.#bytes.length) return;
    const room = Math.max(BUFFER_BYTES_MIN, 2 * (pending + bytes));
    const moved = Buffer.allocUnsafeSlow(room);
    this.#bytes.copy(moved, 0, this.#start, this.#end);
    this.#use(moved, pending, true);
    this.#at -= this.#start;
    this.#start = 0;
  }
}
