// One client of the load generator: RFC 7395 over `ws`, answers known by their first letters.
import WebSocket from "ws";

const FRAMING = "urn:ietf:params:xml:ns:xmpp-framing";
const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND = "urn:ietf:params:xml:ns:xmpp-bind";

/** The account of a number, the same in every run: "bench-7". */
export function usernameOf(index: number): string {
  return `bench-${index}`;
}

export const password = "a-password-for-benchmarks";

/** The frame that a step of the login waits for. */
interface Wanted {
  readonly prefixes: readonly string[];
  readonly resolve: (frame: string) => void;
  readonly reject: (error: Error) => void;
}

export class LoadClient {
  /** Called with every frame that nobody waits for. */
  onFrame: (frame: string) => void = () => {};
  /** Called once if the server closes without being asked. */
  onLost: (reason: string) => void = () => {};
  readonly #socket: WebSocket;
  readonly #domain: string;
  #wanted: Wanted | undefined;
  #closing = false;

  private constructor(socket: WebSocket, domain: string) {
    this.#socket = socket;
    this.#domain = domain;
    socket.on("message", (data: Buffer) => this.#receive(data.toString("utf8")));
    socket.on("error", (error) => this.#fail(error.message));
    socket.on("close", () => this.#fail("closed by the server"));
  }

  /** Connects and reads the first features. */
  static async connect(url: string, domain: string): Promise<LoadClient> {
    const options = { perMessageDeflate: false, skipUTF8Validation: true };
    const socket = new WebSocket(url, "xmpp", options);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    socket.removeAllListeners();
    const client = new LoadClient(socket, domain);
    await client.#openStream();
    return client;
  }

  /** XEP-0077; an account that exists already is fine. */
  async register(username: string): Promise<void> {
    const fields = `<username>${username}</username><password>${password}</password>`;
    const query = `<query xmlns='jabber:iq:register'>${fields}</query>`;
    const request = `<iq xmlns='jabber:client' type='set' id='r'>${query}</iq>`;
    const answer = await this.#ask(request, "<iq");
    if (!/type=.error./.test(answer) || answer.includes("conflict")) return;
    throw new Error(`registration refused: ${answer}`);
  }

  /** SASL PLAIN, binding, presence; over when the server has answered a ping behind them. */
  async login(username: string): Promise<void> {
    const secret = Buffer.from(`\0${username}\0${password}`).toString("base64");
    const success = await this.#ask(
      `<auth xmlns='${SASL}' mechanism='PLAIN'>${secret}</auth>`,
      "<",
    );
    if (!success.startsWith("<success")) throw new Error(`login refused: ${success}`);
    await this.#openStream();
    const bind = `<bind xmlns='${BIND}'><resource>bench</resource></bind>`;
    const request = `<iq xmlns='jabber:client' type='set' id='b'>${bind}</iq>`;
    const bound = await this.#ask(request, "<iq");
    if (!bound.includes("<jid>")) throw new Error(`binding refused: ${bound}`);
    this.send("<presence xmlns='jabber:client'/>");
    const ping = "<ping xmlns='urn:xmpp:ping'/>";
    await this.#ask(
      `<iq xmlns='jabber:client' type='get' id='p' to='${this.#domain}'>${ping}</iq>`,
      "<iq",
    );
  }

  send(frame: string): void {
    this.#socket.send(frame);
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const closed = new Promise((resolve) => this.#socket.once("close", resolve));
    this.send(`<close xmlns='${FRAMING}'/>`);
    const timer = setTimeout(() => this.#socket.terminate(), 5000);
    await closed;
    clearTimeout(timer);
  }

  async #openStream(): Promise<void> {
    const features = this.#expect("<stream:features", "<features");
    this.send(`<open xmlns='${FRAMING}' to='${this.#domain}' version='1.0'/>`);
    await features;
  }

  #ask(frame: string, prefix: string): Promise<string> {
    const answer = this.#expect(prefix);
    this.send(frame);
    return answer;
  }

  #expect(...prefixes: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#wanted = { prefixes, resolve, reject };
    });
  }

  #receive(frame: string): void {
    const wanted = this.#wanted;
    if (wanted?.prefixes.some((prefix) => frame.startsWith(prefix))) {
      this.#wanted = undefined;
      wanted.resolve(frame);
      return;
    }
    if (frame.includes("stream:error")) this.#fail(frame);
    this.onFrame(frame);
  }

  #fail(reason: string): void {
    this.#wanted?.reject(new Error(reason));
    this.#wanted = undefined;
    if (this.#closing) return;
    this.#closing = true;
    this.onLost(reason);
  }
}
