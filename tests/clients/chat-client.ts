// What the client tests need of an XMPP library, so that each can be played against each.

export interface Message {
  /** The sender's full JID. */
  readonly from: string;
  readonly body: string;
}

export interface Login {
  /** The WebSocket's address. */
  readonly url: string;
  readonly domain: string;
  readonly username: string;
  readonly password: string;
}

/** A user who is online with some library. */
export interface ChatClient {
  /** The full JID that the server has bound. */
  readonly jid: string;
  /** The SASL mechanism that the library chose. */
  readonly mechanism: string;
  send(to: string, body: string): void;
  /** The next chat message with a body, in the order of arrival. */
  nextMessage(): Promise<Message>;
  /** Logs out. */
  stop(): Promise<void>;
}

export interface ClientLibrary {
  readonly name: string;
  /** Logs in, sends presence and waits until the server has handled it. */
  login(login: Login): Promise<ChatClient>;
}

/** Messages that arrived before they were asked for, and the other way round. */
export class Inbox {
  private readonly messages: Message[] = [];
  private readonly waiting: ((message: Message) => void)[] = [];

  push(message: Message): void {
    const receiver = this.waiting.shift();
    if (receiver === undefined) this.messages.push(message);
    else receiver(message);
  }

  next(): Promise<Message> {
    const message = this.messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** The mechanism in an `<auth/>` that a client sent, if it is one. */
export function mechanismIn(sent: string): string | undefined {
  return /^<auth [^>]*mechanism=["']([^"']+)/.exec(sent)?.[1];
}
