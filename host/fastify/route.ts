// A route that a GenServer answers, and what its failures are in HTTP.
import type { FastifyReply, FastifyRequest } from "fastify";
import { CallFailed } from "../runtime/index.ts";
import type {
  Destination, Kind, ReplyOf, RequestOf, Runtime, ServerRef, UntypedServer,
} from "../runtime/index.ts";

/** What a client shall wait for after a 503, in seconds. */
const RETRY_AFTER_S = 1;

/** How a route asks its server. */
export interface RouteOptions {
  /** How long the server may take; default 5,000. Then the answer is 504. */
  readonly timeoutMs?: number;
}

/** A handler of Fastify. */
export type Handler<T> = (request: FastifyRequest, reply: FastifyReply) => Promise<T>;

export interface MakeRoute {
  <M, K extends Kind<M, "calls">>(
    server: ServerRef<M>, toRequest: (request: FastifyRequest) => RequestOf<M, "calls", K>,
    options?: RouteOptions,
  ): Handler<ReplyOf<M, K>>;
  <T = any>(
    server: UntypedServer, toRequest: (request: FastifyRequest) => unknown,
    options?: RouteOptions,
  ): Handler<T>;
}

/** The handler of such a route; the wait ends when the client is gone. */
export function routeTo(
  runtime: Runtime, server: Destination, toRequest: (request: FastifyRequest) => unknown,
  options: RouteOptions = {},
): Handler<unknown> {
  return async (request, reply) => {
    const left = new AbortController();
    const leave = (): void => { if (!reply.raw.writableFinished) left.abort(); };
    reply.raw.once("close", leave);
    try {
      const call = { ...options, signal: left.signal };
      return await runtime.call(server, toRequest(request), call);
    } catch (error) {
      if (left.signal.aborted) return reply.hijack();
      throw error instanceof CallFailed ? failure(error, reply) : error;
    } finally {
      reply.raw.off("close", leave);
    }
  };
}

/** Status and text for the client, who need not know pids and reasons; `cause` is for the log. */
function failure(cause: CallFailed, reply: FastifyReply): Error {
  const [statusCode, text] = statusOf(cause.cause);
  if (statusCode === 503) reply.header("retry-after", RETRY_AFTER_S);
  return Object.assign(new Error(text, { cause }), { statusCode });
}

function statusOf(cause: unknown): readonly [statusCode: number, text: string] {
  switch (cause) {
    case "noproc": return [503, "nobody is there to answer"];
    case "mailbox_full": return [503, "too many requests wait already"];
    case "timeout": return [504, "the answer takes too long"];
    default: return [500, "who should answer has failed"];
  }
}
