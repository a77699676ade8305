// The little of @xmpp/client 0.13 that the tests use; the package brings no types.
declare module "@xmpp/client" {
  interface XmlElement {
    attrs: Record<string, string>;
    is(name: string): boolean;
    getChildText(name: string): string | null;
    toString(): string;
  }
  interface Client {
    on(event: "stanza" | "send" | "element", listener: (element: XmlElement) => void): void;
    on(event: "error", listener: (error: Error) => void): void;
    start(): Promise<{ toString(): string }>;
    stop(): Promise<unknown>;
    send(element: XmlElement): Promise<void>;
    iqCaller: { request(iq: XmlElement): Promise<XmlElement> };
    reconnect: { stop(): void };
  }
  export function client(options: {
    service: string;
    domain: string;
    username: string;
    password: string;
  }): Client;
  export function xml(
    name: string,
    attributes?: Record<string, string>,
    ...children: (XmlElement | string)[]
  ): XmlElement;
}
