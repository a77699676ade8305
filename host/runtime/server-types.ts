// What a server takes and answers, as types alone: said once, checked wherever it is asked.
//
//   interface Counting {
//     calls: { add(request: { n: number }): number; total(): number };
//     casts: { reset(): void };
//     infos: Exit;
//   }
//   GenServer.call(self, counter, { kind: "add", n: 1 })     // counter: ServerRef<Counting>
//                                                            // Operation<number>
//
// Each method of `calls` and `casts` is a kind of request; its parameter holds the other fields.
import type { Destination, Pid } from "./types.ts";

declare const messagesOf: unique symbol;

/** What a server's messages may be; this type itself stands for a server that says nothing. */
export interface ServerMessages {
  /** A method for each kind of call: its parameter and the reply. */
  readonly calls?: object;
  /** A method for each kind of cast. */
  readonly casts?: object;
  /** Everything else that comes: plain messages, Exit, Down, TIMEOUT. */
  readonly infos?: unknown;
}

/** A server, by pid or name, of which it is known what it takes. */
export type ServerRef<M, D extends Destination = Destination> = D & { readonly [messagesOf]: M };

/** The pid of a started server: what it takes is known, if its module says so. */
export type ServerPid<M> = ServerMessages extends M ? Pid : ServerRef<M, Pid>;

/** A pid or a name of which nothing is known; a ServerRef is none. */
export type UntypedServer = Destination & { readonly [messagesOf]?: never };

type Methods<M, Sort extends "calls" | "casts"> = M extends { readonly [S in Sort]: infer Q }
  ? Q : unknown;

/** The kinds of its calls or casts. */
export type Kind<M, Sort extends "calls" | "casts"> = keyof Methods<M, Sort> & string;

/** A call or cast of such a kind: `kind` and its own fields. */
export type RequestOf<M, Sort extends "calls" | "casts", K extends Kind<M, Sort>> =
  { readonly kind: K } & FieldsOf<Methods<M, Sort>[K]>;

/** What a call of this kind is answered. */
export type ReplyOf<M, K extends Kind<M, "calls">> =
  Methods<M, "calls">[K] extends (...request: never) => infer V ? V : never;

type FieldsOf<F> = F extends (...request: infer P) => unknown
  ? P extends readonly [infer Q] ? Q : unknown : never;
